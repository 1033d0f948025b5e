"""Pipeline step: article, edits, family and frontier in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.items import Article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Persist:
    """Hands articles of a crawl to its recorder; an item goes on once it is committed."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Persist:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        from crawler.recorder import Recorder

        if not isinstance(item, Article) or item.page is None or not item.page.frontier_key:
            return item
        recorder = Recorder.of(self.crawler)
        fetch = recorder.open[bytes.fromhex(item.page.frontier_key)]
        outcome = await recorder.article(item, item.page, fetch, fetch.evidence)
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"fangzhi/{outcome}")
        return item
