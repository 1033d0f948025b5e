"""Storing: articles a second in batches of one commit, beside one ORM commit an article; both durable when they answer.

    python tests/benchmarks/storing.py --number 1000
    python tests/benchmarks/storing.py --url postgresql+psycopg://…/empty_database

``orm`` adds one mapped object and commits, nothing else: no version, no search index. ``single`` stores all that ``batch`` does, with a commit
an article. All write into databases of one kind, in turns.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

from made_news import articles
from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from crawler.items import Article
from storage.archive import Archive
from storage.writer import Visit, save_articles


class Table(DeclarativeBase):
    pass


class Row(Table):
    __tablename__ = "peer"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    site: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    source: Mapped[str]


def batch(archive: Archive, articles: list[Article]) -> None:
    with archive.transaction() as connection:
        save_articles(connection, [(article, Visit(now=article.published, rules="1")) for article in articles])


def single(archive: Archive, articles: list[Article]) -> None:
    for article in articles:
        batch(archive, [replace(article, url=article.url + "?single=1")])


def orm(archive: Archive, articles: list[Article]) -> None:
    for article in articles:
        with Session(archive.engine) as session:
            session.add(Row(url=article.url, site=article.site, title=article.title, text=article.text, source=article.source))
            session.commit()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--number", type=int, default=1000, help="articles, each way")
    options.add_argument("--batch", type=int, default=200, help="articles a commit of ours")
    options.add_argument("--url", help="an empty database (default: a SQLite file that is thrown away)")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Archive(asked.url or f"sqlite:///{Path(folder) / 'archive.db'}") as archive:
        Table.metadata.create_all(archive.engine)
        made = articles(asked.number)
        ways = (batch, single, orm)
        wall, cpu = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0)
        while some := list(islice(made, asked.batch)):
            for way in ways:
                began, spent = time.perf_counter(), time.process_time()
                way(archive, some)
                wall[way] += time.perf_counter() - began
                cpu[way] += time.process_time() - spent
        for way in ways:
            each = f"{asked.number / wall[way]:8.0f} articles a second, {cpu[way] / asked.number * 1000:.2f} ms of CPU here an article"
            print(f"{way.__name__:>6}: {each}; batch is {wall[way] / wall[batch]:.1f} x as fast")  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
