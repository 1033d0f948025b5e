"""The sample site over two days, without a profile, interrupted, and read again from its captures."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.sample.content import stories
from crawler.sample.pages import SOFT_404
from crawler.sample.record_terminal import on_terminal, screen
from crawler.sample.server import SampleSite
from tests.crawler.test_sample_crawl import KNOWN_FAILURES

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
DAY_1, DAY_2 = ({story.n: story for story in stories(day)} for day in (1, 2))
REVISED = [n for n, story in DAY_2.items() if n in DAY_1 and story.text != DAY_1[n].text]
GONE = [n for n in DAY_1 if n not in DAY_2]
NEW = [n for n in DAY_2 if n not in DAY_1]


class Home:
    """A user's folder with an archive, and a sample site that it crawls."""

    def __init__(self, folder, site):
        self.folder = folder
        self.site = site
        (folder / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text("utf-8"), "utf-8")
        (folder / "sample.toml").write_text(site.profile(), "utf-8")

    def start(self, *words):
        environment = {k: v for k, v in os.environ.items() if k not in ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR")}
        command = [sys.executable, "-m", "scrapy", *words]
        return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def call(self, *words):
        with self.start(*words) as process:
            out, err = process.communicate(timeout=120)
            return process.returncode, out, err

    def crawl(self, *more):
        return self.call("crawl", "news", "-a", "site=sample.toml", *more)

    def rows(self, query):
        with sqlite3.connect(self.folder / "archive.db") as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(query)]

    def wait_is_over(self):
        """Everything that is to be looked at again is due."""
        with sqlite3.connect(self.folder / "archive.db") as db:
            db.execute("UPDATE frontier SET next_at = '2026-01-01 00:00:00.000000' WHERE next_at IS NOT NULL")


def number(row):
    return int(row["url"].rpartition("_")[2].partition(".")[0])


@pytest.fixture
def home(tmp_path):
    with SampleSite(0) as site:
        yield Home(tmp_path, site)


@pytest.fixture(scope="module")
def two_days(tmp_path_factory):
    """(home, articles after day 1, articles after day 2, exit code, output of the second day's crawl)"""
    with SampleSite(0) as site:
        made = Home(tmp_path_factory.mktemp("days"), site)
        made.crawl()
        before = {number(row): row for row in made.rows("SELECT * FROM articles")}
        made.wait_is_over()
        site.serve_day(2)
        code, out, err = made.crawl()
        yield made, before, {number(row): row for row in made.rows("SELECT * FROM articles")}, code, out + err


def test_the_second_day_brings_what_its_truth_says():
    assert (len(REVISED), len(GONE), len(NEW)) == (2, 2, 3)


def test_the_second_day_is_a_success(two_days):
    assert two_days[3] == 0, two_days[4]


@pytest.mark.parametrize("n", REVISED)
def test_a_revised_article_has_both_versions(two_days, n):
    home, _, after, _, _ = two_days
    versions = home.rows(f"SELECT version, text FROM versions WHERE article_id = {after[n]['id']} ORDER BY version")
    assert [(row["version"], row["text"]) for row in versions] == [(1, DAY_1[n].text), (2, DAY_2[n].text)]
    assert (after[n]["text"], after[n]["state"]) == (DAY_2[n].text, "revised")


@pytest.mark.parametrize("n", GONE)
def test_a_vanished_article_is_marked_and_kept(two_days, n):
    row = two_days[2][n]
    assert (row["state"], row["text"]) == ("gone", DAY_1[n].text)
    assert row["gone_at"]


@pytest.mark.parametrize("n", NEW)
def test_a_new_article_is_stored(two_days, n):
    assert two_days[2][n]["text"] == DAY_2[n].text


def test_the_others_are_as_they_were(two_days):
    _, before, after, _, _ = two_days
    torn = {n for n in KNOWN_FAILURES["text"] if n in before and before[n]["text"] != DAY_1[n].text}  # their clutter may change
    for n in before.keys() - {*REVISED, *GONE} - torn:
        assert (after[n]["text"], after[n]["version"], after[n]["state"]) == (before[n]["text"], 1, "live"), n


def test_the_search_page_is_never_asked_for(two_days):
    asked = two_days[0].site.asked
    assert "/" in asked
    assert not [path for path in asked if path.startswith(("/search", "/private"))]


def test_history_shows_the_correction(two_days):
    home, _, after, _, _ = two_days
    code, out, _ = home.call("show", str(after[304]["id"]), "--history")
    assert code == 0
    assert "+更正：本文前一版所记考生人数有误，现已改正，谨向读者致歉。" in out


def test_replay_of_the_captures_gives_the_archive(home):
    home.crawl()
    stored = {row["url"]: row for row in home.rows("SELECT * FROM articles")}
    code, out, err = home.call("replay", *map(str, (home.folder / "captures").iterdir()), "--site", "sample.toml")
    assert code == 0, err
    read = {row["url"]: row for row in map(json.loads, out.splitlines()) if "dropped" not in row}
    assert read.keys() == stored.keys()
    for url, row in read.items():
        assert {k: row.get(k) for k in ("title", "text", "source")} == {k: stored[url][k] for k in ("title", "text", "source")}


def test_a_site_without_a_profile_is_crawled_by_its_address(home):
    code, out, err = home.call("crawl", "news", "-a", f"url={home.site.url}/", "-s", "ALLOW_ADDRESSES=127.0.0.1", "-s", "DOWNLOAD_DELAY=0")
    assert code == 0, out + err
    stored = {number(row) for row in home.rows("SELECT url FROM articles")}
    assert {n for n, story in DAY_1.items() if not story.edition} <= stored <= DAY_1.keys()
    assert SOFT_404[0] in home.site.asked
    assert not [path for path in home.site.asked if path.startswith(("/search", "/private"))]


def test_a_private_address_is_refused_without_leave(home):
    code, _, _ = home.call("crawl", "news", "-a", f"url={home.site.url}/", "-s", "DOWNLOAD_DELAY=0")
    assert code == 1
    assert home.site.asked == []


def test_ctrl_c_ends_cleanly_and_the_next_run_goes_on(home):
    process = home.start("crawl", "news", "-a", "site=sample.toml", "-s", "DOWNLOAD_DELAY=0.02")
    until = time.monotonic() + 60
    while len(home.site.asked) < 40 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert process.returncode == 1
    assert "run it again to go on" in out
    assert [row["state"] for row in home.rows("SELECT state FROM runs")] == ["degraded"]
    kept = home.rows("SELECT url FROM articles")
    assert 0 < len(kept) < len(DAY_1)
    code, out, err = home.crawl()
    assert code == 0, out + err
    assert sorted(number(row) for row in home.rows("SELECT url FROM articles")) == sorted(DAY_1)
    for run in home.rows("SELECT counts, (SELECT count(*) FROM outcomes WHERE run_id = runs.id) AS written FROM runs"):
        assert json.loads(run["counts"])["fetched"] == run["written"]
    twice = home.rows("SELECT url FROM outcomes WHERE outcome = 'stored' GROUP BY url HAVING count(*) > 1")
    assert twice == []


def test_on_a_terminal_the_progress_is_one_line_that_is_rewritten(tmp_path):
    (tmp_path / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text("utf-8"), "utf-8")
    written = on_terminal([sys.executable, "-m", "scrapy", "archive", "--port", "0"], tmp_path)
    assert written.count("\r") - written.count("\r\n") > 2
    rates = [line for line in screen(written) if line.endswith("pages/s")]
    assert len(rates) == 1
    assert rates[0].startswith("117 pages, 86 articles, ")
