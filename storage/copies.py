"""Exact copies within a site: one title and text under two addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, select

from crawler.items import Article
from storage.clean import clean
from storage.identity import identity
from storage.keys import url_key
from storage.tables import ArticleRow
from storage.values import content_hash


def copies(connection: Connection, articles: Sequence[Article]) -> list[str | None]:
    """For each article the other address of its site that has its title and text, in the archive or earlier among them."""
    contents = [(clean(one.site), content_hash(clean(one.title), clean(one.text))) for one in articles]
    holders: dict[tuple[str | None, bytes], dict[bytes, str]] = defaultdict(dict)
    query = select(ArticleRow.site, ArticleRow.content_hash, ArticleRow.url_key, ArticleRow.url)
    for row in connection.execute(query.where(ArticleRow.content_hash.in_([content for _, content in contents]))):
        holders[row.site, row.content_hash][row.url_key] = row.url
    found: list[str | None] = []
    for one, content in zip(articles, contents, strict=True):
        keys = {identity(one), url_key(one.url)}
        found.append(next((url for key, url in holders[content].items() if key not in keys), None))
        if found[-1] is None:
            for held in holders.values():  # what it said before, it says no more
                for key in keys & held.keys():
                    del held[key]
            holders[content][identity(one)] = one.url
    return found
