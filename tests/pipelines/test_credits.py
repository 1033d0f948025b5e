"""Authors and sources from the lines around a text; the cases are data."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crawler.items import Page
from crawler.sites import Site
from pipelines.extract.credits import find_authors
from pipelines.extract.sources import Beside, find_source
from pipelines.extract.tree import parse

CASES = tomllib.loads(Path(__file__).with_name("credits.toml").read_text("utf-8"))
FIRST = "东沟村的路修通了，全长四公里，沿着山腰走。"
LAST = "村民说，等了二十年，如今班车终于开到了家门口。"
TREE = parse(Page("http://news.bailu.example/1.html", b"<p>x"), Site(name="none"))
PLACES = {
    "head": lambda line: Beside(head=[line], body=[FIRST, LAST]),
    "first": lambda line: Beside(body=[line, FIRST, LAST]),
    "open": lambda line: Beside(body=[line + FIRST, LAST]),
    "glued": lambda line: Beside(body=[FIRST, LAST + line]),
    "last": lambda line: Beside(body=[FIRST, LAST, *line.split("\n")]),
    "tail": lambda line: Beside(body=[FIRST, LAST], tail=line.split("\n")),
}


@pytest.mark.parametrize("case", CASES["authors"], ids=lambda case: f"{case['place']}: {case['line']}")
def test_authors(case):
    assert list(find_authors(PLACES[case["place"]](case["line"]), TREE, None)) == case["names"]


@pytest.mark.parametrize("case", CASES["sources"], ids=lambda case: f"{case['place']}: {case['line']}")
def test_source(case):
    assert find_source(PLACES[case["place"]](case["line"]), TREE) == case["name"]
