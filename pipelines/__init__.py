"""A page becomes a true article: read -> joined -> repaired -> disclaimers stripped -> related links stripped -> kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.items import Article, Page
    from crawler.sites import Site

STEPS = (
    "pipelines.read_page.ReadPage",
    "pipelines.join_pages.JoinPages",
    "pipelines.repair_text.RepairText",
    "pipelines.strip_disclaimers.StripDisclaimers",
    "pipelines.strip_related.StripRelated",
    "pipelines.deduplicate.Deduplicate",
    "pipelines.persist.Persist",
)
"""The order of the pipeline; Scrapy's ``ITEM_PIPELINES`` and `process` are both made from it."""

PURE = ("pipelines.repair_text.RepairText", "pipelines.strip_disclaimers.StripDisclaimers", "pipelines.strip_related.StripRelated")
"""Those after reading that need neither network nor database, in their order."""

ITEM_PIPELINES = {path: 100 * n for n, path in enumerate(STEPS, 1)}

RULES = "1"
"""Version of the rules; grows when the same bytes would give another article."""


def pure_steps() -> dict[str, Callable[[Article, Site | None], Article]]:
    """{path: function} of `PURE`."""
    from pipelines.repair_text import repair_article
    from pipelines.strip_disclaimers import strip_disclaimers
    from pipelines.strip_related import strip_related

    functions = (lambda article, site: repair_article(article), strip_disclaimers, lambda article, site: strip_related(article))
    return dict(zip(PURE, functions, strict=True))


def process(page: Page, site: Site | None = None, saved: Callable[[str], Page | None] | None = None) -> Article:
    """The article on a page: read, repaired, stripped. No I/O.

    ``saved`` gives the further pages of an article by their address, where they are at hand.

    Raises a `crawler.items.Dropped` that says why where the page is no article.
    """
    from crawler.items import EmptyArticle
    from pipelines.read_page import limited, read_page

    article = read_page(page, site)
    if saved is not None:
        from pipelines.join_pages import whole

        article = limited(whole(article, lambda further: read_page(further, site), saved))
    for step in pure_steps().values():
        article = step(article, site)
    if not article.text.strip():
        raise EmptyArticle(f"{page.url}: nothing but boilerplate")
    return dataclasses.replace(article, page=page)


def preload() -> None:
    """Import and load what reading a page takes, for processes that are forked from this one."""
    from contextlib import suppress

    from crawler.items import Dropped, Page

    text = f"<html><title>县城</title><body><h1>县城</h1><p>{'县城的桥修好了。' * 20}</p></body></html>"
    with suppress(Dropped):
        process(Page("https://example.org/", text.encode("gb18030")))  # an encoding that is not told takes most
