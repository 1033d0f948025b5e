"""The one spider: a site's profile says what to fetch, the frontier when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import answers
from crawler.addresses import EXCEPTIONS, RefusedAddress, refused
from crawler.capture import NotCaptured
from crawler.committer import OutOfService
from crawler.discovery.listing import Listing, named
from crawler.discovery.sitemaps import BrokenSitemap
from crawler.discovery.starts import starts
from crawler.encodings import OverSize
from crawler.endings import Plain
from crawler.items import Dropped, Page, TooLarge
from crawler.recorder import Fetch, Recorder
from crawler.revisits import TRIES, retry_after
from crawler.robots import RobotsDisallowed, RobotsUnavailable
from crawler.sites import BadSite, Site, folder_of, load
from crawler.workers.pool import WorkerFailed, Workers
from storage.frontier import LISTINGS, Found, LeaseLost, same_address
from storage.keys import canonical

LIGHT = 64 << 10
"""Bytes of a listing of which several may lie in memory at once, read and not committed yet."""


class NewsSpider(scrapy.Spider):
    """``scrapy crawl news -a site=NAME`` or ``-a url=https://…``."""

    name = "news"
    custom_settings: dict[Any, Any] | None = {
        "CONCURRENT_ITEMS": 1,  # a response gives one item at most, and Scrapy makes so many tasks for each
        "SPIDER_MIDDLEWARES_BASE": {},  # depth, length and referrer of requests: the callbacks give none
    }

    def __init__(self, site: str | None = None, url: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = (site, url)
        self.site: Site
        self.stopped: str | None = None
        """Why the run was ended before its time."""
        self._large = asyncio.Lock()
        """Held from the reading of a large listing to its commit: the addresses of one at a time lie in memory."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        spider: NewsSpider = super().from_crawler(crawler, *args, **kwargs)
        spider.site = site_of(crawler.settings, *spider.asked)
        EXCEPTIONS.update((*spider.site.allow_addresses, *crawler.settings.getlist("ALLOW_ADDRESSES")))
        for key, value in (
            ("DOWNLOAD_DELAY", spider.site.delay), ("CONCURRENT_REQUESTS_PER_DOMAIN", max(1, spider.site.concurrency)),
            ("DOWNLOAD_VERIFY_CERTIFICATES", spider.site.verify_tls),
        ):  # fmt: skip
            crawler.settings.set(key, value, priority="spider")
        if spider.site.user_agent:
            crawler.settings.set("USER_AGENT", spider.site.user_agent, priority="spider")
        for handler, signal in (
            (spider.on_dropped, signals.item_dropped), (spider.on_error, signals.item_error), (spider.on_exception, signals.spider_error),
            (spider.on_closed, signals.spider_closed),
        ):  # fmt: skip
            crawler.signals.connect(handler, signal=signal)
        return spider

    @property
    def recorder(self) -> Recorder:
        return Recorder.of(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        if not self.recorder.run_id:
            self.recorder.begin(self.site, starts(self.site))
        await self.recorder.keep_lease()
        self.crawler.stats.set_value("fangzhi/run", self.recorder.run_id)
        return
        yield  # an async generator that yields nothing: the frontier has the requests

    async def parse(self, response: Response) -> AsyncIterator[Page]:
        """Every response comes here, whatever its status."""
        fetch: Fetch = response.meta["fetch"]
        row = fetch.row
        self.recorder.answered(fetch, response.meta.get("capture"))
        self.crawler.stats.inc_value("fangzhi/fetched")
        target, fetch.evidence = answers.target_of(response), answers.evidence_of(response)
        if response.status in answers.REDIRECTS or target:
            self._redirected(fetch, target)
        elif response.status == 304 or (response.status == 200 and fetch.evidence["body_hash"] == row.body_hash and not _pages(row)):
            self.recorder.hosts.worked(row.host)
            self.recorder.plain(fetch, Plain(outcome="listing" if row.kind in LISTINGS else "unchanged", reason="not modified", evidence=fetch.evidence))
        elif response.status != 200 or not response.body or self._is_cut_short(response, row):
            self._refused(response, fetch)
        elif row.kind in LISTINGS:
            await self._listing(response, fetch)
        else:
            self.recorder.hosts.worked(row.host)
            yield self._page(response, fetch)

    def _is_cut_short(self, response: Response, row: Any) -> bool:
        """A page that may have been cut is fetched again; one that never comes whole is taken as it is."""
        return answers.is_cut_short(response) and row.attempts + 1 < TRIES

    def _redirected(self, fetch: Fetch, target: str | None) -> None:
        row = fetch.row
        hops = int((row.context or {}).get("hops", 0)) + 1
        if not target or not self.site.admits(target) or hops > answers.HOPS:
            self.recorder.plain(fetch, Plain(outcome="redirected", reason=f"to {(target or 'nowhere')[:300]}, not followed"))
        elif row.kind == "article" and answers.means_gone(target):
            self.recorder.plain(fetch, Plain(outcome="gone", reason=f"redirected to {target[:300]}"))
        elif same_address(target, row.url):
            self.recorder.plain(fetch, Plain(outcome="failed", reason=f"redirects to itself ({target[:300]})"))
        else:
            found = Found(url=target, kind=row.kind, depth=row.depth, context={**(row.context or {}), "hops": hops})
            self.recorder.plain(fetch, Plain(outcome="redirected", reason=f"to {canonical(target)[:300]}", found=(found,)))

    def _refused(self, response: Response, fetch: Fetch) -> None:
        """An answer that is neither page nor listing."""
        status, host = response.status, fetch.row.host
        if status in answers.GONE:
            self.recorder.hosts.worked(host)
            self.recorder.plain(fetch, Plain(outcome="gone", reason=f"HTTP {status}"))
        elif status in answers.BUSY:
            until = self.recorder.hosts.back_off(host, retry_after(response.headers.get("Retry-After"), datetime.now(UTC)))
            self._fail(fetch, f"HTTP {status}", busy=True, until=until)
        else:
            if status >= 500:
                self.recorder.hosts.stumbled(host)
            self._fail(fetch, f"HTTP {status}" if status != 200 else "cut short" if response.body else "empty body")

    async def _listing(self, response: Response, fetch: Fetch) -> None:
        row = fetch.row
        self.recorder.hosts.worked(row.host)
        header = (response.headers.get("Content-Type") or b"").decode("latin-1")
        listing = Listing(kind=row.kind, url=response.url, body=response.body, content_type=header, depth=row.depth, context=row.context or {})
        try:
            if is_light(listing):
                self.recorder.listing(fetch, await self._named(listing), fetch.evidence)
                return
            async with self._large:
                await asyncio.wait([self.recorder.listing(fetch, await self._named(listing), fetch.evidence)])
        except (BrokenSitemap, WorkerFailed) as error:
            self._fail(fetch, str(error))
        except Dropped as reason:
            self.recorder.dropped(fetch, reason)

    async def _named(self, listing: Listing) -> list[Found]:
        """The addresses on a listing, read in a worker: one could stall the crawl, and what reading takes is loaded there."""
        return await Workers.of(self.crawler).run(named, listing, self.site)

    def _page(self, response: Response, fetch: Fetch) -> Page:
        headers = answers.headers_of(response)
        captured, row = fetch.captured, fetch.row
        return Page(
            url=response.url, body=response.body, content_type=headers.get("content-type"), headers=headers,
            status=response.status, fetched_at=captured.at if captured else datetime.now(UTC), capture=captured.ref if captured else None,
            site=self.site.name, frontier_key=row.url_key.hex(), context={k: str(v) for k, v in (row.context or {}).items()},
        )  # fmt: skip

    def failed(self, failure: Failure) -> None:
        """No response to read: refused by robots.txt, or an error on the way."""
        request: Any = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        fetch: Fetch = request.meta["fetch"]
        error = failure.value
        if isinstance(error, RobotsUnavailable):
            self.recorder.postpone(fetch, self.recorder.hosts.until(fetch.row.host) or datetime.now(UTC) + timedelta(minutes=1), str(error))
        elif isinstance(error, NotCaptured | LeaseLost | OutOfService):
            self.recorder.postpone(fetch, datetime.now(UTC), str(error))
            self.stop(str(error))
        else:
            self.recorder.answered(fetch, request.meta.get("capture"))
            self._errored(fetch, error)

    def _errored(self, fetch: Fetch, error: BaseException | None) -> None:
        error = refused(fetch.row.host) or error
        words = answers.words_of(error)
        if isinstance(error, RobotsDisallowed):
            self.recorder.plain(fetch, Plain(outcome="dropped", reason=words))
        elif isinstance(error, OverSize) or (isinstance(error, DownloadCancelledError) and "max size" in words):
            self.recorder.plain(fetch, Plain(outcome="dropped", reason=f"{TooLarge.__name__}: {str(error)[:300]}"))
        elif isinstance(error, RefusedAddress) or isinstance(getattr(error, "__cause__", None), RefusedAddress):
            self._fail(fetch, f"{RefusedAddress.__name__}: {str(error)[:300]}")  # the host is not asked, so it has not failed us
        else:
            self.recorder.hosts.stumbled(fetch.row.host)
            self._fail(fetch, words)

    def _fail(self, fetch: Fetch, reason: str, *, busy: bool = False, until: datetime | None = None) -> None:
        self.logger.warning("failed: %s: %s", fetch.row.url, reason)
        self.recorder.plain(fetch, Plain(outcome="failed", reason=reason, busy=busy, until=until))

    def stop(self, reason: str) -> None:
        """End the run now; what is leased is given back."""
        if self.stopped is None and self.crawler.engine is not None:
            self.stopped = reason
            self._stopping = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def on_dropped(self, item: Any, response: Response, exception: BaseException) -> None:
        reason = exception if isinstance(exception, Dropped) else Dropped(str(exception))
        self.recorder.dropped(response.meta["fetch"], reason)

    def on_error(self, item: Any, response: Response, failure: Failure) -> None:
        self._poisoned(response.meta["fetch"], "pipeline", failure)

    def on_exception(self, failure: Failure, response: Any) -> None:
        """An exception in `parse` or `failed`."""
        request = getattr(response, "request", None)
        if request is not None and "fetch" in request.meta:
            self._poisoned(request.meta["fetch"], "parse", failure)

    def _poisoned(self, fetch: Fetch, step: str, failure: Failure) -> None:
        error = failure.value or RuntimeError("unknown")
        if not isinstance(error, LeaseLost | OutOfService):
            self.recorder.poison(fetch, step, error)

    async def on_closed(self) -> None:
        await self.recorder.drained()


def is_light(listing: Listing) -> bool:
    """Whether a listing names so little that others may be read beside it. A small sitemap may be a large one, compressed."""
    return len(listing.body) <= LIGHT and listing.kind != "sitemap"


def _pages(row: Any) -> int:
    """Pages of a multi-page article as last read: page 1 alone does not say whether it is unchanged."""
    return int((row.context or {}).get("pages", 0))


def site_of(settings: Any, site: str | None, url: str | None) -> Site:
    """The profile that the spider's arguments name, or one made up for an address. Raises `BadSite`."""
    if bool(site) == bool(url):
        raise BadSite("give one of -a site=NAME and -a url=https://host/")
    folder = folder_of(settings)
    return load(site, folder) if site else made_up(url or "")


def made_up(url: str) -> Site:
    """A profile for a site that has none: its host, its home page, the usual place of a sitemap."""
    try:
        parts = urlsplit(canonical(url))
    except ValueError as error:
        raise BadSite(f"{error}; write it as https://host/path") from None
    root = f"{parts.scheme}://{parts.netloc}"
    return Site(
        name=parts.netloc, start=(url,), sitemaps=(f"{root}/sitemap.xml",), domains=(parts.hostname or "",),
        title=parts.netloc,
    )  # fmt: skip
