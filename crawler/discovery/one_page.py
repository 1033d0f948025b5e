"""The spider of ``scrapy fixture``: one page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crawler.discovery.visitor import Visitor
from crawler.items import Page


class OnePageSpider(Visitor):
    """Leaves the page at an address in ``page``; None where there is none to be had."""

    name = "one_page"

    def __init__(self, url: str, allow: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(url, allow, **kwargs)
        self.page: Page | None = None

    async def start(self) -> AsyncIterator[Any]:
        self.page = await self.fetch(self.url)
        return
        yield  # an async generator that yields nothing, as in `ProbeSpider`
