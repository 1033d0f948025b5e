"""A spider that visits a few pages, as politely as any crawl. It keeps nothing: no frontier, no capture, no archive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy import Request, exceptions
from scrapy.http import Response

from crawler import answers
from crawler.addresses import EXCEPTIONS
from crawler.items import Page
from crawler.robots import RobotsUnavailable
from crawler.settings import DOWNLOADER_MIDDLEWARES

MOST_REQUESTS = 60
NO_ANSWER = (
    exceptions.IgnoreRequest, exceptions.DownloadConnectionRefusedError, exceptions.CannotResolveHostError, exceptions.DownloadTimeoutError,
    exceptions.DownloadCancelledError, exceptions.DownloadFailedError, exceptions.ResponseDataLossError, exceptions.UnsupportedURLSchemeError,
    RobotsUnavailable, OSError,
)  # fmt: skip


class Visitor(scrapy.Spider):
    """Fetches the pages that its `start` asks `fetch` for, one after the other."""

    custom_settings: dict[Any, Any] | None = {
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "ITEM_PIPELINES": {},
        "DOWNLOADER_MIDDLEWARES": {path: order for path, order in DOWNLOADER_MIDDLEWARES.items() if path != "crawler.capture.Capture"},
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": 20,
    }

    def __init__(self, url: str, allow: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.fetched = 0
        EXCEPTIONS.update(allow)

    async def fetch(self, url: str) -> Page | None:
        """The page at an address, redirects followed; None where it gives nothing."""
        for _ in range(5):  # redirects
            self.fetched += 1
            if self.fetched > MOST_REQUESTS:
                return None
            response = await self._download(url)
            if response is None or response.status not in answers.REDIRECTS:
                return _page(response) if response is not None and response.status == 200 and response.body else None
            url = response.urljoin((response.headers.get("Location") or b"").decode("utf-8", "replace"))
            if not url.startswith(("http://", "https://")):
                return None
        return None

    async def _download(self, url: str) -> Response | None:
        robots = url.endswith("/robots.txt")
        try:
            request = Request(url, meta={"handle_httpstatus_all": True, "dont_obey_robotstxt": robots})
            assert self.crawler.engine is not None
            return await self.crawler.engine.download_async(request)
        except (*NO_ANSWER, ValueError) as error:
            self.logger.info("%s: %s", url, error)
            return None


def _page(response: Response) -> Page:
    headers = answers.headers_of(response)
    return Page(url=response.url, body=response.body, content_type=headers.get("content-type"), headers=headers, fetched_at=datetime.now(UTC))
