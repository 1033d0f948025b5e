"""Which article of the archive a read one is: by rel=canonical, by its address, by another address known of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from rapidfuzz.distance import Indel
from sqlalchemy import Connection, select

from crawler.items import Article
from storage.keys import url_key
from storage.tables import AddressRow, ArticleRow

ALIKE, COMPARED = 0.3, 1500
"""Least likeness of two texts under one rel=canonical; characters of each that are compared."""


def identity(article: Article) -> bytes:
    """The key that says which article it is: rel=canonical, else its address."""
    return url_key(named(article) or article.url)


def named(article: Article) -> str | None:
    """rel=canonical, where it can name an article: a template that names the home page on every page names none."""
    if article.canonical_url is None or urlsplit(article.canonical_url).path in ("", "/"):
        return None
    return article.canonical_url


def known(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, Any]:
    """{key: article row} of addresses that the archive knows, an article's own or another."""
    wanted, found = list(keys), {}
    for n in range(0, len(wanted), 500):
        part = wanted[n : n + 500]
        others = select(ArticleRow.__table__, AddressRow.url_key.label("asked")).join(AddressRow, AddressRow.article_id == ArticleRow.id)
        for row in connection.execute(others.where(AddressRow.url_key.in_(part))):
            found[row.asked] = row
        for row in connection.execute(select(ArticleRow.__table__).where(ArticleRow.url_key.in_(part))):
            found[row.url_key] = row
    return found


def same_article(article: Article, row: Any) -> bool:
    """Whether a page may be a view of the article that its rel=canonical names; some sites name one page on all."""
    if url_key(article.url) == row.url_key or article.title == row.title:
        return True
    one, other = article.text[:COMPARED], row.text[:COMPARED]
    return bool(Indel.normalized_similarity(one, other) >= ALIKE)
