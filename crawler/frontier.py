"""Scrapy's scheduler over the frontier table. Of the crawl's state only what is leased now is kept in memory."""

from __future__ import annotations

import asyncio
import shutil
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from crawler.recorder import Recorder

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

BATCH, LOW = 64, 16
"""Addresses leased at once; how few are left when more are leased."""
MOST_PENDING = 128
"""Outcomes waiting for their commit, over which nothing more is fetched: a database that is away pauses the crawl."""


class Frontier(BaseScheduler):
    """Leases due addresses in batches, in the same transactions as outcomes, and hands out what hosts allow."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.queues: dict[str, deque[Any]] = {}
        self.others: deque[Request] = deque()
        self.spider: Any = None
        self.leasing = False
        self.exhausted = False
        """The table had nothing due when it was asked last, and no outcome was written since."""
        self.asked_at = -1
        self.waits_until: datetime | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        return cls(crawler)

    def open(self, spider: Spider) -> Deferred[None] | None:
        self.spider = spider
        if self._active:
            self._recorder.committer.committed = self._woken
        return None

    @property
    def _active(self) -> bool:
        """Off outside the news spider: ``scrapy shell`` and ``fetch`` must not touch the archive."""
        return getattr(self.spider, "site", None) is not None

    @property
    def _recorder(self) -> Recorder:
        return Recorder.of(self.crawler)

    def has_pending_requests(self) -> bool:
        if self.others:
            return True
        if not self._active:
            return False
        if self._recorder.lost:
            return False
        return bool(self.queues or self.leasing or self._recorder.committer.pending or not self.exhausted or self.waits_until)

    def enqueue_request(self, request: Request) -> bool:
        self.others.append(request)
        return True

    def next_request(self) -> Request | None:
        if self.others:
            return self.others.popleft()
        if not self._active or self._recorder.lost:
            return None
        if not self.leasing and not self.exhausted and sum(map(len, self.queues.values())) < LOW:
            self._lease()
        if self._recorder.committer.pending > MOST_PENDING:
            return None
        return self._next()

    def _next(self) -> Request | None:
        hosts = self._recorder.hosts
        for host in list(self.queues):
            if hosts.free(host):
                row = self.queues[host].popleft()
                if not self.queues[host]:
                    del self.queues[host]
                return self._request(row)
            if until := hosts.until(host):
                why = f"the day's {hosts.budget} requests are used up" if hosts.spent(host) else "it asked to wait, or does not answer"
                self._recorder.put_back(list(self.queues.pop(host)), until, why)
        return None

    def _request(self, row: Any) -> Request:
        headers = {}
        paged = bool((row.context or {}).get("pages"))  # a 304 would hide a correction on page 2
        if row.etag and not paged:
            headers["If-None-Match"] = row.etag
        if row.last_modified and not paged:
            headers["If-Modified-Since"] = row.last_modified
        self._recorder.hosts.began(row.host)
        return Request(
            row.url,
            callback=self.spider.parse,
            errback=self.spider.failed,
            headers=headers,
            dont_filter=True,
            meta={"frontier": row, "fetch": self._recorder.opened(row), "handle_httpstatus_all": True},
        )

    def _lease(self) -> None:
        if not self._room():
            return
        self.leasing, self.asked_at = True, self._recorder.ended
        self._recorder.lease(BATCH).add_done_callback(self._leased)

    def _leased(self, future: asyncio.Future[Any]) -> None:
        self.leasing = False
        if future.cancelled() or future.exception() is not None:
            return  # the committer is broken: `Recorder.lost` ends the run
        rows, due = future.result()
        for row in rows:
            self.queues.setdefault(row.host, deque()).append(row)
        self.exhausted = not rows and self._recorder.ended == self.asked_at
        soon = timedelta(seconds=self.crawler.settings.getfloat("FRONTIER_WAIT"))
        self.waits_until = None
        if due is not None and not rows:
            due = max(due, min(self._recorder.hosts.blocked().values(), default=due))
            wait = (due - datetime.now(UTC)).total_seconds()
            if wait <= soon.total_seconds():
                self.waits_until = due
                asyncio.get_running_loop().call_later(max(0.05, wait), self._waited)
        self._wake()

    def _waited(self) -> None:
        self.waits_until, self.exhausted = None, False
        self._wake()

    def _woken(self) -> None:
        """After a commit: new addresses may be due, or the run may be over."""
        if self._recorder.lost:
            self.spider.stop("lost")
            return
        if self._recorder.ended != self.asked_at:
            self.exhausted = False
        self._wake()

    def _wake(self) -> None:
        engine: Any = self.crawler.engine
        if engine is not None and engine._slot is not None:
            engine._slot.nextcall.schedule()  # Scrapy asks a scheduler by itself only every five seconds

    def _room(self) -> bool:
        """Whether the disk has room for what a batch may bring; else the run is stopped before it is full."""
        reserve = self.crawler.settings.getint("DISK_RESERVE_MB") << 20
        folder = self._recorder.folder
        free = shutil.disk_usage(folder if folder.is_dir() else folder.parent if folder.parent.is_dir() else ".").free
        if free >= reserve:
            return True
        self.spider.stop(f"less than {reserve >> 20} MB free on the captures' disk")
        return False
