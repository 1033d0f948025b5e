"""The whole crawl of the sample site against its truth, by the command that a user runs."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from crawler.replay import warc_pages
from crawler.sample.content import stories
from crawler.sample.looks import HEADINGS, NOTES
from crawler.sample.pages import LIST_PAGES, LOST_AT, MOVED, PRIVATE, SOFT_404

BEIJING = timezone(timedelta(hours=8))
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory, sample_port):
    """(folder, first run, second run on the same day, article rows after the first)"""
    folder = tmp_path_factory.mktemp("crawl")
    (folder / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text("utf-8"), "utf-8")
    environment = {k: v for k, v in os.environ.items() if k not in ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR")}

    def run():
        command = [sys.executable, "-m", "scrapy", "archive", "--port", str(sample_port)]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)

    first = run()
    rows = _rows(folder)
    return folder, first, run(), rows


def _rows(folder, query="SELECT * FROM articles"):
    with sqlite3.connect(folder / "archive.db") as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def _path(url):
    return "/" + url.split("/", 3)[3]


@pytest.fixture(scope="module")
def by_path(crawled):
    return {_path(row["url"]): row for row in crawled[3]}


@pytest.fixture(scope="module")
def outcomes(crawled):
    """{path: (outcome, reason)} of the first run."""
    return {_path(row["url"]): (row["outcome"], row["reason"] or "") for row in _rows(crawled[0], "SELECT * FROM outcomes WHERE run_id = 1")}


def named(story):
    return f"{story.n}-{story.look}-{story.encoding}-{'-'.join(story.damage)}"


KNOWN_FAILURES = {field: {int(n): why for n, why in known.items()} for field, known in json.loads(Path(__file__).with_name("sample_known_failures.json").read_text("utf-8")).items()}
"""{field: {story number: why}}; each must fail until it is taken out of the file."""


def cases(stories, field):
    """Every story as a case; what is known to fail must fail."""
    known = KNOWN_FAILURES.get(field, {})
    marks = {n: pytest.mark.xfail(strict=True, reason=reason) for n, reason in known.items()}
    return [pytest.param(story, id=named(story), marks=marks.get(story.n, ())) for story in stories]


STORIES = [pytest.param(story, id=named(story)) for story in stories()]
WHOLE = [story for story in stories() if "lost_byte" not in story.damage]
TORN = [pytest.param(story, id=named(story)) for story in stories() if "lost_byte" in story.damage]


def test_the_sample_is_as_large_and_as_varied_as_it_should_be():
    made = [story for story in stories() if not story.of]
    assert len(made) >= 80
    assert len({story.text for story in made}) == len(made)
    shared = [other.n for story in made for other in made if other.n != story.n and set(story.paragraphs) & set(other.paragraphs)]
    assert {n // 10 for n in shared} == {23}, "only the water notices share a paragraph"


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
    for run in _rows(crawled[0], "SELECT id, counts, state, (SELECT count(*) FROM outcomes WHERE run_id = runs.id) AS written FROM runs"):
        assert json.loads(run["counts"])["fetched"] == run["written"] > 0
        assert run["state"] == "finished"


def test_the_summary_says_what_was_done_and_what_to_try(crawled):
    said = crawled[1].stdout
    fetched, total = re.search(r"(\d+) fetched = (\d+) outcomes", said).groups()
    parts = sum(int(number) for number in re.findall(r"(\d+) (?:stored|joined|listing|redirected|gone|dropped)\b", said.split("outcomes:")[1].split("\n")[0]))
    assert int(fetched) == int(total) == parts
    edits = {row["step"]: row["n"] for row in _rows(crawled[0], "SELECT step, count(*) AS n FROM edits WHERE kind != 'lost' GROUP BY step")}
    assert f"{edits['repair']:>6} repairs" in said
    assert f"{edits['strip_disclaimers']:>6} disclaimers" in said
    assert f"{edits['strip_related']:>6} related links" in said
    assert re.search(r"^ +3 families of reprints, 9 articles in them$", said, re.M)
    for command in ("search", "show", "export"):
        assert re.search(rf"^  .*scrapy {command} ", said, re.M)


def test_progress_is_shown_in_plain_lines_where_there_is_no_terminal(crawled):
    lines = crawled[1].stderr.splitlines()
    assert any(re.match(r"\d+ pages, \d+ articles, .*pages/s$", line) for line in lines), crawled[1].stderr
    assert "\r" not in crawled[1].stderr


def test_robots_txt_is_obeyed(crawled, outcomes):
    assert outcomes[PRIVATE][0] == "dropped"
    assert "RobotsDisallowed" in outcomes[PRIVATE][1]
    fetched = [_path(row["url"]) for row in _rows(crawled[0], "SELECT url FROM captures")]
    assert not [path for path in fetched if path.startswith(("/search", "/private"))]


@pytest.mark.parametrize("path", SOFT_404)
def test_a_page_that_says_it_is_gone_is_no_article(path, outcomes):
    assert outcomes[path][0] == "dropped"
    assert outcomes[path][1].startswith("SoftNotFound")


@pytest.mark.parametrize("path", LIST_PAGES)
def test_an_index_page_with_an_articles_address_is_no_article(path, outcomes):
    assert outcomes[path][0] == "dropped"
    assert outcomes[path][1].startswith("IndexPage")


@pytest.mark.parametrize("path", MOVED)
def test_a_redirect_is_counted_as_one(path, outcomes):
    assert outcomes[path][0] == "redirected"


@pytest.mark.parametrize("story", [pytest.param(story, id=named(story)) for story in stories() if len(story.pages) > 1])
def test_further_pages_are_joined_and_captured(story, crawled, outcomes):
    further = {story.page_path(n) for n in range(2, len(story.pages) + 1)}
    assert {outcomes[path][0] for path in further} == {"joined"}
    assert further <= {_path(row["url"]) for row in _rows(crawled[0], "SELECT url FROM captures")}


@pytest.mark.parametrize("story", STORIES)
def test_title(story, by_path):
    assert by_path[story.path]["title"] == story.title


@pytest.mark.parametrize("story", cases(WHOLE, "text"))
def test_text(story, by_path):
    assert by_path[story.path]["text"].split("\n") == list(story.paragraphs)


@pytest.mark.parametrize("story", TORN)
def test_a_lost_byte_costs_its_character_and_is_flagged_or_mended(story, by_path, crawled):
    found, truth = by_path[story.path]["text"].split("\n"), list(story.paragraphs)
    assert (found[0], found[2:]) == (truth[0], truth[2:])
    around = re.escape(truth[1][:LOST_AT]) + r".{1,2}" + re.escape(truth[1][LOST_AT + 1 :])
    mended = re.fullmatch(around, found[1])
    flags = _rows(crawled[0], f"SELECT e.kind FROM edits e JOIN versions v ON v.id = e.version_id WHERE v.article_id = {by_path[story.path]['id']} AND e.kind = 'lost'")
    if story.encoding == "utf-8":
        assert mended
    assert found[1] == truth[1] or flags


@pytest.mark.parametrize("story", cases(stories(), "date"))
def test_date(story, by_path):
    published = datetime.fromisoformat(by_path[story.path]["published_at"]).replace(tzinfo=UTC)
    assert published == datetime.fromisoformat(story.at).replace(tzinfo=BEIJING)


@pytest.mark.parametrize("story", STORIES)
def test_source(story, by_path):
    assert by_path[story.path]["source"] == story.source


@pytest.mark.parametrize("story", [pytest.param(story, id=named(story)) for story in stories() if story.edition])
def test_edition(story, by_path):
    row = by_path[story.path]
    assert (row["edition_date"], row["edition_page"], row["edition_section"]) == (story.at, story.edition, story.edition_name)


def test_no_clutter_is_left(by_path):
    notes = [note for notes in NOTES.values() for note in notes if len(note) > 4]
    known = {story.path for story in stories() if story.n in KNOWN_FAILURES["text"]}
    for row in (row for path, row in by_path.items() if path not in known):
        lines = row["text"].split("\n")
        for words in (*HEADINGS, *notes, "新闻爆料", "声明：", "下一页"):
            assert words not in lines, row["url"]
        assert not [line for line in lines if line.startswith(("（责任编辑", "责任编辑", "编辑："))], row["url"]


def test_what_was_stripped_can_be_shown(crawled, by_path):
    """Every cut line stands in the ledger; an article without boilerplate has no cut."""
    for story in stories():
        rows = _rows(crawled[0], f"SELECT e.* FROM edits e JOIN versions v ON v.id = e.version_id WHERE v.article_id = {by_path[story.path]['id']} AND e.step LIKE 'strip%'")
        assert story.note != "none" or story.tail != "none" or not rows
        assert all(row["before"] and not row["after"] for row in rows)


def test_original_text_is_kept_beside_the_repaired(by_path):
    damaged = [by_path[story.path] for story in stories() if "kit" in story.damage]
    assert len(damaged) >= 5
    assert all("(" in row["text_extracted"] and row["damage"] for row in damaged)


def test_the_edits_of_a_kit_page_say_what_was_done(crawled, by_path):
    path = next(story.path for story in stories() if story.n == 109)
    assert "在县职业学校举行。活动中，" in by_path[path]["text"]
    edits = _rows(crawled[0], f"SELECT e.* FROM edits e JOIN versions v ON v.id = e.version_id WHERE v.article_id = {by_path[path]['id']}")
    assert {"repair", "strip_disclaimers", "strip_related"} <= {edit["step"] for edit in edits}
    assert any("活" in edit["after"] and "\ufffd" in edit["before"] for edit in edits), "the shifted run is an edit"
    assert any("本文仅代表" in edit["before"] and not edit["after"] for edit in edits)


def test_clean_pages_are_not_repaired(by_path):
    clean = [by_path[story.path] for story in stories() if not story.damage]
    assert {row["url"]: row["damage"] for row in clean if row["damage"]} == {}


def test_traditional_pages_stay_traditional(by_path):
    for story in stories():
        if story.script == "Hant":
            assert by_path[story.path]["script"] == "Hant"


def test_an_attachment_is_named(by_path):
    row = next(row for path, row in by_path.items() if "_223." in path)
    assert [file["title"] for file in json.loads(row["attachments"])] == ["受益农户名单.xls"]


def test_reprints_are_one_family(by_path):
    made = {story.n: story for story in stories()}
    for story in made.values():
        if story.of:
            assert by_path[story.path]["family_id"] == by_path[made[story.of].path]["family_id"], story.title


def test_notices_from_one_template_are_different_stories(by_path):
    families = [by_path[story.path]["family_id"] for story in stories() if story.n // 10 in (23, 24)]
    assert len(set(families)) == len(families) == 8


def test_captures_are_read_back(crawled):
    pages = [page for file in sorted((crawled[0] / "captures").iterdir()) for page in warc_pages(file)]
    assert {story.path for story in stories()} <= {_path(page.url) for page in pages}
