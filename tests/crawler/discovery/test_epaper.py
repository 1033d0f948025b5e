"""E-paper issues: labels, links, the back-fill of past days."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest

from crawler.discovery.epaper import _label, dated, issue_day, of_epaper
from crawler.sites import Site
from tests.crawler.discovery.conftest import answer

BASE = "https://paper.example/html/2026-03/18/node_01.htm"
SITE = Site(name="paper", domains=("paper.example",), epaper="https://paper.example/")

NEGATIVE_LABELS = ("出版", "第三版修订", "版权声明", "共8版")
LABELS = {
    "第A02版：本地新闻": {"edition_page": "A02", "edition_section": "本地新闻"},
    "03版:专题": {"edition_page": "03", "edition_section": "专题"},
    "第5版 文化": {"edition_page": "5", "edition_section": "文化"},
    "B1版": {"edition_page": "B1"},
}


@pytest.mark.parametrize("words", NEGATIVE_LABELS[:3])
def test_label_negative(words):
    assert _label(words) == {}


@pytest.mark.parametrize("words", LABELS)
def test_label(words):
    assert _label(words) == LABELS[words]


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://paper.example/html/2026-03/18/content_1.htm", date(2026, 3, 18)),
        ("https://paper.example/pc/content/202603/18/content_30063.html", date(2026, 3, 18)),
        ("https://paper.example/bz/html/2026-13/18/node_1.htm", None),
        ("https://paper.example/about.htm", None),
    ],
)
def test_issue_day(url, day):
    assert issue_day(url) == day


def found(base=BASE):
    return {one.url: one for one in of_epaper(answer("/html/2026-03/18/node_01.htm") or "", base, SITE, {})}


def test_a_page_names_the_other_pages_with_their_labels():
    other = found()["https://paper.example/html/2026-03/18/node_02.htm"]
    assert (other.kind, other.context) == ("epaper", {"edition_date": "2026-03-18", "edition_page": "A02", "edition_section": "民生"})


def test_an_article_takes_its_pages_label_and_the_words_of_its_link():
    article = found()["https://paper.example/html/2026-03/18/content_1.htm"]
    assert article.context == {"edition_date": "2026-03-18", "edition_page": "A01", "edition_section": "要闻", "title": "春灌用水调度会召开"}


def test_other_days_are_not_followed():
    assert not [url for url in found() if "2026-03/15" in url]


def test_an_entry_page_leads_to_the_newest_issue():
    made = of_epaper(answer("/") or "", "https://paper.example/", SITE, {})
    assert [(one.url, one.kind) for one in made] == [("https://paper.example/html/2026-03/18/node_01.htm", "epaper")]


def test_an_entry_page_that_leads_nowhere_gives_nothing():
    assert of_epaper("<a href='/about'>关于我们</a>", "https://paper.example/", SITE, {}) == []


@pytest.mark.parametrize(("template", "yes"), [("https://p.example/%Y/%m%d/node_1.htm", True), ("https://p.example/", False), (None, False)])
def test_dated(template, yes):
    assert dated(template) is yes


def rows(folder):
    with sqlite3.connect(folder / "archive.db") as connection:
        query = "SELECT edition_date, edition_page, edition_section, title FROM articles ORDER BY edition_date, url"
        return connection.execute(query).fetchall()


@pytest.mark.slow
def test_backfill_fetches_past_issues_and_names_the_gap(scrapy, profile, tmp_path):
    done = scrapy("backfill", str(profile), "--from", "2026-03-16", "--to", "2026-03-18")

    assert done.returncode == 0, done.stderr[-2000:]
    assert "2 of 3 issues held, 6 articles; 1 gaps" in done.stdout
    assert "2026-03-17 Tue  none" in done.stdout
    assert [row[:3] for row in rows(tmp_path)] == [
        (f"2026-03-{day}", *label) for day in (16, 18) for label in (("A01", "要闻"), ("A01", "要闻"), ("A02", "民生"))
    ]  # fmt: skip
    again = scrapy("backfill", str(profile), "--from", "2026-03-16", "--to", "2026-03-18")
    assert "1 of 3 issues to fetch" in again.stdout
    assert again.returncode == 0
    assert len(rows(tmp_path)) == 6


@pytest.mark.slow
def test_report_fetches_nothing(scrapy, profile):
    done = scrapy("backfill", str(profile), "--from", "2026-03-18", "--to", "2026-03-18", "--report")
    assert done.returncode == 0
    assert "unknown" in done.stdout
    assert "0 of 1 issues held" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sample", "--from", "2026-03-16", "--to", "2026-03-18"), "write its address with %Y, %m and %d"),
        (("nowhere", "--from", "2026-03-16", "--to", "2026-03-18"), "no site 'nowhere'"),
        (("sample", "--from", "March", "--to", "2026-03-18"), "write it as 2026-03-01"),
        (("sample", "--from", "2026-03-19", "--to", "2026-03-18"), "lies after"),
    ],
)
def test_bad_calls_say_what_to_do(scrapy, words, message):
    done = scrapy("backfill", *words)
    assert done.returncode == 2
    assert message in done.stderr + done.stdout
