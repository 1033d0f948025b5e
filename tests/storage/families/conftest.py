"""Articles that arrive in an archive, as a crawl brings them."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.items import Article
from storage.families import place
from storage.tables import ArticleRow
from storage.writer import Visit, save_article

START = datetime(2026, 3, 12, 1, tzinfo=UTC)
TEXTS = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["texts"]


class Arrivals:
    """Stores articles one by one, each in a transaction of its own, each an hour after the one before."""

    def __init__(self, archive):
        self.archive = archive
        self.count = 0

    def __call__(self, title, text, url=None, **fields):
        """Id of the article that came."""
        self.count += 1
        now = START + timedelta(hours=self.count)
        article = Article(url=url or f"http://{self.count}.example/a.html", title=title, text=TEXTS.get(text, text).strip(), **fields)
        with self.archive.transaction() as connection:
            saved = save_article(connection, article, Visit(now=now, rules="1"))
            if saved.outcome != "unchanged":
                place(connection, saved.article_id, article.title, article.text, now)
        return saved.article_id

    def families(self):
        """Lists of article ids, one list a family, ascending."""
        with self.archive.read() as connection:
            found = {}
            for article, family in connection.execute(select(ArticleRow.id, ArticleRow.family_id).order_by(ArticleRow.id)):
                found.setdefault(family, []).append(article)
        return list(found.values())


@pytest.fixture
def arrive(archive):
    return Arrivals(archive)
