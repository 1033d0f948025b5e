"""The printed edition of an article, as the issue's own pages tell it."""

from __future__ import annotations

import dataclasses
from datetime import date

from crawler.items import Article, Page


def told(article: Article, page: Page) -> Article:
    """The article with the edition that led to its page; what the page itself says stays where the issue says nothing."""
    context = page.context
    if not context.get("edition_date"):
        return article
    return dataclasses.replace(
        article,
        edition_date=date.fromisoformat(context["edition_date"]),
        edition_page=context.get("edition_page") or article.edition_page,
        edition_section=context.get("edition_section") or article.edition_section,
    )
