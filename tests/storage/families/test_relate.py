"""Pairs of articles: what is a copy, what a part, what only alike."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from storage.families.reading import read
from storage.families.relate import relate

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))
TEXTS = CASES.pop("texts")


def relation(case):
    one, other = (read(title, TEXTS[text].strip()) for title, text in (case["one"], case["other"]))
    found = relate(one, other)
    return found.kind if found else ""


def cases(kind):
    return pytest.mark.parametrize("case", CASES[kind].values(), ids=CASES[kind].keys())


@cases("negative")
def test_two_stories_stay_two(case):
    assert relation(case) == case["is"]


@cases("part")
def test_a_part_is_not_a_copy(case):
    assert relation(case) == case["is"]


@cases("copy")
def test_a_copy_is_found(case):
    assert relation(case) == case["is"]


@pytest.mark.xfail(strict=True)
@cases("known_failures")
def test_known_failures(case):
    assert relation(case) == case["is"]
