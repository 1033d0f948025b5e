"""The run's book-keeper: opens archive and lease, and writes each fetch's one outcome in one transaction."""

from __future__ import annotations

import os
import socket
import traceback
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, insert, select, update

from crawler.capture import WarcWriter
from crawler.items import Article, CaptureRef, Dropped, Duplicate, Page, SoftNotFound
from pipelines import RULES
from storage import frontier, plan
from storage.archive import Archive
from storage.frontier import Ending, Found
from storage.tables import ArticleRow, CaptureRow, DeadLetterRow, FrontierRow, RunRow
from storage.writer import Visit, mark_gone, save_article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.sites import Site

OPEN: WeakKeyDictionary[Any, Recorder] = WeakKeyDictionary()
TRIES = 3
BACK_OFF = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
UNITS = {"m": 60, "h": 3600, "d": 86400}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How the fetch of page 2 … of an article ended; written in the transaction of its first page."""

    url: str
    outcome: str
    """joined, gone, dropped, failed."""
    reason: str | None
    capture: CaptureRef | None


def firing_of(value: str | None) -> tuple[int, int] | None:
    """Number and claim from the setting ``FIRING``, which a launcher gives to its crawl as ``NUMBER:CLAIM``."""
    number, _, claim = (value or "").partition(":")
    return (int(number), int(claim)) if claim else None


class Recorder:
    """One per crawl."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive = archive
        self.writer = WarcWriter(folder)
        self.site: Site
        self.token = 0
        self.run_id = 0
        self.fetched = 0
        self.lost = False
        self.parts: dict[bytes, list[Part]] = {}
        self.tally: Counter[str] = Counter()
        """Outcomes as they come, for the progress line; the books are the outcome rows."""
        self.firing: tuple[int, int] | None = None
        """Number and claim of the planned start that this run is for."""

    @classmethod
    def of(cls, crawler: Crawler) -> Recorder:
        """The crawl's recorder, made at first use."""
        if crawler not in OPEN:
            archive = Archive(crawler.settings["ARCHIVE_URL"])
            OPEN[crawler] = cls(archive, Path(crawler.settings["CAPTURES_DIR"]))
            OPEN[crawler].firing = firing_of(crawler.settings.get("FIRING"))
        return OPEN[crawler]

    def begin(self, site: Site, found: list[Found]) -> None:
        """Take the site, open the run, put the start addresses in. Raises `storage.frontier.SiteHeld`."""
        self.site = site
        owner = f"{socket.gethostname()}:{os.getpid()}"
        with self.archive.transaction() as connection:
            self.token = frontier.acquire(connection, site.name, owner, now())
            self._lose_dead_runs(connection)
            self.run_id = frontier.begin_run(connection, site.name, self.token, owner, now())
            if self.firing:
                plan.enter(connection, self.firing, self.run_id, now())
            frontier.seed(connection, site.name, found, now())

    def _lose_dead_runs(self, connection: Connection) -> None:
        where = (RunRow.site == self.site.name, RunRow.state == "running")
        connection.execute(update(RunRow).where(*where).values(state="lost", ended_at=now(), reason="ended without a word"))

    def lease(self, limit: int) -> list[Any]:
        with self.archive.transaction() as connection:
            try:
                frontier.check(connection, self.site.name, self.token, now())
            except frontier.LeaseLost:
                self.lost = True  # another run has the site: nothing more is fetched, nothing more is due
                return []
            return frontier.lease(connection, self.site.name, self.token, now(), limit)

    def due(self) -> bool:
        if self.lost:
            return False
        with self.archive.read() as connection:
            return frontier.due(connection, self.site.name, now())

    def got(self, row: Any) -> None:
        """A fetch of an address came back, with a response or without one."""
        self.fetched += 1
        self.parts.pop(row.url_key, None)

    def part(self, key: bytes, part: Part) -> None:
        """A further page of the article whose frontier key is ``key`` was fetched."""
        self.fetched += 1
        self.parts.setdefault(key, []).append(part)

    def listing(self, row: Any, capture: CaptureRef | None, found: list[Found], evidence: dict[str, Any]) -> int:
        """A listing was read; how many of its addresses were new."""
        with self._transaction() as connection:
            new = frontier.add(connection, self.site.name, found, now(), row.url_key)
            ending = Ending(
                key=row.url_key, url=row.url, outcome="listing", capture_id=self._capture(connection, row, capture),
                evidence={**evidence, "yield_count": new, "attempts": 0},
            )  # fmt: skip
            self._end(connection, ending)
            return new

    def article(self, article: Article, page: Page, row: Any, evidence: dict[str, Any]) -> str:
        """Store an article; what became of it. Raises `Duplicate`."""
        parts = self.parts.get(row.url_key, [])
        torn = next((f"{part.url}: {part.reason}" for part in parts if part.outcome == "failed"), None)
        if torn and row.visits and (row.context or {}).get("pages"):
            # The archive has the article with all its pages: half of it is no revision.
            self.plain(row, "failed", f"further page {torn}", capture=page.capture)
            return "failed"
        with self._transaction() as connection:
            capture_id = self._capture(connection, row, page.capture)
            visit = Visit(now=now(), rules=RULES, run_id=self.run_id, capture_id=capture_id, region=self.site.region)
            self._refuse_duplicate(connection, article)
            saved = save_article(connection, article, visit)
            if saved.outcome != "unchanged":
                from storage.families import place

                place(connection, saved.article_id, article.title, article.text, now())
            next_at, known = self._again(row.visits), {**evidence, "attempts": 0}
            if parts:
                known["context"] = {**(row.context or {}), "pages": 1 + len(parts)}
            if torn:
                soon, known = self._next(row, "failed")[0], {"attempts": row.attempts + 1}
                next_at = soon or next_at
            ending = Ending(
                key=row.url_key, url=row.url, outcome=saved.outcome, reason=f"further page {torn}" if torn else None,
                next_at=next_at, capture_id=capture_id, article_id=saved.article_id, evidence=known,
            )  # fmt: skip
            self._end(connection, ending)
            return saved.outcome

    def _refuse_duplicate(self, connection: Connection, article: Article) -> None:
        from storage.writer import content_hash, identity

        same = select(ArticleRow.id, ArticleRow.url).where(
            ArticleRow.site == self.site.name,
            ArticleRow.content_hash == content_hash(article.title, article.text),
            ArticleRow.url_key != identity(article),
        )
        if other := connection.execute(same).first():
            raise Duplicate(f"the same title and text as {other.url}")

    def plain(self, row: Any, outcome: str, reason: str | None = None, **more: Any) -> None:
        """An outcome without an article: redirected, unchanged, gone, dropped, failed."""
        capture, found, evidence = more.get("capture"), more.get("found", []), more.get("evidence", {})
        with self._transaction() as connection:
            capture_id = self._capture(connection, row, capture)
            article_id = None
            if outcome == "gone" or (outcome == "dropped" and reason and reason.startswith(SoftNotFound.__name__)):
                article_id = mark_gone(connection, row.url_key, now())
                outcome = "gone" if article_id else outcome
            frontier.add(connection, self.site.name, found, now(), row.url_key)
            next_at, attempts = self._next(row, outcome)
            ending = Ending(
                key=row.url_key, url=row.url, outcome=outcome, reason=reason, next_at=next_at, capture_id=capture_id,
                article_id=article_id, evidence={**evidence, "attempts": attempts},
            )  # fmt: skip
            self._end(connection, ending)

    def _next(self, row: Any, outcome: str) -> tuple[datetime | None, int]:
        if outcome == "failed":
            tried = row.attempts + 1
            return (now() + BACK_OFF[tried - 1] if tried <= TRIES else None), tried
        return (self._again(row.visits) if outcome == "unchanged" and row.kind == "article" else None), 0

    def _again(self, visits: int) -> datetime | None:
        """When an article is looked at again, by the site's ladder (1h, 1d, 7d, 30d)."""
        if visits >= len(self.site.revisit):
            return None
        step = self.site.revisit[visits]
        return now() + timedelta(seconds=int(step[:-1]) * UNITS[step[-1]])

    def poison(self, row: Any, page: Page | None, step: str, error: BaseException) -> None:
        """A page whose processing raised: kept with its traceback, counted as failed."""
        trace = "".join(traceback.format_exception(error))
        with self._transaction() as connection:
            capture_id = self._capture(connection, row, page.capture if page else None)
            connection.execute(
                insert(DeadLetterRow).values(
                    url_key=row.url_key, url=row.url, site=self.site.name, run_id=self.run_id, capture_id=capture_id,
                    step=step, error=f"{type(error).__name__}: {error}", traceback=trace, at=now(),
                )
            )  # fmt: skip
            reason = f"{type(error).__name__}: {error}"
            next_at, attempts = self._next(row, "failed")
            ending = Ending(
                key=row.url_key, url=row.url, outcome="failed", reason=reason, next_at=next_at, capture_id=capture_id,
                evidence={"attempts": attempts},
            )  # fmt: skip
            self._end(connection, ending)

    def dropped(self, row: Any, page: Page | None, reason: Dropped) -> None:
        self.plain(row, "dropped", f"{type(reason).__name__}: {reason}", capture=page.capture if page else None)

    def finish(self, state: str, reason: str | None) -> dict[str, int]:
        """Close the run and let the site go; its outcomes. Marks the run failed where its books do not balance."""
        self.writer.close()
        with self.archive.transaction() as connection:
            counts = frontier.counts(connection, self.run_id)
            if sum(counts.values()) != self.fetched and state != "failed":
                state, reason = (
                    "failed",
                    f"{self.fetched} fetched, but {sum(counts.values())} outcomes: books out of balance",
                )
            values = {
                "state": state,
                "reason": reason,
                "ended_at": now(),
                "counts": {**counts, "fetched": self.fetched},
            }
            connection.execute(update(RunRow).where(RunRow.id == self.run_id).values(**values))
            frontier.release(connection, self.site.name, self.token)
        return counts

    def _transaction(self) -> Any:
        self.writer.sync()
        return self.archive.transaction()

    def _end(self, connection: Connection, ending: Ending) -> None:
        frontier.check(connection, self.site.name, self.token, now())
        frontier.end(connection, self.run_id, ending, now())
        self.tally[ending.outcome] += 1
        for part in self.parts.get(ending.key, ()):
            self._end_part(connection, ending, part)

    def _end_part(self, connection: Connection, first: Ending, part: Part) -> None:
        key = frontier.add_part(connection, self.site.name, part.url, now(), first.key)
        capture_id = self._captured(connection, key, part.url, part.capture)
        ending = Ending(key=key, url=part.url, outcome=part.outcome, reason=part.reason, capture_id=capture_id, article_id=first.article_id)
        frontier.end(connection, self.run_id, ending, now())
        self.tally[ending.outcome] += 1

    def _capture(self, connection: Connection, row: Any, capture: CaptureRef | None) -> int | None:
        return self._captured(connection, row.url_key, row.url, capture)

    def _captured(self, connection: Connection, key: bytes, url: str, capture: CaptureRef | None) -> int | None:
        if capture is None:
            return None
        made = insert(CaptureRow).values(
            url_key=key, url=url, fetched_at=now(), status=0, kind="response", file=capture.file,
            offset=capture.offset, length=capture.length, digest=capture.digest, run_id=self.run_id,
        )  # fmt: skip
        return connection.scalar(made.returning(CaptureRow.id))

    def row(self, key: bytes) -> Any:
        with self.archive.read() as connection:
            return connection.execute(select(FrontierRow.__table__).where(FrontierRow.url_key == key)).one()
