"""The archive on both databases: versions, edits, search, refusals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from crawler.items import Article, Edit
from storage.archive import Archive, BadArchive
from storage.writer import Visit, mark_gone, save_article

NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
VISIT = Visit(now=NOW, rules="1")
FIRST = Article(
    url="http://a.example/1.html", title="停水通知", text="城關鎮东关街停水。\x00", authors=("李明",), site="a",
    edits=(Edit(step="repair", rule="x", start=0, before="a", after="b"),),
)  # fmt: skip


def store(archive, article):
    with archive.transaction() as connection:
        return save_article(connection, article, VISIT)


def test_the_same_article_twice_is_one(archive):
    assert [store(archive, FIRST).outcome, store(archive, FIRST).outcome] == ["stored", "unchanged"]
    assert archive.count() == 1


def test_a_changed_text_is_a_new_version_and_the_old_one_stays(archive):
    import dataclasses

    store(archive, FIRST)
    assert store(archive, dataclasses.replace(FIRST, text="西关街停水。")).outcome == "revised"
    assert [version["text"] for version in archive.history(1)] == ["城關鎮东关街停水。", "西关街停水。"]
    assert archive.search("东关街") == []


def test_edits_are_kept_with_the_version(archive):
    store(archive, FIRST)
    assert [(edit["before"], edit["after"]) for edit in archive.edits(1)] == [("a", "b")]


def test_a_vanished_article_is_marked_not_deleted(archive):
    store(archive, FIRST)
    from storage.keys import url_key

    with archive.transaction() as connection:
        assert mark_gone(connection, url_key(FIRST.url), NOW) == 1
    assert archive.article(1)["state"] == "gone"


def test_a_newer_archive_is_refused(archive, archive_url):
    with archive.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadArchive, match="newer"):
        Archive(archive_url)


def test_an_unreachable_database_is_a_clear_error(tmp_path):
    with pytest.raises(BadArchive, match="does not exist"):
        Archive(f"sqlite:///{tmp_path}/missing/archive.db")
