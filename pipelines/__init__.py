"""A page becomes a true article: read -> joined -> repaired -> disclaimers stripped -> related links stripped -> kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.items import Article
    from crawler.sites import Site
    from pipelines.processing import process as process

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


def __getattr__(name: str) -> Any:
    """``process`` comes with all that reading takes, where it is asked for: the crawl's own process leaves reading to its workers."""
    if name != "process":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipelines.processing import process

    return process


def preload() -> None:
    """Import and load what reading a page takes, for processes that are forked from this one."""
    from contextlib import suppress

    from crawler.items import Dropped, Page
    from pipelines.processing import process

    text = f"<html><title>县城</title><body><h1>县城</h1><p>{'县城的桥修好了。' * 20}</p></body></html>"
    with suppress(Dropped):
        process(Page("https://example.org/", text.encode("gb18030")))  # an encoding that is not told takes most
