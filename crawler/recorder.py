"""The run's book-keeper: opens archive and lease, and has each fetch's one outcome written in one transaction."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select, text, update

from crawler.capture import Captured, WarcWriter
from crawler.committer import Committer, OutOfService, Waiting, wait_out
from crawler.endings import Entry, Plain, index, index_all
from crawler.group import Arrival, store
from crawler.hosts import Hosts
from crawler.items import Article, Dropped, Duplicate, Page
from storage import captures, frontier, hosts, plan
from storage.archive import Archive
from storage.frontier import Ending, Found, LeaseLost
from storage.owner import me
from storage.tables import FrontierRow, RunRow, SiteRow
from storage.writer import LOCK

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.sites import Site

OPEN: WeakKeyDictionary[Any, Recorder] = WeakKeyDictionary()
logger = logging.getLogger(__name__)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Fetch:
    """An address that this run has leased and not ended yet."""

    row: Any
    captured: Captured | None = None
    answered: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)
    """What makes the next visit conditional."""
    parts: list[Part] = field(default_factory=list)
    """Its further pages, where it is an article of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How the fetch of page 2 … of an article ended; written in the transaction of its first page."""

    url: str
    outcome: str
    """joined, gone, dropped, failed."""
    reason: str | None
    capture: Captured | None


def firing_of(value: str | None) -> tuple[int, int] | None:
    """Number and claim from the setting ``FIRING``, which a launcher gives to its crawl as ``NUMBER:CLAIM``."""
    number, _, claim = (value or "").partition(":")
    return (int(number), int(claim)) if claim else None


class Recorder:
    """One per crawl."""

    def __init__(self, archive: Archive, folder: Path, patience: float, rotate_at: int) -> None:
        self.archive = archive
        self.folder = folder
        self.patience = patience
        self.writer = WarcWriter(folder, rotate_at)
        self.hosts = Hosts()
        self.committer = Committer(archive, self.writer.sync, patience)
        self.committer.guard, self.committer.flush = self._guard, self._flush
        self.committer.discard = self._discard
        self.indexed: dict[tuple[str, int], int] = {}
        """Ids of the captures of the group that is being committed."""
        self.ended_now: list[tuple[Any, Ending]] = []
        """Its outcomes, written together."""
        self.arrivals: list[Arrival] = []
        """Its articles, stored together."""
        self.site: Site
        self.token = 0
        self.run_id = 0
        self.fetched = 0
        self.ended = 0
        """Outcomes handed to the committer."""
        self.seen = Counter[str]()
        """listings read, article addresses named on them, addresses put off."""
        self.tally: Counter[str] = Counter()
        """Outcomes as they come, for the progress line; the books are the outcome rows."""
        self.firing: tuple[int, int] | None = None
        """Number and claim of the planned start that this run is for."""
        self.open: dict[bytes, Fetch] = {}
        self.put_off: dict[str, str] = {}
        """{host: why} of hosts whose addresses were given back unfetched."""
        self._renewing: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, crawler: Crawler) -> Recorder:
        """The crawl's recorder, made at first use."""
        if crawler not in OPEN:
            settings = crawler.settings
            archive = Archive(settings["ARCHIVE_URL"])
            rotate_at = int(settings.getfloat("CAPTURES_ROTATE_MB") * (1 << 20))
            OPEN[crawler] = cls(archive, Path(settings["CAPTURES_DIR"]), settings.getfloat("ARCHIVE_PATIENCE"), rotate_at)
            OPEN[crawler].firing = firing_of(settings.get("FIRING"))
        return OPEN[crawler]

    def begin(self, site: Site, found: list[Found]) -> None:
        """Take the site, open the run, put the start addresses in. Raises `storage.frontier.SiteHeld`."""
        self.site = site
        self.hosts.budget, self.hosts.at_once = site.daily_budget, max(1, site.concurrency)
        with self.archive.transaction() as connection:
            self.token = frontier.acquire(connection, site.name, me())
            self.run_id = frontier.begin_run(connection, site.name, self.token, me(), now())
            if self.firing:
                plan.enter(connection, self.firing, self.run_id, now())
            profile = json.loads(json.dumps(asdict(site), default=str))
            connection.execute(update(SiteRow).where(SiteRow.name == site.name).values(title=site.title, region=site.region, profile=profile))
            frontier.seed(connection, site.name, found, now())
            known = select(FrontierRow.host).where(FrontierRow.site == site.name).distinct()
            self.hosts.states = hosts.load(connection, connection.scalars(known))
            for done in captures.recover(connection, self.folder):
                logger.warning("captures of a killed run: %s", done)

    async def keep_lease(self) -> None:
        """Renew the lease at a quarter of its time, however long a page takes."""

        async def renew() -> None:
            while self.committer.broken is None:
                await asyncio.sleep(frontier.LEASE.total_seconds() / 4)
                self.committer.submit(lambda connection: None)

        self._renewing = asyncio.ensure_future(renew())

    async def drained(self) -> None:
        """Everything is committed; nothing more will be."""
        if self._renewing is not None:
            self._renewing.cancel()
        await self.committer.drained()

    @property
    def lost(self) -> bool:
        """Whether nothing of this run can be written any more."""
        return self.committer.broken is not None

    def lease(self, limit: int) -> asyncio.Future[tuple[list[Any], datetime | None]]:
        """Lease due addresses: (rows, when the next one is due)."""
        blocked = self.hosts.blocked()

        def change(connection: Connection) -> tuple[list[Any], datetime | None]:
            rows = frontier.lease(connection, (self.site.name, self.token), now(), limit, blocked)
            return rows, None if rows else frontier.next_due(connection, self.site.name)

        return self.committer.submit(change)

    def opened(self, row: Any) -> Fetch:
        """An address goes out."""
        fetch = self.open[row.url_key] = Fetch(row)
        return fetch

    def answered(self, fetch: Fetch, captured: Captured | None) -> None:
        """The fetch came to something, a response or an error."""
        if not fetch.answered:
            fetch.answered, fetch.captured = True, captured
            self.fetched += 1
            self.hosts.ended(fetch.row.host)

    def part(self, key: bytes, part: Part) -> None:
        """A further page of the article whose frontier key is ``key`` was fetched."""
        self.fetched += 1
        self.open[key].parts.append(part)

    def listing(self, fetch: Fetch, found: list[Found], evidence: dict[str, Any]) -> asyncio.Future[Any]:
        """A listing was read; done once that is committed."""
        self.seen["listings"] += 1
        self.seen["named"] += sum(one.kind == "article" for one in found)
        return self._end(fetch, lambda entry: entry.listing(found, evidence))

    async def article(self, article: Article, page: Page, fetch: Fetch, evidence: dict[str, Any]) -> str:
        """Store an article; what became of it, once it is committed. Raises `Duplicate`."""
        made = await self._end(fetch, lambda entry: entry.article(article, evidence), article=True)
        outcome = made.result if isinstance(made, Arrival) else made
        if isinstance(outcome, Duplicate):
            raise outcome
        return str(outcome)

    def plain(self, fetch: Fetch, told: Plain) -> None:
        """An outcome without an article: listing (unchanged), redirected, unchanged, gone, dropped, failed."""
        self._end(fetch, lambda entry: entry.plain(told))

    def poison(self, fetch: Fetch, step: str, error: BaseException) -> None:
        """A page whose processing raised: kept with its traceback, counted as failed."""
        trace = "".join(traceback.format_exception(error))
        self._end(fetch, lambda entry: entry.poison(step, error, trace))

    def dropped(self, fetch: Fetch, reason: Dropped) -> None:
        self.plain(fetch, Plain(outcome="dropped", reason=f"{type(reason).__name__}: {reason}"))

    def postpone(self, fetch: Fetch, until: datetime, why: str) -> None:
        """Give an address back that was not fetched; no outcome."""
        self.hosts.ended(fetch.row.host)
        self.put_back([fetch.row], until, why)
        self.open.pop(fetch.row.url_key, None)

    def put_back(self, rows: list[Any], until: datetime, why: str) -> None:
        self.seen["put off"] += len(rows)
        for row in rows:
            self.put_off[row.host] = why
        keys = [row.url_key for row in rows]
        self.committer.submit(lambda connection: frontier.postpone(connection, self.site.name, keys, until))

    def keep(self, url: str, captured: Captured) -> None:
        """Index a capture that is no outcome (robots.txt)."""
        self.committer.submit(lambda connection: index(connection, self.run_id, url, captured))

    def _end(self, fetch: Fetch, write: Callable[[Entry], Any], *, article: bool = False) -> asyncio.Future[Any]:
        key = fetch.row.url_key
        if self.open.pop(key, None) is not fetch:
            done = asyncio.get_running_loop().create_future()
            done.set_result("ended before")
            return done

        self.ended += 1

        def once(connection: Connection) -> Any:
            if self.committer.again and not self._holds(connection, key):
                return "committed before"
            return write(Entry(connection, self, fetch))

        capture = (fetch.row, fetch.captured) if fetch.captured else None
        future = self.committer.submit(once, article=article, capture=capture)
        future.add_done_callback(lambda made: self._unwritten(fetch, made))
        return future

    def _unwritten(self, fetch: Fetch, made: asyncio.Future[Any]) -> None:
        """An outcome that the database refused is itself one: failed, with its traceback."""
        error = None if made.cancelled() else made.exception()
        if error is None or isinstance(error, LeaseLost | OutOfService):
            return
        trace = "".join(traceback.format_exception(error))
        self.committer.submit(lambda connection: Entry(connection, self, fetch).poison("persist", error, trace))

    def _holds(self, connection: Connection, key: bytes) -> bool:
        where = (FrontierRow.site == self.site.name, FrontierRow.url_key == key, FrontierRow.state == "leased", FrontierRow.token == self.token)
        return connection.scalar(select(FrontierRow.url_key).where(*where)) is not None

    def _guard(self, connection: Connection, group: Sequence[Waiting]) -> None:
        if any(one.article for one in group) and connection.dialect.name == "postgresql":
            # Before any row is locked: two writers that wait for each other's rows would be a deadlock.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        frontier.check(connection, self.site.name, self.token)
        for host, state, sent in self.hosts.unsaved():
            state.fetched = max(state.fetched, hosts.save(connection, host, state, sent))
        self._discard()
        fresh = [] if self.committer.again else [one.capture for one in group if one.capture]
        self.indexed = index_all(connection, self.run_id, fresh)

    def _discard(self) -> None:
        self.ended_now, self.arrivals = [], []

    def _flush(self, connection: Connection) -> None:
        arrivals, self.arrivals = self.arrivals, []
        store(connection, arrivals)
        ended, self.ended_now = self.ended_now, []
        frontier.end_all(connection, self.run_id, ended, now())

    def finish(self, verdict: Callable[[Connection, dict[str, int]], tuple[str, str | None]]) -> tuple[str, str | None, dict[str, int]]:
        """Close the run by ``verdict(connection, outcomes)`` and let the site go: (state, reason, outcomes)."""
        self.committer.close()
        self.writer.close()

        def close() -> tuple[str, str | None, dict[str, int]]:
            with self.archive.transaction() as connection:
                counts = frontier.counts(connection, self.run_id)
                state, reason = verdict(connection, counts)
                values = {"state": state, "reason": reason, "ended_at": now(), "exit_code": int(state != "finished"), "counts": {**counts, "fetched": self.fetched}}
                connection.execute(update(RunRow).where(RunRow.id == self.run_id, RunRow.state == "running").values(**values))
                for host, known, sent in self.hosts.unsaved():
                    hosts.save(connection, host, known, sent)
                frontier.release(connection, self.site.name, self.token)
                return state, reason, counts

        return wait_out(close, self.patience)
