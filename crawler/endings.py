"""How fetches end: what one outcome writes, inside the group's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from crawler.capture import Captured
from crawler.group import Arrival
from crawler.items import Article, SoftNotFound
from crawler.revisits import LONGEST, listing_interval, next_try, rung
from storage import frontier
from storage.clean import clean
from storage.frontier import LISTINGS, Ending, Found
from storage.keys import url_key
from storage.tables import CaptureRow, DeadLetterRow
from storage.writer import INSERT, Saved, mark_gone, touch

if TYPE_CHECKING:
    from crawler.recorder import Fetch, Part, Recorder

BARREN = 5
"""Listings in a row, each found on the one before, that named no new article; what they link to is not followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """An outcome without an article of its own."""

    outcome: str
    reason: str | None = None
    found: tuple[Found, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    busy: bool = False
    """The host asked to wait; it is not the address's fault."""
    until: datetime | None = None
    """Not before; for a failed one."""


class Entry:
    """One outcome being written."""

    def __init__(self, connection: Connection, run: Recorder, fetch: Fetch) -> None:
        self.connection, self.run, self.row, self.parts = connection, run, fetch.row, fetch.parts
        self.now = datetime.now(UTC)
        self.capture_id: int | None = None
        self.kept: dict[str, Any] = {}
        """What the frontier keeps of the capture."""
        if fetch.captured is not None:
            self._index(fetch.captured)

    def _index(self, captured: Captured) -> None:
        known = self.run.indexed.get((captured.ref.file, captured.ref.offset))
        self.capture_id = known or index(self.connection, self.run.run_id, self.row.url, captured, self.row.capture_id)
        if captured.kind != "revisit" and captured.status == 200:
            self.kept = {"capture_id": self.capture_id, "capture_digest": captured.ref.digest, "captured_at": captured.at}

    def listing(self, found: list[Found], evidence: dict[str, Any]) -> int:
        """A listing was read; how many of its articles were new."""
        row, site = self.row, self.run.site.name
        new = frontier.add(self.connection, site, (one for one in found if one.kind == "article"), self.now, row.url_key)
        barren = 0 if new or row.visits else int((row.context or {}).get("barren", 0)) + 1
        if barren < BARREN:
            others = _with_barren((one for one in found if one.kind != "article"), barren)
            frontier.add(self.connection, site, others, self.now, row.url_key)
        interval = listing_interval(row.interval, new)
        told = {**evidence, "yield_count": new, "interval": interval, "attempts": 0}
        self._end(outcome="listing", next_at=self._in(interval), evidence=told)
        return new

    def article(self, item: Article, evidence: dict[str, Any]) -> str | Arrival:
        """Have an article stored with those of its group; what became of it already, or where it will stand."""
        torn = next((f"{part.url}: {part.reason}" for part in self.parts if part.outcome == "failed"), None)
        if torn and self.row.visits and (self.row.context or {}).get("pages"):
            # The archive has the article with all its pages: half of it is no revision.
            self.plain(Plain(outcome="failed", reason=f"further page {torn}"))
            return "failed"
        arrival = Arrival(self, item, evidence, torn)
        self.run.arrivals.append(arrival)
        return arrival

    def copied(self, one: Arrival) -> None:
        """The site has the article under another address."""
        self._end(outcome="dropped", reason=f"Duplicate: {one.result}", evidence={**one.evidence, "attempts": 0})

    def stored(self, one: Arrival, saved: Saved) -> None:
        """The article is in the archive."""
        reason = f"further page {one.torn}" if one.torn else None
        next_at, told = self._after_article(one.evidence, one.torn is not None)
        self._end(outcome=saved.outcome, reason=reason, next_at=next_at, article_id=saved.article_id, evidence=told)

    def _after_article(self, evidence: dict[str, Any], torn: bool) -> tuple[datetime | None, dict[str, Any]]:  # noqa: FBT001 - one caller, by name
        """(when it is seen again, what the frontier keeps); a page that lacks its further pages is seen again soon, whole."""
        next_at = rung(self.run.site.revisit, self.row.visits, self.now)
        pages = {"context": {**(self.row.context or {}), "pages": 1 + len(self.parts)}} if self.parts else {}
        if not torn:
            return next_at, {**evidence, **pages, "attempts": 0}
        return next_try(self.row.attempts + 1, self.now, busy=False) or next_at, {**pages, "attempts": self.row.attempts + 1}

    def plain(self, told: Plain) -> None:
        row = self.row
        article_id, outcome = self._article_of(told)
        frontier.add(self.connection, self.run.site.name, told.found, self.now, row.url_key)
        evidence = {**told.evidence, "attempts": row.attempts + 1 if outcome == "failed" else 0}
        if outcome == "listing":
            evidence["interval"] = listing_interval(row.interval, 0)
        next_at = self._failed_next(told) if outcome == "failed" else self._next(outcome, article_id)
        visited = outcome in ("unchanged", "gone", "listing")
        self._end(outcome=outcome, reason=told.reason, next_at=next_at, visited=visited, article_id=article_id, evidence=evidence)

    def _article_of(self, told: Plain) -> tuple[int | None, str]:
        """(id, outcome) of the stored article that an answer without one tells of: seen unchanged, or gone."""
        if told.outcome == "unchanged":
            return touch(self.connection, self.row.url_key, self.now), told.outcome
        soft = told.outcome == "dropped" and (told.reason or "").startswith(SoftNotFound.__name__)
        if told.outcome == "gone" or soft:
            gone = mark_gone(self.connection, self.row.url_key, self.now)
            return gone, "gone" if gone else told.outcome
        return None, told.outcome

    def _failed_next(self, told: Plain) -> datetime | None:
        next_at = next_try(self.row.attempts + 1, self.now, busy=told.busy)
        return told.until if told.until and next_at else next_at

    def _next(self, outcome: str, article_id: int | None) -> datetime | None:
        row, ladder = self.row, self.run.site.revisit
        if row.kind in LISTINGS:
            seconds = {"listing": listing_interval(row.interval, 0), "gone": LONGEST}.get(outcome)
            return self._in(seconds) if seconds else None
        if outcome == "gone":  # an address that never had an article is looked at twice more: some are linked before they are there
            return rung(ladder if article_id else ladder[:2], row.visits, self.now)
        return rung(ladder, row.visits, self.now) if outcome == "unchanged" else None

    def poison(self, step: str, error: BaseException, trace: str) -> None:
        """A page whose processing raised, kept for `scrapy retry`."""
        row, words = self.row, clean(f"{type(error).__name__}: {error}"[:2000])
        self.connection.execute(
            insert(DeadLetterRow).values(
                url_key=row.url_key, url=clean(row.url), site=self.run.site.name, run_id=self.run.run_id,
                capture_id=self.capture_id or row.capture_id, step=step, error=words, traceback=clean(trace[-20_000:]), at=self.now,
            )
        )  # fmt: skip
        next_at = next_try(row.attempts + 1, self.now, busy=False)
        self._end(outcome="failed", reason=words, next_at=next_at, visited=False, evidence={"attempts": row.attempts + 1})

    def _in(self, seconds: int) -> datetime:
        return self.now + timedelta(seconds=seconds)

    def _end(self, *, evidence: dict[str, Any], **ending: Any) -> None:
        made = Ending(key=self.row.url_key, url=self.row.url, capture_id=self.capture_id, evidence={**evidence, **self.kept}, **ending)
        self.run.ended_now.append((self.row, made))
        self.run.tally[made.outcome] += 1
        for part in self.parts:
            self._end_part(part, made.article_id)

    def _end_part(self, part: Part, article_id: int | None) -> None:
        site = self.run.site.name
        key = frontier.add_part(self.connection, site, part.url, self.now, self.row.url_key)
        capture_id = index(self.connection, self.run.run_id, part.url, part.capture) if part.capture else None
        ending = Ending(key=key, url=part.url, outcome=part.outcome, reason=part.reason, capture_id=capture_id, article_id=article_id)
        frontier.end(self.connection, site, self.run.run_id, ending, self.now)
        self.run.tally[part.outcome] += 1


def _with_barren(found: Iterable[Found], barren: int) -> Iterable[Found]:
    return (replace(one, context={**one.context, "barren": barren}) if barren and one.kind == "section" else one for one in found)


def index_all(connection: Connection, run_id: int, found: Sequence[tuple[Any, Captured]]) -> dict[tuple[str, int], int]:
    """Note where the records of (frontier row, capture) lie; {(file, offset): id}."""
    if not found:
        return {}
    made = insert(CaptureRow).returning(CaptureRow.id, sort_by_parameter_order=True)
    ids = connection.scalars(made, [_capture_row(run_id, row.url, captured, row.capture_id) for row, captured in found])
    return {(captured.ref.file, captured.ref.offset): made_id for (_, captured), made_id in zip(found, ids, strict=True)}


def index(connection: Connection, run_id: int, url: str, captured: Captured, refers_to: int | None = None) -> int | None:
    """Note where a record lies; the capture's id."""
    ref = captured.ref
    values = INSERT[connection.dialect.name](CaptureRow).values(**_capture_row(run_id, url, captured, refers_to))
    made = connection.scalar(values.on_conflict_do_nothing().returning(CaptureRow.id))
    if made is None:  # written before a connection was lost
        made = connection.scalar(select(CaptureRow.id).where(CaptureRow.file == ref.file, CaptureRow.offset == ref.offset))
    return int(made) if made is not None else None


def _capture_row(run_id: int, url: str, captured: Captured, refers_to: int | None) -> dict[str, Any]:
    ref = captured.ref
    return {
        "url_key": url_key(url), "url": clean(url), "fetched_at": captured.at, "status": captured.status, "content_type": clean(captured.content_type),
        "kind": captured.kind, "refers_to": refers_to if captured.kind == "revisit" else None, "file": ref.file, "offset": ref.offset,
        "length": ref.length, "digest": ref.digest, "truncated": captured.truncated, "run_id": run_id,
    }  # fmt: skip
