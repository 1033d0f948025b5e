"""Pages whose processing raised, read again from their captures; addresses that were given up, made due again."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

import pipelines
from crawler.items import Dropped, Page
from crawler.replay import BadReplay, captured_page
from crawler.sites import BadSite, Site, load
from crawler.sites.site import parse
from pipelines import RULES
from storage import families, frontier
from storage.archive import Archive
from storage.owner import me
from storage.tables import DeadLetterRow, FrontierRow, RunRow, SiteRow
from storage.writer import Visit, save_article


@dataclass(frozen=True, slots=True)
class Waiting:
    """What can be retried."""

    letters: list[Any]
    """Rows of dead letters."""
    given_up: list[Any]
    """Rows of the frontier in state ``failed``."""


def waiting(connection: Connection, site: str | None = None, key: bytes | None = None) -> Waiting:
    """Dead letters and addresses that were given up, of a site or address or of all."""
    letters = select(DeadLetterRow.__table__).where(DeadLetterRow.retried_at.is_(None))
    failed = select(FrontierRow.__table__).where(FrontierRow.state == "failed")
    if site:
        letters, failed = letters.where(DeadLetterRow.site == site), failed.where(FrontierRow.site == site)
    if key:
        letters, failed = letters.where(DeadLetterRow.url_key == key), failed.where(FrontierRow.url_key == key)
    return Waiting(list(connection.execute(letters.order_by(DeadLetterRow.id))), list(connection.execute(failed)))


class Retry:
    """One retry over an archive. Raises `storage.frontier.SiteHeld` where a site is being crawled."""

    def __init__(self, archive: Archive, folder: Path, sites: Path | None) -> None:
        self.archive, self.folder, self.sites = archive, folder, sites
        self.counts: Counter[str] = Counter()

    def run(self, found: Waiting, say: Callable[[str], None]) -> None:
        """Try all; ``say`` is told of each page, ``counts`` grows."""
        for name in sorted({row.site for row in (*found.letters, *found.given_up) if row.site}):
            letters = {row.url_key: row for row in found.letters if row.site == name}  # the newest of each address
            with self.archive.transaction() as connection:
                token = frontier.acquire(connection, name, me())
                run = frontier.begin_run(connection, name, token, me(), datetime.now(UTC))
                connection.execute(update(RunRow).where(RunRow.id == run).values(kind="retry"))
            try:
                for letter in letters.values():
                    say(f"{letter.url}: {self._letter(name, token, run, letter)}")
                self._due(name, token, [row.url_key for row in found.given_up if row.site == name and row.url_key not in letters])
            finally:
                self._close(name, token, run)

    def _letter(self, name: str, token: int, run: int, letter: Any) -> str:
        try:
            with self.archive.transaction() as connection:
                frontier.check(connection, name, token)
                outcome = self._read(connection, name, run, letter)
        except Exception as error:  # noqa: BLE001 - what raised once may well raise again; it stays a dead letter, with the new traceback
            with self.archive.transaction() as connection:
                trace = "".join(traceback.format_exception(error))[-20_000:]
                words = f"{type(error).__name__}: {error}"[:2000]
                connection.execute(update(DeadLetterRow).where(DeadLetterRow.id == letter.id).values(error=words, traceback=trace, at=datetime.now(UTC)))
            self.counts["failed"] += 1
            return f"failed again: {words}"
        self.counts[outcome] += 1
        return outcome

    def _read(self, connection: Connection, name: str, run: int, letter: Any) -> str:
        now = datetime.now(UTC)
        connection.execute(update(DeadLetterRow).where(DeadLetterRow.url_key == letter.url_key, DeadLetterRow.site == name).values(retried_at=now))
        if letter.capture_id is None:
            return self._fetch_again(connection, name, [letter.url_key])
        site = self._site(connection, name)
        ending = {"key": letter.url_key, "url": letter.url, "capture_id": letter.capture_id, "evidence": {"attempts": 0}}
        try:
            article = pipelines.process(self._page(connection, name, letter), site)
        except BadReplay:
            return self._fetch_again(connection, name, [letter.url_key])
        except Dropped as reason:
            words = f"{type(reason).__name__}: {reason}"
            frontier.end(connection, name, run, frontier.Ending(outcome="dropped", reason=words, **ending), now)
            return "dropped"
        saved = save_article(connection, article, Visit(now=now, rules=RULES, run_id=run, capture_id=letter.capture_id, region=site.region if site else None))
        if saved.outcome != "unchanged":
            families.place(connection, saved.article_id, article.title, article.text, now)
        frontier.end(connection, name, run, frontier.Ending(outcome=saved.outcome, article_id=saved.article_id, next_at=now + timedelta(hours=1), **ending), now)
        return saved.outcome

    def _page(self, connection: Connection, name: str, letter: Any) -> Page:
        return replace(captured_page(connection, self.folder, letter.capture_id), site=name)

    def _site(self, connection: Connection, name: str) -> Site | None:
        """The profile by its name, else as it was last used."""
        try:
            return load(name, self.sites)
        except BadSite:
            profile = connection.scalar(select(SiteRow.profile).where(SiteRow.name == name)) or {}
            values = {key: value for key, value in profile.items() if value not in (None, [], {}, "") and key not in ("path", "since", "selectors")}
            selectors = {key: value for key, value in (profile.get("selectors") or {}).items() if value}
            return parse(values | ({"selectors": selectors} if selectors else {}), Path(f"{name}.toml")) if values else None

    def _due(self, name: str, token: int, keys: list[bytes]) -> None:
        with self.archive.transaction() as connection:
            frontier.check(connection, name, token)
            self._fetch_again(connection, name, keys)
            self.counts["due again"] += len(keys)

    def _fetch_again(self, connection: Connection, name: str, keys: list[bytes]) -> str:
        where = (FrontierRow.site == name, FrontierRow.url_key.in_(keys))
        connection.execute(update(FrontierRow).where(*where).values(state="pending", next_at=datetime.now(UTC), attempts=0, body_hash=None, etag=None, last_modified=None))
        return "due again"

    def _close(self, name: str, token: int, run: int) -> None:
        with self.archive.transaction() as connection:
            counts = frontier.counts(connection, run)
            state = "degraded" if self.counts["failed"] else "finished"
            values = {"state": state, "ended_at": datetime.now(UTC), "counts": {**counts, "fetched": sum(counts.values())}}
            connection.execute(update(RunRow).where(RunRow.id == run, RunRow.state == "running").values(**values))
            frontier.release(connection, name, token)
