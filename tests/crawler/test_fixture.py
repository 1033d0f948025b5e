"""Replay cases: drafted by a command, refused until a person has checked them, run by a user's own pytest."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.sample.content import stories
from crawler.sample.server import SampleSite

pytestmark = pytest.mark.slow
OWN = Path(__file__).parents[1] / "pages"
STORY = next(story for story in stories() if story.n == 127)


def run_pytest(folder):
    """A user's pytest, in a project that has no line of Python."""
    return subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A user's project with one case that is right, one wrong in one field, one draft and one that is broken."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("right", "wrong", "draft", "known"):
        shutil.copytree(OWN / "negative-glosses-stay", folder / "pages" / name)
        file = folder / "pages" / name / "expected.json"
        expected = json.loads(file.read_text("utf-8"))
        expected |= {"wrong": {"source": "另一家报"}, "draft": {"draft": "not checked"}, "known": {"editor": "某人"}}.get(name, {})
        file.write_text(json.dumps(expected, ensure_ascii=False), "utf-8")
    (folder / "pages" / "known" / "known_failures.json").write_text('{"editor": "the page names none"}', "utf-8")
    return run_pytest(folder)


def test_a_users_project_gets_a_test_for_each_field(project):
    assert "2 failed, 15 passed, 1 xfailed" in project.stdout, project.stdout


def test_a_wrong_field_names_case_expectation_and_finding(project):
    assert "wrong: source\n  expected: '另一家报'\n  found:    '小记者园地'" in project.stdout


def test_a_draft_fails_until_it_is_checked(project):
    assert "is a draft: a person must check it" in project.stdout


def test_expectations_that_are_no_json_are_named(tmp_path):
    shutil.copytree(OWN / "soft-404", tmp_path / "pages")
    (tmp_path / "pages" / "expected.json").write_text("{title: 1}", "utf-8")
    done = run_pytest(tmp_path)
    assert done.returncode != 0
    assert "expected.json" in done.stdout
    assert "it must be JSON" in done.stdout


@pytest.fixture
def drafted(scrapy, tmp_path):
    """Draft a case of a sample page; (finished process, folder of the case)."""
    with SampleSite(0) as site:
        done = scrapy("fixture", site.url + STORY.path, "--allow-address", "127.0.0.1", "-o", "tests/pages/market")
        yield done, tmp_path / "tests/pages/market", site, scrapy


def test_a_page_is_drafted_as_it_came(drafted):
    done, folder, site, _ = drafted
    assert done.returncode == 0, done.stderr
    assert "A person must check it" in done.stdout
    answer = json.loads((folder / "response.json").read_text("utf-8"))
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    assert answer["url"] == site.url + STORY.path
    assert answer["headers"]["content-type"] == "text/html"
    assert STORY.title in gzip.decompress((folder / "page.html.gz").read_bytes()).decode()
    assert (expected["title"], expected["text"]) == (STORY.title, STORY.text)
    assert "draft" in expected


def test_a_case_is_not_overwritten(drafted):
    _, folder, site, scrapy = drafted
    before = (folder / "expected.json").read_bytes()
    again = scrapy("fixture", site.url + STORY.path, "--allow-address", "127.0.0.1", "-o", "tests/pages/market")
    assert again.returncode == 2
    assert "exists" in again.stderr
    assert (folder / "expected.json").read_bytes() == before


def test_a_capture_is_drafted_and_passes_once_checked(scrapy, tmp_path):
    with SampleSite(0) as site:
        (tmp_path / "sample.toml").write_text(site.profile(), "utf-8")
        scrapy("crawl", "news", "-a", "site=sample.toml")
        (warc,) = (tmp_path / "captures").iterdir()
        done = scrapy("fixture", str(warc), "--url", site.url + STORY.path, "--site", "sample.toml")
    assert done.returncode == 0, done.stderr
    (case,) = (tmp_path / "tests/pages/127.0.0.1").iterdir()
    assert (case / "site.toml").read_text("utf-8") == (tmp_path / "sample.toml").read_text("utf-8")
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    del expected["draft"]
    (case / "expected.json").write_text(json.dumps(expected, ensure_ascii=False), "utf-8")
    assert run_pytest(tmp_path).returncode == 0


BAD = {
    "no argument": ((), "give one address"),
    "neither address nor WARC": (("notes.txt",), "neither an http(s) address nor a WARC file"),
    "no such file": (("none.warc.gz", "--url", "https://a.cn/"), "no such file"),
    "no address for the WARC": (("none.warc.gz",), "--url"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_drafted_is_said(case, scrapy):
    words, says = BAD[case]
    done = scrapy("fixture", *words)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
