"""The whole crawl of the sample site against its truth, by the command that a user runs."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.replay import warc_pages
from crawler.sample.content import stories
from crawler.sample.pages import DISCLAIMERS, HEADINGS, mail_line

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory, sample_port):
    """(folder, first run, second run on the same day, run on day 2)"""
    import os
    import subprocess
    import sys
    from pathlib import Path

    folder = tmp_path_factory.mktemp("crawl")
    root = Path(__file__).parents[2]
    (folder / "scrapy.cfg").write_text((root / "scrapy.cfg").read_text("utf-8"), "utf-8")
    environment = {k: v for k, v in os.environ.items() if k not in ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR")}
    port = str(sample_port)

    def run(*words: str):
        command = [sys.executable, "-m", "scrapy", "archive", "--port", port, *words]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)

    first = run()
    rows = _rows(folder)
    return folder, first, run(), rows


def _rows(folder):
    with sqlite3.connect(folder / "archive.db") as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM articles")]


@pytest.fixture(scope="module")
def by_path(crawled):
    return {"/" + row["url"].split("/", 3)[3]: row for row in crawled[3]}


STORIES = [pytest.param(story, id=f"{story.number}-{story.look}-{story.encoding}-{'-'.join(story.damage)}") for story in stories()]


def test_first_run_ends_well(crawled):
    assert crawled[1].returncode == 0, crawled[1].stderr[-2000:]


def test_every_article_is_stored_once(crawled, by_path):
    assert sorted(by_path) == sorted(story.path for story in stories())
    assert len(crawled[3]) == len(by_path)


def test_second_run_stores_nothing_new_and_says_so(crawled):
    assert crawled[2].returncode == 0
    assert "nothing new was stored" in crawled[2].stdout
    assert len(_rows(crawled[0])) == len(crawled[3])


def test_books_balance(crawled):
    with sqlite3.connect(crawled[0] / "archive.db") as connection:
        runs = connection.execute("SELECT id, counts, state FROM runs").fetchall()
        for run_id, counts, state in runs:
            import json

            outcomes = connection.execute("SELECT count(*) FROM outcomes WHERE run_id = ?", (run_id,)).fetchone()[0]
            assert json.loads(counts)["fetched"] == outcomes > 0
            assert state == "finished"


def test_robots_txt_is_obeyed(crawled):
    with sqlite3.connect(crawled[0] / "archive.db") as connection:
        assert connection.execute("SELECT count(*) FROM captures WHERE url LIKE '%/search%'").fetchone() == (0,)


@pytest.mark.parametrize("story", STORIES)
def test_title(story, by_path):
    assert by_path[story.path]["title"] == story.title


@pytest.mark.parametrize("story", STORIES)
def test_text(story, by_path):
    paragraphs = [*story.paragraphs, *filter(None, [mail_line(story)])]
    assert by_path[story.path]["text"].split("\n") == paragraphs


@pytest.mark.parametrize("story", STORIES)
def test_date_and_source(story, by_path):
    row = by_path[story.path]
    published = datetime.fromisoformat(row["published_at"]).replace(tzinfo=UTC)
    assert published == datetime.fromisoformat(story.published).replace(tzinfo=BEIJING)
    assert row["source"] == story.source


def test_no_clutter_is_left(by_path):
    for row in by_path.values():
        for words in (*HEADINGS, *DISCLAIMERS, "新闻爆料", "责任编辑"):
            assert words not in row["text"], row["url"]


def test_original_text_is_kept_beside_the_repaired(by_path):
    damaged = [by_path[story.path] for story in stories() if "kit" in story.damage]
    assert damaged
    assert all("(" in row["text_extracted"] and row["damage"] for row in damaged)


def test_reprints_are_one_family_and_notices_are_not(by_path):
    made = {story.number: story for story in stories()}
    for story in made.values():
        if story.family:
            assert by_path[story.path]["family_id"] == by_path[made[int(story.family)].path]["family_id"]
    notices = [by_path[story.path]["family_id"] for story in made.values() if "停水通知" in story.title]
    assert len(set(notices)) == len(notices)


def test_captures_are_read_back(crawled):
    pages = [page for file in sorted((crawled[0] / "captures").iterdir()) for page in warc_pages(file)]
    assert {story.path for story in stories()} <= {"/" + page.url.split("/", 3)[3] for page in pages}
