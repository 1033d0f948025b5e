"""An archive of every earlier version, with data in it, becomes one of this version; one that is killed on the way is as it was."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage import frontier, schema
from storage.archive import Archive, BadArchive, connect
from storage.tables import Table
from storage.upgrade import upgrade

REVISIONS = [script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()][::-1]
ARTICLES = 60
DAY = datetime(2026, 3, 18, 4, tzinfo=UTC)


def old_archive(url: str, revision: str) -> None:
    """An archive of the first version with articles, an address and an edit, brought to a revision."""
    engine = connect(url)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        command.upgrade(schema.config(connection), REVISIONS[0])
        for n in range(1, ARTICLES + 1):
            values = {
                "id": n, "key": n.to_bytes(16, "big"), "url": f"http://a.example/{n}.html", "title": f"停水通知第{n}号",
                "text": f"城關鎮东关街停水{n}小时。\n请居民备水。", "at": f"2026-03-{n % 28 + 1:02} 04:00:00" + ("+00" if engine.dialect.name == "postgresql" else ".000000"),
            }  # fmt: skip
            connection.execute(text(ARTICLE), values)
            connection.execute(text(VERSION), values)
        connection.execute(text("INSERT INTO addresses(url_key, url, article_id) VALUES (:key, 'http://m.a.example/1.html', 1)"), {"key": b"m" * 16})
        connection.execute(text(EDIT))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        command.upgrade(schema.config(connection), revision)
    engine.dispose()


ARTICLE = """INSERT INTO articles(id, url_key, url, site, title, text, text_extracted, authors, images, attachments, tags, quality, rules,
    content_hash, damage, lost, version, state, sort_at, first_seen_at, last_seen_at, checked_at)
    VALUES (:id, :key, :url, 'a', :title, :text, :text, '["李明"]', '[]', '[]', '[]', 'ok', '1', :key, 1, 0, 1, 'live', :at, :at, :at, :at)"""
VERSION = """INSERT INTO versions(id, article_id, version, title, text, text_extracted, fields, content_hash, rules, valid_from)
    VALUES (:id, :id, 1, :title, :text, :text, '{}', :key, '1', :at)"""
EDIT = """INSERT INTO edits(id, version_id, ordinal, step, rule, field, pass, start, before, after, confidence, kind)
    VALUES (1, 1, 0, 'repair', 'x', 'text', 0, 0, 'a', 'b', 1.0, 'repair')"""
KEPT = (
    "SELECT id, url_key, url, title, text, authors, rules, sort_at, first_seen_at FROM articles ORDER BY id",
    "SELECT id, article_id, version, text, valid_from FROM versions ORDER BY id", "SELECT * FROM addresses", "SELECT * FROM edits",
)  # fmt: skip


def rows(url: str) -> list[list[tuple]]:
    engine = connect(url)
    with engine.connect() as connection:
        found = [[tuple(map(str, row)) for row in connection.execute(text(query))] for query in KEPT]
    engine.dispose()
    return found


def test_there_is_one_line_of_migrations():
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1
    names = {path.stem for path in (schema.HERE / "versions").glob("*.py")}
    assert len({name[:4] for name in names}) == len(names), "two migrations have one number"


def test_the_revisions_read_from_the_files_are_alembics():
    assert schema.revisions() == (frozenset(REVISIONS), REVISIONS[-1])


def test_a_frontier_in_use_keeps_every_row_when_its_key_becomes_site_and_address(archive_url):
    """Revision 0005: the table is made anew, hosts are read from the addresses, and a second site may list what the first has."""
    old_archive(archive_url, "0004_families")
    engine = connect(archive_url)
    with engine.begin() as connection:
        connection.execute(text(FRONTIER), FRONTIER_ROWS)
        before = _frontier(connection)
    engine.dispose()
    upgrade(archive_url)
    with Archive(archive_url) as archive, archive.transaction() as connection:
        assert _frontier(connection) == before
        assert dict(connection.execute(text("SELECT url, host FROM frontier")).all()) == {row["url"]: host for row, host in zip(FRONTIER_ROWS, HOSTS, strict=True)}
        connection.execute(text(FRONTIER.replace("frontier(", "frontier(host, ").replace("VALUES (", "VALUES ('a.example', ")), FRONTIER_ROWS[0] | {"site": "b"})
        leased = frontier.lease(connection, ("a", 3), DAY, 10)
        assert [row.url for row in leased] == ["http://a.example/due.html"]


def _frontier(connection):
    names = "site, url_key, url, kind, state, token, priority, next_at, attempts, visits, etag, body_hash, outcome, reason, context, yield_count"
    return [tuple(map(str, row)) for row in connection.execute(text(f"SELECT {names} FROM frontier ORDER BY url_key"))]


FRONTIER = """INSERT INTO frontier(site, url_key, url, kind, state, token, priority, next_at, attempts, visits, depth, etag, body_hash, outcome, reason,
    context, yield_count, first_seen_at) VALUES (:site, :key, :url, :kind, :state, :token, 10, :at, :attempts, 2, 1, :etag, :hash, :outcome, :reason, :context, 3, :at)"""
HOSTS = ("a.example", "xn--fiqs8s.example", "127.0.0.1")
FRONTIER_ROWS = [
    {"site": "a", "key": key, "url": url, "kind": kind, "state": state, "token": token, "at": "2026-03-18 03:00:00.000000", "attempts": attempts, "etag": etag,
     "hash": key * 2, "outcome": outcome, "reason": reason, "context": context}
    for key, url, kind, state, token, attempts, etag, outcome, reason, context in (
        (b"1" * 16, "http://a.example/due.html", "article", "pending", None, 1, '"v1"', "failed", "HTTP 500", '{"title": "停水"}'),
        (b"2" * 16, "http://xn--fiqs8s.example:81/list/", "section", "leased", 2, 0, None, "listing", None, None),
        (b"3" * 16, "http://127.0.0.1/gone.html", "article", "done", None, 0, None, "gone", "HTTP 404", None),
    )
]  # fmt: skip


def test_the_migrations_make_the_tables_that_the_code_declares(archive_url):
    with Archive(archive_url) as archive, archive.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": lambda name, kind, _: not (kind == "table" and name.startswith("article_grams"))})
        found = compare_metadata(context, Table.metadata)
    # On PostgreSQL fingerprints are indexed by their hash alone, which no declaration for both databases says.
    assert [one for one in found if not (one[0] == "remove_index" and one[1].name == "ix_fingerprints_hash")] == []


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_an_older_archive_is_refused_until_it_is_upgraded(archive_url, revision):
    old_archive(archive_url, revision)
    with pytest.raises(BadArchive, match="scrapy upgrade"):
        Archive(archive_url)
    before = rows(archive_url)
    assert len(before[0]) == ARTICLES
    assert f"from version {revision} to {REVISIONS[-1]}" in upgrade(archive_url)
    assert rows(archive_url) == before
    with Archive(archive_url) as archive:
        assert [hit.id for hit in archive.search("城关镇 第7号")] == [7]
        assert [hit.id for hit in archive.search("author:李明 site:a", 3)] == [55, 27, 54]
        assert archive.edits(1)[0]["after"] == "b"
    assert "nothing to do; some articles are not in the index of families: `scrapy families --recluster`" in upgrade(archive_url)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from storage.upgrade import upgrade
left = int(sys.argv[2])
@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    left -= statement.lstrip().upper().startswith(("CREATE", "ALTER", "UPDATE", "INSERT", "DROP", "DELETE"))
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
upgrade(sys.argv[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("statement", [5, 14])
def test_a_killed_upgrade_leaves_the_archive_as_it_was(archive_url, statement):
    old_archive(archive_url, REVISIONS[0])
    before = rows(archive_url)
    killed = subprocess.run([sys.executable, "-c", KILLED, archive_url, str(statement)], check=False, cwd=Path(__file__).parents[2], timeout=60)
    assert killed.returncode == -9
    assert rows(archive_url) == before
    with pytest.raises(BadArchive, match="scrapy upgrade"):
        Archive(archive_url)
    upgrade(archive_url)
    assert rows(archive_url) == before


def test_a_sqlite_archive_is_copied_first(tmp_path):
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    old_archive(url, REVISIONS[0])
    upgrade(url)
    (copy,) = tmp_path.glob("*.backup")
    assert rows(f"sqlite:///{copy}") == rows(url)
    with pytest.raises(BadArchive, match="older"):
        Archive(f"sqlite:///{copy}")


def test_an_existing_copy_is_never_written_over(tmp_path):
    url, kept = f"sqlite:///{tmp_path / 'archive.db'}", tmp_path / "kept.db"
    old_archive(url, REVISIONS[0])
    kept.write_text("mine", "utf-8")
    with pytest.raises(BadArchive, match="exists already"):
        upgrade(url, kept)
    assert kept.read_text("utf-8") == "mine"


def test_a_newer_archive_is_not_touched(archive_url):
    Archive(archive_url).close()
    engine = connect(archive_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(BadArchive, match="newer"):
        upgrade(archive_url)


def test_an_index_of_an_older_scheme_is_rebuilt(archive_url):
    with Archive(archive_url) as archive, archive.transaction() as connection:
        connection.execute(text("UPDATE search_state SET scheme = 0"))
    with pytest.raises(BadArchive, match="scrapy upgrade"):
        Archive(archive_url)
    upgrade(archive_url)
    Archive(archive_url).close()


@pytest.mark.slow
def test_the_command_says_what_it_did(scrapy, tmp_path):
    old_archive(f"sqlite:///{tmp_path / 'archive.db'}", REVISIONS[0])
    assert scrapy("search", "停水").returncode == 2
    done = scrapy("upgrade")
    assert (done.returncode, "it is kept in" in done.stdout) == (0, True)
    assert scrapy("search", "第9号").stdout.split()[0] == "9"


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path):
    (tmp_path / "archive.db").write_text("no database at all, but long enough to be looked at" * 20, "utf-8")
    with pytest.raises(BadArchive, match="not a database"):
        Archive(f"sqlite:///{tmp_path / 'archive.db'}")
