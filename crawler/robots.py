"""robots.txt as RFC 9309 has it: an answer of 5xx or none at all means disallow, for as long as it lasts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.addresses import refused
from crawler.answers import words_of
from crawler.hosts import Hosts
from crawler.recorder import Recorder
from crawler.revisits import retry_after

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MOST = 500 << 10
"""Bytes that are read; RFC 9309, 2.5."""
HOPS = 5
SLOW = 30.0
"""Seconds without an answer, after which robots.txt was not had."""
SLOWEST = 3600.0
"""Seconds; a Crawl-delay is not honoured beyond."""


class RobotsDisallowed(IgnoreRequest):
    """robots.txt forbids the address."""


class RobotsUnavailable(Exception):
    """robots.txt could not be had: nothing of the host is fetched now; it is asked again later."""


class StrictRobots:
    """Downloader middleware in the place of Scrapy's, which allows everything when robots.txt cannot be had."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = str(crawler.settings["USER_AGENT"])
        self._asked: dict[str, asyncio.Future[Protego | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StrictRobots:
        return cls(crawler)

    @property
    def _run(self) -> Recorder | None:
        """The crawl's recorder; None where the spider keeps nothing, as a probe."""
        return Recorder.of(self.crawler) if getattr(self.crawler.spider, "site", None) else None

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._rules(request)
        if rules is not None and not rules.can_fetch(request.url, self.agent):
            raise RobotsDisallowed("robots.txt forbids it")

    async def _rules(self, request: Request) -> Protego | None:
        """The rules of the request's host, asked for once whatever number of requests waits; None: all is allowed."""
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._ask(origin))
        try:
            return await asyncio.shield(self._asked[origin])
        except RobotsUnavailable:
            self._asked.pop(origin, None)  # asked again once the host's wait is over
            raise

    async def _ask(self, origin: str) -> Protego | None:
        host = urlsplit(origin).hostname or ""
        hosts = self._run.hosts if self._run else Hosts()
        try:
            response = await self._fetch(f"{origin}/robots.txt")
        except Exception as error:  # whatever went wrong on the way, robots.txt was not had
            if inner := refused(host):
                raise inner from error
            hosts.back_off(host)
            raise RobotsUnavailable(f"no robots.txt of {host}: {words_of(error)}") from error
        if response is None or 400 <= response.status < 500 and response.status != 429:
            return None
        if response.status != 200:
            hosts.back_off(host, retry_after(response.headers.get("Retry-After"), datetime.now(UTC)))
            raise RobotsUnavailable(f"robots.txt of {host} answers HTTP {response.status}")
        rules = Protego.parse(response.body[:MOST].decode("utf-8-sig", "replace"))
        self._slow_down(host, rules)
        return rules

    async def _fetch(self, url: str) -> Response | None:
        """robots.txt, redirects followed; None where it leads nowhere (RFC 9309, 2.3.1.2)."""
        asked = urlsplit(url)
        for _ in range(HOPS + 1):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.port not in (None, 80, 443, asked.port):
                return None
            response = await self._get(url, parts.hostname)
            location = response.headers.get("Location")
            if not 300 <= response.status < 400 or not location:
                return response
            url = urljoin(url, location.decode("utf-8", "replace"))
        return None

    async def _get(self, url: str, host: str) -> Response:
        meta = {"robots": True, "dont_obey_robotstxt": True, "download_timeout": min(SLOW, self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT")), "handle_httpstatus_all": True}
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta=meta)
        if self._run:
            self._run.hosts.sent(host)
        assert self.crawler.engine is not None
        response = await self.crawler.engine.download_async(request)
        if self._run and "capture" in request.meta:
            self._run.keep(url, request.meta["capture"])
        return response

    def _slow_down(self, host: str, rules: Protego) -> None:
        """Honour a Crawl-delay that is longer than the profile's delay."""
        asked = rules.crawl_delay(self.agent)
        own = self._run.site.delay if self._run else 0.0
        if asked is None or asked <= own:
            return
        downloader: Any = self.crawler.engine.downloader  # type: ignore[union-attr]  # there is an engine while requests run
        delay = min(float(asked), SLOWEST)
        # Slots are thrown away when idle and made again from these settings.
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1, "jitter": 0}
        if host in downloader.slots:
            slot = downloader.slots[host]
            slot.delay, slot.jitter, slot.concurrency = delay, 0.0, 1
