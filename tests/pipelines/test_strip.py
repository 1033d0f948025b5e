"""Strip rules: a lost paragraph is worse than a kept disclaimer, so the negatives come first."""

from __future__ import annotations

import pytest

from pipelines import strip_disclaimers, strip_related

FIRST = "村道全长四公里，沿着山腰修了七个月。"


@pytest.mark.parametrize("line", strip_disclaimers.NEGATIVES)
def test_prose_that_speaks_of_statements_stays(line):
    assert strip_disclaimers.strip(f"{FIRST}\n{line}") == (f"{FIRST}\n{line}", ())


@pytest.mark.parametrize("line", strip_related.NEGATIVES)
def test_prose_that_begins_like_a_heading_stays(line):
    assert strip_related.strip(f"{FIRST}\n{line}") == (f"{FIRST}\n{line}", ())


@pytest.mark.parametrize(("rule", "example"), [(name, example) for name, _, example in strip_disclaimers.HEADS])
def test_each_rule_takes_its_example(rule, example):
    assert strip_disclaimers.rule_of(example) == rule


def test_prose_after_a_list_stays():
    text = f"{FIRST}\n相关阅读\n东沟村修路的事\n今年入冬前还要再补二十盏路灯，养护由村民分段负责。"
    stripped, edits = strip_related.strip(text)
    assert stripped.split("\n") == [FIRST, "今年入冬前还要再补二十盏路灯，养护由村民分段负责。"]
    assert len(edits) == 2
