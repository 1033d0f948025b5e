"""Storing: articles a second in groups of one commit, beside one ORM commit an article; all durable when they answer.

    python tests/benchmarks/storing.py --number 1000
    python tests/benchmarks/storing.py --url postgresql+psycopg://…/postgres

Four ways, in turns, each into a database of its own (with ``--url`` made on that server, and dropped again):

* ``group``: article, version, edits, search entry, fingerprints and family of many articles in one commit, as a crawl does it;
* ``single``: the same code, one article a commit;
* ``orm``: the same rows as mapped objects, one `Session.commit` an article; copies are not looked for, nothing is told apart;
* ``bare``: one mapped object with six columns, one `Session.commit` an article: no version, no search.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from made_news import articles
from sqlalchemy import BigInteger, Integer, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from crawler.items import Article, Edit
from storage.archive import Archive
from storage.families import Newcomer, place_all
from storage.families.fingerprint import SCHEME, fingerprint
from storage.families.reading import read
from storage.keys import url_key
from storage.search.index import Index
from storage.search.positions import Positions
from storage.tables import ArticleRow, EditRow, FamilyRow, FingerprintRow, SignatureRow, VersionRow
from storage.values import edit_of, values_of, version_of
from storage.writer import Visit, save_articles

EDITS = tuple(Edit(step="repair", rule="pinyin_reading", start=n, before="a", after="啊") for n in (10, 50))


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


def visit() -> Visit:
    return Visit(now=datetime.now(UTC), rules="1")


def group(archive: Archive, articles: list[Article]) -> None:
    with archive.transaction() as connection:
        visits = [(article, visit()) for article in articles]
        saved = save_articles(connection, visits)
        place_all(connection, [Newcomer(made.article_id, one.title, one.text, at.now) for made, (one, at) in zip(saved, visits, strict=True)])


def single(archive: Archive, articles: list[Article]) -> None:
    for article in articles:
        group(archive, [article])


def orm(archive: Archive, articles: list[Article]) -> None:
    for article in articles:
        at = visit()
        with Session(archive.engine) as session:
            connection = session.connection(execution_options={"writing": True})
            values = values_of(article, at) | {"url_key": url_key(article.url), "first_seen_at": at.now, "version": 1, "state": "live"}
            values["position"] = Positions(connection).take(values["sort_at"])
            family, row = FamilyRow(size=1, created_at=at.now), ArticleRow(**values)
            session.add_all([family, row])
            session.flush()
            family.head_id, row.family_id = row.id, family.id
            version = VersionRow(article_id=row.id, version=1, valid_from=at.now, **version_of(values))
            session.add(version)
            session.flush()
            for n, edit in enumerate(article.edits):
                made = edit_of(version.id, n, edit)
                session.add(EditRow(pass_=made.pop("pass"), **made))
            Index(connection).put([values])
            hashes = fingerprint(read(article.title, article.text)).stored
            session.add(SignatureRow(article_id=row.id, family_id=family.id, scheme=SCHEME, size=len(hashes)))
            session.add_all(FingerprintRow(hash=one, article_id=row.id) for one in hashes)
            session.commit()


def bare(archive: Archive, articles: list[Article]) -> None:
    for article in articles:
        with Session(archive.engine) as session:
            session.add(Row(url=article.url, site=article.site, title=article.title, text=article.text, source=article.source))
            session.commit()


Way = Callable[[Archive, list[Article]], None]


@contextmanager
def database(url: str | None, name: str) -> Iterator[str]:
    """URL of an empty database: a SQLite file, or one on the server of ``url``."""
    if url is None:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'archive.db'}"
        return
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE storing_{name}"))
    try:
        yield f"{url.rsplit('/', 1)[0]}/storing_{name}"
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE storing_{name} WITH (FORCE)"))
        server.dispose()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--number", type=int, default=1000, help="articles, each way")
    options.add_argument("--group", type=int, default=200, help="articles a commit of ours")
    options.add_argument("--url", help="a database on the PostgreSQL server to measure (default: SQLite files that are thrown away)")
    asked = options.parse_args()
    ways: tuple[Way, ...] = (group, single, orm, bare)
    with ExitStack() as open_:
        archives = {way: open_.enter_context(Archive(open_.enter_context(database(asked.url, way.__name__)))) for way in ways}
        Table.metadata.create_all(archives[bare].engine)
        made = (replace(article, edits=EDITS) for article in articles(asked.number))
        for way in ways:
            way(archives[way], [replace(one, url=f"{one.url}?first") for one in articles(20, seed=2)])  # tables and statements are made at first use
        wall, cpu = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0)
        while some := list(islice(made, asked.group)):
            for way in ways:
                began, spent = time.perf_counter(), time.process_time()
                way(archives[way], some)
                wall[way] += time.perf_counter() - began
                cpu[way] += time.process_time() - spent
        for way in ways:
            each = f"{asked.number / wall[way]:8.0f} articles a second, {cpu[way] / asked.number * 1000:.2f} ms of CPU here an article"
            ratio = f"group is {wall[way] / wall[group]:.1f} x as fast, with 1/{cpu[way] / cpu[group]:.1f} of the CPU"
            print(f"{way.__name__:>6}: {each}; {ratio}")  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
