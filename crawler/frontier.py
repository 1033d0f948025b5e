"""Scrapy's scheduler over the frontier table. Nothing of the crawl's state is kept in memory or in files."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from crawler.recorder import Recorder

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

BATCH = 16


class Frontier(BaseScheduler):
    """Leases due addresses in batches and hands them out as requests."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.leased: deque[Any] = deque()
        self.spider: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        return cls(crawler)

    def open(self, spider: Spider) -> Deferred[None] | None:
        self.spider = spider
        return None

    def has_pending_requests(self) -> bool:
        return bool(self.leased) or (self._active and Recorder.of(self.crawler).due())

    @property
    def _active(self) -> bool:
        """Off outside the news spider: ``scrapy shell`` and ``fetch`` must not touch the archive."""
        return getattr(self.spider, "site", None) is not None

    def enqueue_request(self, request: Request) -> bool:
        self.leased.append(request)
        return True

    def next_request(self) -> Request | None:
        if not self.leased and self._active:
            self.leased.extend(Recorder.of(self.crawler).lease(BATCH))
        if not self.leased:
            return None
        row = self.leased.popleft()
        return row if isinstance(row, Request) else self._request(row)

    def _request(self, row: Any) -> Request:
        headers = {}
        paged = bool((row.context or {}).get("pages"))  # a 304 would hide a correction on page 2
        if row.etag and not paged:
            headers["If-None-Match"] = row.etag
        if row.last_modified and not paged:
            headers["If-Modified-Since"] = row.last_modified
        return Request(
            row.url,
            callback=self.spider.parse,
            errback=self.spider.failed,
            headers=headers,
            dont_filter=True,
            meta={"frontier": row, "handle_httpstatus_all": True, "download_timeout": 60},
        )
