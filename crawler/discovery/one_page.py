"""The spider of ``scrapy fixture``: one page, fetched as politely as any other and kept nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crawler.discovery.probe import ProbeSpider
from crawler.items import Page


class OnePageSpider(ProbeSpider):
    """Leaves the page at an address in ``page``; None where there is none to be had."""

    name = "one_page"

    def __init__(self, url: str, allow: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(url, _not_read, allow, **kwargs)
        self.page: Page | None = None

    async def start(self) -> AsyncIterator[Any]:
        self.page = await self._fetch(self.url)
        return
        yield  # an async generator that yields nothing, as in `ProbeSpider`


def _not_read(page: Page, site: Any = None) -> Any:
    raise NotImplementedError(f"{page.url}: fetched, not read")
