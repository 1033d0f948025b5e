"""Random articles and queries: SQLite, PostgreSQL and a plain reading of the definition give the same rows."""

from __future__ import annotations

import io
import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from crawler.items import Article
from storage.archive import Archive
from storage.export import write_csv, write_jsonl
from storage.search import common
from storage.search.find import matches
from storage.search.normal import normalise
from storage.search.query import BadQuery, parse
from storage.writer import Visit, mark_gone, save_articles
from tests.conftest import empty_database

EXAMPLES = int(os.environ.get("FANGZHI_EXAMPLES", "25"))
NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
# Few characters, so that queries hit: Simplified and Traditional, full-width, rare, combining, case, marks, a private one.
CHARS = "停水东東关關ＡaÀ1１①ﬁ𠮷野。，\n -\u0301\u200b_\ue001İßｶﾞ"
words = st.text(alphabet=CHARS, min_size=1, max_size=5)
bodies = st.one_of(st.text(alphabet=CHARS, min_size=1, max_size=30), st.text(max_size=20))
articles = st.builds(
    Article,
    url=st.integers(1, 12).map(lambda n: f"http://a.example/{n}.html"),
    title=st.one_of(st.none(), words),
    text=bodies,
    source=st.one_of(st.none(), words),
    authors=st.lists(words, max_size=2).map(tuple),
    site=st.sampled_from(["a", "b", None]),
    published=st.one_of(st.none(), st.integers(-3000, 3000).map(lambda minutes: NOW + timedelta(minutes=minutes))),
)
filters = st.sampled_from(["site:a", "-site:b", "region:江蘇", "after:2026-03-18", "before:2026-03-19", "source:", "author:", "-"])
terms = st.one_of(words, words.map(lambda w: f'"{w}"'), st.tuples(filters, words).map("".join), st.sampled_from(["OR", "(", ")", "site:a", "after:2026-03-17"]))
queries = st.lists(terms, min_size=1, max_size=5).map(" ".join)


@pytest.fixture(scope="module")
def both(postgres, tmp_path_factory):
    """An empty archive on each database."""

    class Request:
        param = "postgresql"

        @staticmethod
        def getfixturevalue(_):
            return postgres

    folder = tmp_path_factory.mktemp("both")
    with empty_database(Request, folder) as url, Archive(url) as one, Archive(f"sqlite:///{folder / 'archive.db'}") as other:
        yield one, other


def fill(archive: Archive, batches: list[list[Article]]) -> None:
    with archive.transaction() as connection:
        connection.execute(text("UPDATE search_state SET sampled = 0, counts = '{}', common = ''"))
        for table in ("edits", "versions", "addresses", "articles", "article_grams"):
            if table == "article_grams" and connection.dialect.name == "sqlite":
                connection.execute(text("INSERT INTO article_grams(article_grams) VALUES ('delete-all')"))
            else:
                connection.execute(text(f"DELETE FROM {table}"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER SEQUENCE articles_id_seq RESTART"))
    for n, batch in enumerate(batches):
        with archive.transaction() as connection:
            save_articles(connection, [(one, Visit(now=NOW + timedelta(days=n), rules="1", region="江苏")) for one in batch])
    with archive.transaction() as connection:
        mark_gone(connection, b"nothing", NOW)


def found(archive: Archive, query: str) -> list[tuple] | str:
    try:
        hits = archive.search(query, 100)
    except BadQuery as error:
        return str(error)
    return [(hit.id, hit.title, hit.url, hit.sort_at, hit.snippet) for hit in hits]


def defined(archive: Archive, query: str) -> list[int]:
    """What the definition says: every article read, newest first."""

    class Read:
        def __init__(self, row):
            self.row = row
            self.day = (row.published_at or row.sort_at).date()

        def value(self, name):
            row = self.row
            return normalise({"body": f"{row.title or ''}\n{row.text}", "author": "\n".join(row.authors)}.get(name) or getattr(row, name, None) or "")

    tree = parse(query)
    with archive.read() as connection:
        from storage.tables import ArticleRow

        rows = connection.execute(ArticleRow.__table__.select().order_by(ArticleRow.sort_at.desc(), ArticleRow.id.desc()))
        return [row.id for row in rows if matches(tree, Read(row))]


def exported(archive: Archive, query: str) -> tuple[bytes, bytes]:
    lines, cells = io.BytesIO(), io.BytesIO()
    write_jsonl(archive.records(query), lines)
    write_csv(archive.records(query), cells)
    return lines.getvalue(), cells.getvalue()


PHASES = (Phase.explicit, Phase.generate)  # shrinking fills two databases hundreds of times


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    batches=st.lists(st.lists(articles, max_size=6), min_size=1, max_size=3), asked=st.lists(queries, min_size=5, max_size=15), least=st.sampled_from([1, 4, 1000])
)
def test_the_same_rows_everywhere(both, batches, asked, least):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(common, "LEAST", least)  # so few articles have common characters, from the first or a later one on
        for archive in both:
            fill(archive, batches)
    one, other = both
    for query in asked:
        hits = found(one, query)
        assert hits == found(other, query), query
        if isinstance(hits, list):
            assert [hit[0] for hit in hits] == defined(one, query), query
            assert exported(one, query) == exported(other, query), query
    lines = exported(one, "")[0].splitlines()  # of bytes: a text is also split at marks that JSON leaves as they are
    assert exported(one, "")[0] == exported(other, "")[0]
    assert [json.loads(line)["id"] for line in lines] == sorted(json.loads(line)["id"] for line in lines)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_no_query_raises_anything_but_a_message(query):
    with suppress(BadQuery):
        parse(query)
