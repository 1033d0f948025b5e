"""Pipeline step: a Page becomes an Article, in a worker process."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from crawler.items import Article, Page, TooLarge
from pipelines import PURE, pure_steps

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.sites import Site

JOINING = "pipelines.join_pages.JoinPages"
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


def read_ahead(read: Callable[[Page, Site | None], Article], page: Page, site: Site | None, steps: tuple[str, ...]) -> Article:
    """The article on a page and, where it has no further pages, ``steps`` applied to it: one way to a worker and back for all of them."""
    article = read(page, site)
    if article.next_page is not None or not steps:
        return article
    pure = pure_steps()
    for path in steps:
        article = pure[path](article, site)
    return dataclasses.replace(article, done=steps)


def steps_ahead(pipelines: Mapping[Any, int | None], own: str) -> tuple[str, ...]:
    """The pure steps that follow the step ``own`` at once in a setting ``ITEM_PIPELINES``; joining, which looks at further pages only, may stand between.

    >>> steps_ahead({"a.Own": 1, "pipelines.join_pages.JoinPages": 2, "pipelines.repair_text.RepairText": 3, "a.Mine": 4, "pipelines.strip_related.StripRelated": 5}, "a.Own")
    ('pipelines.repair_text.RepairText',)
    """
    order = sorted((number, key if isinstance(key, str) else f"{key.__module__}.{key.__qualname__}") for key, number in pipelines.items() if number is not None)
    paths = [path for _, path in order]
    after = paths[paths.index(own) + 1 :] if own in paths else []
    found = takewhile(lambda path: path == JOINING or path in PURE, after)
    return tuple(path for path in found if path != JOINING)


class ReadPage:
    """Reads pages; lets other items pass. A page that kills its worker raises `crawler.workers.pool.WorkerFailed`.

    The steps behind it that need nothing but the article are applied in the same worker; they then let it pass.
    """

    read = staticmethod(read_page)

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        own = type(self)
        self.ahead = steps_ahead(crawler.settings.getdict("ITEM_PIPELINES"), f"{own.__module__}.{own.__qualname__}")

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
        article = await Workers.of(self.crawler).run(read_ahead, self.read, sent, site, self.ahead)
        return dataclasses.replace(article, page=item, site=item.site)
