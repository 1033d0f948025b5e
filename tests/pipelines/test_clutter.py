"""The classes of clutter that regional news carries, and the text that sounds like them; the cases are data."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines import promotion, strip_disclaimers, strip_related
from pipelines.extract.furniture import is_furniture

CASES = tomllib.loads(Path(__file__).with_name("clutter.toml").read_text("utf-8"))
FIRST = "村道全长四公里，沿着山腰修了七个月，全县十二个村从此连成一片。"
NEXT = "为了这条路，村民们等了整整二十年，如今班车终于开到了家门口。"
LAST = "今年入冬前还要再补二十盏路灯，养护由村民分段负责。"


def stripped(text: str) -> str:
    return strip_related.strip(strip_disclaimers.strip(text)[0])[0]


def lines(kind):
    return [pytest.param(line, id=f"{name}-{n}") for name, case in CASES.items() if name not in ("glued", "blocks") for n, line in enumerate(case.get(kind, []))]


@pytest.mark.parametrize("line", lines("leaves"))
def test_text_that_sounds_like_clutter_stays(line):
    for text in (f"{FIRST}\n{line}\n{LAST}", f"{FIRST}\n{NEXT}\n{line}"):
        assert stripped(text) == text


@pytest.mark.parametrize("line", lines("takes"))
def test_clutter_below_the_text_goes(line):
    assert stripped(f"{FIRST}\n{NEXT}\n{line}") == f"{FIRST}\n{NEXT}" or is_furniture(line)  # what is_furniture takes never gets into a text


@pytest.mark.parametrize("text", CASES["glued"]["takes"])
def test_clutter_glued_to_the_last_sentence_goes(text):
    assert stripped(f"{FIRST}\n{NEXT}{text}") == f"{FIRST}\n{NEXT}"


@pytest.mark.parametrize("text", CASES["glued"]["leaves"])
def test_a_last_sentence_that_sounds_like_clutter_stays(text):
    assert stripped(f"{FIRST}\n{NEXT}{text}") == f"{FIRST}\n{NEXT}{text}"


@pytest.mark.parametrize("block", CASES["blocks"]["takes"])
def test_a_block_of_clutter_goes_whole(block):
    assert stripped(f"{FIRST}\n{NEXT}\n{block}") == f"{FIRST}\n{NEXT}"


def test_a_byline_stays_and_what_stands_below_it_goes():
    assert stripped(f"{FIRST}\n{NEXT}\n记者 王小明\n公众号：青石发布\n返回首页") == f"{FIRST}\n{NEXT}\n记者 王小明"


@pytest.mark.parametrize("block", CASES["blocks"]["leaves"])
def test_a_block_of_text_stays_whole(block):
    assert stripped(f"{FIRST}\n{NEXT}\n{block}") == f"{FIRST}\n{NEXT}\n{block}"


@pytest.mark.parametrize(("rule", "example", "leaves"), [(rule, example, leaves) for rule, _, example, leaves in promotion.RULES])
def test_each_rule_of_promotion_takes_its_example_and_leaves_its_negative(rule, example, leaves):
    assert promotion.promotion_of(example) == rule
    assert promotion.promotion_of(leaves) is None
