"""The pure part of the pipeline as one function. What it takes is imported with it, not while the first page is read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pipelines.extract.read
import pipelines.repair  # noqa: F401 - both are imported by the steps, but where they work
from crawler.items import Article, EmptyArticle, Page
from crawler.sites import Site
from pipelines import pure_steps
from pipelines.join_pages import whole
from pipelines.read_page import limited, read_page


def process(page: Page, site: Site | None = None, saved: Callable[[str], Page | None] | None = None) -> Article:
    """The article on a page: read, repaired, stripped. No I/O.

    ``saved`` gives the further pages of an article by their address, where they are at hand.

    Raises a `crawler.items.Dropped` that says why where the page is no article.
    """
    article = read_page(page, site)
    if saved is not None:
        article = limited(whole(article, lambda further: read_page(further, site), saved))
    for step in pure_steps().values():
        article = step(article, site)
    if not article.text.strip():
        raise EmptyArticle(f"{page.url}: nothing but boilerplate")
    return dataclasses.replace(article, page=page)
