"""Whole pages, one a layout: written for these tests in the manner of real ones; expected values written by hand.

``layouts/NAME.html`` and ``NAME.json``: what `pipelines.process` has to make of it. ``text`` is compared whole, less
the ``optional`` lines (bylines and captions that may stand in the text or not); ``must_not`` may stand in no line.
"""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from crawler import items
from crawler.items import Dropped, Page
from pipelines import process

FOLDER = Path(__file__).parent / "layouts"
CASES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
ARTICLES = [name for name, case in CASES.items() if "dropped" not in case]
BEIJING = timezone(timedelta(hours=8))
KNOWN_FAILURES: dict[tuple[str, str], str] = {}
"""{(page, field): why}; each must fail until it is taken out."""
FIELDS = ("title", "subtitle", "published", "source", "authors", "editor", "section", "dateline", "language", "script", "quality", "extractor", "next_page", "edition_page", "edition_date")


def read(name):
    case = CASES[name]
    return process(Page(case.get("url", f"http://news.bailu.example/{name}.html"), (FOLDER / f"{name}.html").read_bytes()))


def value(article, field):
    found = getattr(article, field)
    if field == "published":
        shown = found.astimezone(BEIJING) if found else None
        return shown and shown.strftime("%Y-%m-%d %H:%M" if article.published_precision in ("minute", "second") else "%Y-%m-%d")
    if field == "edition_date":
        return str(found)
    return list(found) if isinstance(found, tuple) else found


def checked(field_names):
    for name, case in CASES.items():
        for field in field_names:
            if field in case and "dropped" not in case:
                marks = pytest.mark.xfail(strict=True, reason=KNOWN_FAILURES[name, field]) if (name, field) in KNOWN_FAILURES else ()
                yield pytest.param(name, field, marks=marks, id=f"{name}-{field}")


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "dropped" in case])
def test_a_page_without_an_article_is_dropped_by_name(name):
    with pytest.raises(Dropped) as caught:
        read(name)
    assert type(caught.value) is getattr(items, CASES[name]["dropped"])


@pytest.mark.parametrize("name", ARTICLES)
def test_no_paragraph_is_lost_and_none_comes_twice(name):
    lines = read(name).text.split("\n")
    assert [line for line in lines if line not in CASES[name].get("optional", [])] == CASES[name]["text"]


@pytest.mark.parametrize("name", ARTICLES)
def test_clutter_stays_out(name):
    text = read(name).text
    assert [words for words in CASES[name]["must_not"] if words in text] == []


@pytest.mark.parametrize(("name", "field"), list(checked(FIELDS)))
def test_field(name, field):
    assert value(read(name), field) == CASES[name][field]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "attachments" in case])
def test_attachments_are_named(name):
    assert [file.title for file in read(name).attachments] == CASES[name]["attachments"]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "images" in case])
def test_pictures_in_the_text_are_kept(name):
    assert len(read(name).images) == CASES[name]["images"]


def test_cuts_lead_back_to_what_was_extracted():
    article = read("br_glued_tail")
    assert article.text != article.text_extracted
    assert {edit.step for edit in article.edits} == {"strip_disclaimers"}
    text = article.text
    for edit in article.edits:
        text = text[: edit.start] + edit.before + text[edit.start :]
    assert text == article.text_extracted
