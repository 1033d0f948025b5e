"""Pipeline step: a Page becomes an Article."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from crawler.items import Page
from pipelines.extract import read

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ReadPage:
    """Reads pages; lets other items pass."""

    def __init__(self, crawler: Any = None) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReadPage:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Page):
            return item
        site = getattr(getattr(self.crawler, "spider", None), "site", None)
        return dataclasses.replace(read(item, site), page=item, site=item.site)
