"""Page 2 and the others of an article: fetched while the first one waits, ended in the first one's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler import answers
from crawler.capture import Captured
from crawler.items import Page
from crawler.recorder import Part, Recorder

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Further:
    """The further pages of one article."""

    def __init__(self, crawler: Crawler, first: Page) -> None:
        self.crawler = crawler
        self.first = first
        self.key = bytes.fromhex(first.frontier_key or "")
        self.recorder = Recorder.of(crawler)
        self.captured: dict[str, Captured] = {}

    async def fetch(self, url: str) -> Page | None:
        """The page at an address, captured; None, with its outcome noted, where it could not be had."""
        assert self.crawler.engine is not None
        self.recorder.hosts.sent(urlsplit(url).hostname or "")
        # The scheduler would hand it out as a page of its own; the downloader, its delays, robots.txt and the capture apply.
        request = Request(url, dont_filter=True, meta={"frontier": self.key, "handle_httpstatus_all": True})
        try:
            response = await self.crawler.engine.download_async(request)
        except IgnoreRequest as refused:
            self._lost(url, "dropped", f"RobotsDisallowed: {refused}")
            return None
        except Exception as error:  # noqa: BLE001 - whatever the network did, the article's first page is kept, and the outcome says why
            self._lost(url, "failed", answers.words_of(error))
            return None
        if response.status != 200 or not response.body:
            outcome = "gone" if response.status in answers.GONE else "failed"
            self._keep(url, request)
            self._lost(url, outcome, f"HTTP {response.status}" if response.status != 200 else "empty body")
            return None
        return self._page(url, request, response)

    def end(self, page: Page, outcome: str, reason: str | None) -> None:
        """Note how a fetched page ended; written with the article's own outcome."""
        self._note(page.url, outcome, reason)

    def _keep(self, url: str, request: Request) -> Captured | None:
        captured: Captured | None = request.meta.get("capture")
        if captured is not None:
            self.captured[url] = captured
        return captured

    def _lost(self, url: str, outcome: str, reason: str) -> None:
        spider: Any = self.crawler.spider
        spider.logger.warning("%s: a further page of %s: %s: %s", outcome, self.first.url, url, reason)
        self._note(url, outcome, reason)

    def _note(self, url: str, outcome: str, reason: str | None) -> None:
        self.recorder.part(self.key, Part(url=url, outcome=outcome, reason=reason, capture=self.captured.get(url)))

    def _page(self, url: str, request: Request, response: Response) -> Page:
        headers = answers.headers_of(response)
        captured = self._keep(url, request)
        return Page(
            url=url, body=response.body, content_type=headers.get("content-type"), headers=headers, status=response.status,
            fetched_at=captured.at if captured else None, capture=captured.ref if captured else None, site=self.first.site,
        )  # fmt: skip
