"""The one spider: a site's profile says what to fetch, the frontier when."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import links
from crawler.addresses import EXCEPTIONS
from crawler.decode import decode
from crawler.discovery.epaper import of_epaper
from crawler.discovery.feeds import of_feed
from crawler.discovery.sitemaps import BrokenSitemap, of_sitemap
from crawler.discovery.starts import starts
from crawler.items import Dropped, Page
from crawler.recorder import Recorder
from crawler.sites import BadSite, Site, load
from storage.frontier import Found, LeaseLost, same_address
from storage.keys import canonical

GONE = (404, 410)
LISTINGS = ("section", "feed", "sitemap", "epaper")


class NewsSpider(scrapy.Spider):
    """``scrapy crawl news -a site=NAME`` or ``-a url=https://…``."""

    name = "news"

    def __init__(self, site: str | None = None, url: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = (site, url)
        self.site: Site
        self.failures = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        spider: NewsSpider = super().from_crawler(crawler, *args, **kwargs)
        spider.site = site_of(crawler.settings, *spider.asked)
        EXCEPTIONS.update((*spider.site.allow_addresses, *crawler.settings.getlist("ALLOW_ADDRESSES")))
        for key, value in (
            ("DOWNLOAD_DELAY", spider.site.delay), ("CONCURRENT_REQUESTS_PER_DOMAIN", max(1, spider.site.concurrency)),
        ):  # fmt: skip
            crawler.settings.set(key, value, priority="spider")
        if spider.site.user_agent:
            crawler.settings.set("USER_AGENT", spider.site.user_agent, priority="spider")
        crawler.signals.connect(spider.on_dropped, signal=signals.item_dropped)
        crawler.signals.connect(spider.on_error, signal=signals.item_error)
        return spider

    @property
    def recorder(self) -> Recorder:
        return Recorder.of(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        site = self.site
        self.recorder.begin(site, starts(site))
        self.crawler.stats.set_value("fangzhi/run", self.recorder.run_id)
        return
        yield  # an async generator that yields nothing: the frontier has the requests

    def parse(self, response: Response) -> Iterator[Page]:
        """Every response comes here, whatever its status."""
        row, capture = response.meta["frontier"], response.meta.get("capture")
        self.recorder.got(row)
        self.crawler.stats.inc_value("fangzhi/fetched")
        evidence = _evidence(response)
        if response.status in (301, 302, 303, 307, 308):
            self._redirected(response, row, capture)
        elif response.status == 304 or (response.status == 200 and evidence["body_hash"] == row.body_hash and not _pages(row)):
            outcome = "listing" if row.kind in LISTINGS else "unchanged"
            self.recorder.plain(row, outcome, "not modified", capture=capture)
        elif response.status in GONE:
            self.recorder.plain(row, "gone", f"HTTP {response.status}", capture=capture)
        elif response.status != 200 or not response.body:
            self._fail(row, f"HTTP {response.status}" if response.status != 200 else "empty body", capture)
        elif row.kind in LISTINGS:
            self._listing(response, row, evidence)
        else:
            yield self._page(response, row)

    def _redirected(self, response: Response, row: Any, capture: Any) -> None:
        target = urljoin(response.url, (response.headers.get("Location") or b"").decode("utf-8", "replace"))
        host = urlsplit(target).hostname if target.startswith(("http://", "https://")) else None
        hops = int((row.context or {}).get("hops", 0)) + 1
        if not host or not self.site.covers(host) or hops > 8:
            self.recorder.plain(row, "redirected", f"to {target[:300]}, not followed", capture=capture)
            return
        if row.kind == "article" and urlsplit(target).path in ("", "/"):
            self.recorder.plain(row, "gone", "redirected to the home page", capture=capture)
            return
        found = [Found(url=target, kind=row.kind, depth=row.depth, context={"hops": hops})]
        if same_address(target, row.url):
            self._fail(row, f"redirects to itself ({target})", capture)
            return
        self.recorder.plain(row, "redirected", f"to {canonical(target)}", capture=capture, found=found)

    def _listing(self, response: Response, row: Any, evidence: dict[str, Any]) -> None:
        try:
            found = self._found(response, row)
        except BrokenSitemap as error:
            self._fail(row, str(error), response.meta.get("capture"))
            return
        self.recorder.listing(row, response.meta.get("capture"), found, evidence)

    def _found(self, response: Response, row: Any) -> list[Found]:
        header = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if row.kind == "feed":
            return of_feed(response.body, response.url, self.site, header)
        if row.kind == "sitemap":
            return of_sitemap(response.body, response.url, self.site, row.depth)
        decoded = decode(response.body, header, override=self.site.encoding)
        if row.kind == "epaper":
            return of_epaper(decoded.text, response.url, self.site, row.context or {})
        return links.of_section(decoded, response.url, self.site, row.depth)

    def _page(self, response: Response, row: Any) -> Page:
        headers = {k.decode("latin-1").lower(): b", ".join(v).decode("latin-1") for k, v in response.headers.items()}
        return Page(
            url=response.url, body=response.body, content_type=headers.get("content-type"), headers=headers,
            status=response.status, fetched_at=response.meta.get("fetched_at"), capture=response.meta.get("capture"),
            site=self.site.name, frontier_key=row.url_key.hex(), context={k: str(v) for k, v in (row.context or {}).items()},
        )  # fmt: skip

    def failed(self, failure: Failure) -> None:
        """No response: refused by robots.txt, or an error on the way."""
        row = failure.request.meta["frontier"]  # type: ignore[attr-defined]  # Scrapy puts it there
        self.recorder.got(row)
        if isinstance(failure.value, IgnoreRequest):
            self.recorder.plain(row, "dropped", f"RobotsDisallowed: {failure.getErrorMessage()}")
        elif isinstance(failure.value, LeaseLost):
            raise CloseSpider("lease lost")
        else:
            self._fail(row, f"{type(failure.value).__name__}: {failure.getErrorMessage()[:300]}", None)

    def _fail(self, row: Any, reason: str, capture: Any) -> None:
        self.failures += 1
        self.logger.warning("failed: %s: %s", row.url, reason)
        self.recorder.plain(row, "failed", reason, capture=capture)

    def on_dropped(self, item: Any, response: Response, exception: BaseException) -> None:
        reason = exception if isinstance(exception, Dropped) else Dropped(str(exception))
        self.recorder.dropped(response.meta["frontier"], _page_of(item), reason)

    def on_error(self, item: Any, response: Response, failure: Failure) -> None:
        self.failures += 1
        self.recorder.poison(response.meta["frontier"], _page_of(item), "pipeline", failure.value or RuntimeError("unknown"))


def _pages(row: Any) -> int:
    """Pages of a multi-page article as last read: page 1 alone does not say whether it is unchanged."""
    return int((row.context or {}).get("pages", 0))


def _page_of(item: Any) -> Page | None:
    page = item if isinstance(item, Page) else getattr(item, "page", None)
    return page if isinstance(page, Page) else None


def _evidence(response: Response) -> dict[str, Any]:
    if response.status != 200:
        return {"body_hash": None}
    return {
        "body_hash": hashlib.sha256(response.body).digest(),
        "etag": (response.headers.get("ETag") or b"").decode("latin-1") or None,
        "last_modified": (response.headers.get("Last-Modified") or b"").decode("latin-1") or None,
    }


def site_of(settings: Any, site: str | None, url: str | None) -> Site:
    """The profile that the spider's arguments name, or one made up for an address. Raises `BadSite`."""
    if bool(site) == bool(url):
        raise BadSite("give one of -a site=NAME and -a url=https://host/")
    folder = settings.get("SITES_DIR")
    return load(site, Path(folder) if folder else None) if site else made_up(url or "")


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
