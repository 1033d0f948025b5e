"""What of a page is compared, and what a page says of itself."""

from __future__ import annotations

import pytest

from storage.families.align import compare_titles
from storage.families.fingerprint import fingerprint
from storage.families.reading import read
from tests.storage.families.conftest import TEXTS

FURTHER = ("枯泉出水(2)", "枯泉出水（3）", "枯泉出水 第2页", "枯泉出水（二）")
FIRST = ("枯泉出水", "枯泉出水(1)", "枯泉出水（图）", "2026年(第3期)开奖", "第2页的秘密")


@pytest.mark.parametrize("title", FIRST)
def test_a_title_that_names_no_further_page(title):
    assert not read(title, "").further_page


@pytest.mark.parametrize("title", FURTHER)
def test_a_title_that_names_a_further_page(title):
    assert read(title, "").further_page


@pytest.mark.parametrize("name", ["story", "story_cluttered", "notice", "weather", "fair_2026", "english"])
def test_one_story_is_no_round_up(name):
    assert not read("", TEXTS[name]).round_up


@pytest.mark.parametrize("text", ["热门推荐\n1 面食节\n2 菜市场\n3 图书馆", "办法如下：\n1. 提前储水；\n2. 关好阀门；\n3. 相互转告。"])
def test_a_list_is_no_round_up(text):
    assert not read("", TEXTS["story"] + text).round_up


def test_numbered_headlines_with_paragraphs_are_a_round_up():
    assert read("", TEXTS["round_up"]).round_up


def test_lines_that_are_no_sentences_are_not_compared():
    assert "上一篇" not in read("", TEXTS["story_cluttered"]).text


def test_a_text_without_sentences_is_compared_whole():
    assert read("", "拟任职人选公示名单\n张三 李四\n王五 赵六").text == "拟任职人选公示名单张三李四王五赵六"


@pytest.mark.parametrize("text", ["", "\n\n", "\x00", "\ud800", "，。！", "a" * 100_000, "中" * 100_000])
def test_odd_texts_are_read(text):
    assert fingerprint(read(None, text)).asked


def test_unlike_titles_tell_nothing():
    assert not compare_titles("停水通知", "枯了三十年的泉眼又出水了").telling
    assert not compare_titles("", "").telling
