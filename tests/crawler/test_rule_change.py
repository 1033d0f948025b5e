"""Today's rules over stored captures: what would change is shown, and written only when asked."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crawler.imports import Importer
from crawler.rule_change import Rereader
from pipelines import RULES
from storage.archive import Archive
from tests.crawler.test_import import PAGE, TEXT, warc


@pytest.fixture
def archive(archive_url, tmp_path):
    """Two articles from captures, one without; the first was read by older, worse rules."""
    pages = {f"http://a.example/{n}.html": PAGE.replace("三天", f"{n}天") for n in (1, 2)}
    (tmp_path / "b.jsonl").write_text('{"url": "http://b.example/1.html", "title": "无", "text": "没有原始网页的一篇文章。"}\n', "utf-8")
    with Archive(archive_url) as made:
        Importer(made, tmp_path / "captures").run([warc(tmp_path / "in.warc.gz", pages), tmp_path / "b.jsonl"])
        with made.transaction() as connection:
            connection.execute(text("UPDATE articles SET title = '旧题', authors = '[]', rules = '0', state = 'gone' WHERE id = 1"))
            connection.execute(text("UPDATE versions SET title = '旧题', rules = '0' WHERE article_id = 1"))
        yield made


def test_without_asking_nothing_is_written(archive, tmp_path):
    report = Rereader(archive, tmp_path / "captures").run()
    assert dict(report.outcomes) == {"changed": 1, "same": 1, "no capture": 1}
    assert dict(report.fields) == {("a.example", "title"): 1, ("a.example", "authors"): 1}
    assert "title: [-旧题-]{+东关街管网改造 周三起停水+}" in "\n".join(report.lines())
    assert archive.article(1)["title"] == "旧题"
    assert len(archive.history(1)) == 1


def test_a_new_version_bears_the_rules_and_is_no_visit(archive, tmp_path):
    before = archive.article(1)
    Rereader(archive, tmp_path / "captures").run(apply=True)
    after = archive.article(1)
    assert (after["title"], after["authors"], after["rules"], after["version"]) == ("东关街管网改造 周三起停水", ["李明"], RULES, 2)
    for name in ("last_seen_at", "checked_at", "state", "first_seen_at", "capture_id", "sort_at", "region"):
        assert after[name] == before[name], name
    assert [version["rules"] for version in archive.history(1)] == ["0", RULES]
    assert [hit.id for hit in archive.search("author:李明 1天")] == [1]
    assert dict(Rereader(archive, tmp_path / "captures").run(apply=True).outcomes) == {"same": 2, "no capture": 1}
    assert len(archive.history(2)) == 1


def test_a_query_chooses_articles(archive, tmp_path):
    report = Rereader(archive, tmp_path / "captures").run("2天")
    assert dict(report.outcomes) == {"same": 1}


def test_a_capture_that_is_gone_is_named_and_counted(archive, tmp_path):
    next((tmp_path / "captures").glob("*.gz")).unlink()
    report = Rereader(archive, tmp_path / "captures").run(apply=True)
    assert report.outcomes["failed"] == 2
    assert "cannot be read" in report.notes[0]
    assert archive.article(1)["title"] == "旧题"


def test_what_would_be_dropped_is_said_and_kept(archive, tmp_path):
    gone = "<html><head><title>404 页面不存在</title></head><body><p>抱歉，您访问的页面不存在或已被删除。</p></body></html>"
    path = warc(tmp_path / "captures" / "gone.warc.gz", {"http://a.example/2.html": gone})
    with archive.transaction() as connection:
        connection.execute(text("UPDATE captures SET file = :file, \"offset\" = 0, length = :length WHERE id = 2"), {"file": path.name, "length": path.stat().st_size})
    report = Rereader(archive, tmp_path / "captures").run(apply=True)
    assert (report.outcomes["dropped"], len(report.notes), "would be dropped: " in report.notes[0]) == (1, 1, True)
    assert archive.article(2)["text"] == TEXT.replace("三天", "2天")


@pytest.mark.slow
def test_the_command_shows_and_writes(archive, archive_url, scrapy):
    shown = scrapy("replay", "--diff", ARCHIVE_URL=archive_url)
    assert (shown.returncode, "旧题" in shown.stdout, "--apply writes" in shown.stderr) == (0, True, True)
    assert scrapy("replay", "--diff", "--apply", ARCHIVE_URL=archive_url).returncode == 0
    assert "[-旧题-]" in scrapy("show", "1", "--history", ARCHIVE_URL=archive_url).stdout
    assert scrapy("replay", "--apply", ARCHIVE_URL=archive_url).returncode == 2
