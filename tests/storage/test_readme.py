"""What README.md says of the tables is so, and its queries run on both databases."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.items import Article, Edit
from storage import build_datasette
from storage.families import place
from storage.tables import Table
from storage.writer import Visit, mark_gone, save_articles

FOLDER = Path(build_datasette.__file__).parent
README = (FOLDER / "README.md").read_text("utf-8")
QUERIES = build_datasette.queries(README)
NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
TEXT = "三月十七日，青石县供水公司对东关街老旧管网进行改造，涉及居民一千二百余户，施工将持续三天，居民可在公告栏查看停水时段。" * 3


@pytest.fixture(scope="module")
def filled(module_archive):
    """Two sites with one story, one of them revised, and an article that is gone."""
    with module_archive() as archive:
        edit = Edit(step="repair", rule="x", start=0, before="a", after="b")
        first = [
            Article(url="http://a.example/1", site="a", title="管网改造", text=TEXT, source="青石日报", published=NOW, edits=(edit,)),
            Article(url="http://b.example/1", site="b", title="管网改造", text=TEXT, source="青石日报", published=NOW),
            Article(url="http://b.example/2", site="b", title="灯会", text="灯会昨晚开幕。", source="青石日报", published=NOW),
        ]  # fmt: skip
        for articles in (first, [Article(url="http://b.example/2", site="b", title="灯会", text="灯会昨晚闭幕。", source="青石日报", published=NOW)]):
            with archive.transaction() as connection:
                for saved, article in zip(save_articles(connection, [(one, Visit(now=NOW, rules="1")) for one in articles]), articles, strict=True):
                    place(connection, saved.article_id, article.title, article.text, NOW)
        with archive.transaction() as connection:
            from storage.keys import url_key

            mark_gone(connection, url_key("http://b.example/2"), NOW)
            connection.execute(text("INSERT INTO runs(id, site, kind, state, started_at) VALUES (1, 'a', 'crawl', 'finished', '2026-03-18 04:00:00')"))
            connection.execute(text(CAPTURE), {"key": b"k" * 16})
            connection.execute(text("UPDATE articles SET capture_id = 1 WHERE id = 1"))
        yield archive


CAPTURE = """INSERT INTO captures(id, url_key, url, fetched_at, status, kind, file, "offset", length, digest)
    VALUES (1, :key, 'http://a.example/1', '2026-03-18 04:00:00', 200, 'response', 'a.warc.gz', 0, 10, 'sha1:A')"""
ROWS = {
    "Articles a day": [("2026-03-18", 3)],
    "Sites, their first": [("b", 2), ("a", 1)],
    "Whom a site reprints": [("b", "青石日报", 2)],
    "The stories that travelled": [(1, "管网改造", 2, 2)],
    "Who has a story first": [("a", 1)],
    "Articles that were changed": [(3, "灯会", 2)],
    "Articles that have vanished": [(3, "b", "灯会", "http://b.example/2")],
    "What was repaired": [("repair", "x", 1, 1)],
    "How the last runs": [(1, "a", "crawl", "finished")],
    "Where the bytes": [(1, "管网改造", "a.warc.gz", 0, 10, "sha1:A")],
}  # fmt: skip


def test_there_are_ten_queries():
    assert len(QUERIES) == len(ROWS) == 10


@pytest.mark.parametrize("title", ROWS)
def test_a_query_gives_its_rows(filled, title):
    sql = next(sql for name, sql in QUERIES.items() if name.startswith(title))
    with filled.read() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(sql.rstrip(";"))]
    width = len(ROWS[title][0])
    assert [row[:width] for row in rows] == ROWS[title]


def test_every_table_is_described():
    named = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in README.splitlines() if line.startswith("| `"))))
    assert set(Table.metadata.tables) - named == set()


def test_the_metadata_for_datasette_is_made_from_the_readme():
    shipped = json.loads((FOLDER / "datasette.json").read_text("utf-8"))
    assert shipped == build_datasette.metadata(README), "run python -m storage.build_datasette"
    assert len(shipped["databases"]["archive"]["queries"]) == 10
