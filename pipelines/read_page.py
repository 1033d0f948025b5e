"""Pipeline step: a Page becomes an Article, in a worker process."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from crawler.items import Article, Page, TooLarge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.sites import Site

MAX_TEXT = 300_000
"""Characters of an article: a book. The steps behind take about 1 s for it."""
MAX_FIELD = 2_000
"""Characters of a headline, a source, an editor, a summary."""
FIELDS = ("title", "title_raw", "subtitle", "source", "editor", "section", "dateline", "published_raw", "summary")


def read_page(page: Page, site: Site | None = None) -> Article:
    """The article on a page, as printed, and small enough for every later step. Raises a `crawler.items.Dropped`."""
    # Imported where pages are read: the crawl's own process leaves that to its workers.
    from pipelines.extract.garbage import no_collection
    from pipelines.extract.read import read

    with no_collection():
        return limited(read(page, site))


def limited(article: Article) -> Article:
    """The same article, a longer field cut; raises `TooLarge` where its text is longer than an article can be."""
    if len(article.text) > MAX_TEXT:
        raise TooLarge(f"{article.url}: a text of {len(article.text)} characters, {MAX_TEXT} are kept")
    long = {name: value[:MAX_FIELD] for name in FIELDS if (value := getattr(article, name)) and len(value) > MAX_FIELD}
    return dataclasses.replace(article, **long, quality="suspect") if long else article


class ReadPage:
    """Reads pages; lets other items pass. A page that kills its worker raises `crawler.workers.pool.WorkerFailed`."""

    read = staticmethod(read_page)

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReadPage:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        from crawler.workers.pool import Workers

        if not isinstance(item, Page):
            return item
        site = getattr(self.crawler.spider, "site", None)
        # Only what reading needs crosses over: no capture, no frontier.
        sent = Page(item.url, item.body, item.content_type, fetched_at=item.fetched_at, site=item.site, context=dict(item.context))
        article = await Workers.of(self.crawler).run(self.read, sent, site)
        return dataclasses.replace(article, page=item, site=item.site)
