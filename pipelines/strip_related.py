"""Take related-link and ranking lists, pagers, share lines and appeals to readers off an article's text."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from crawler.items import Article, Edit
from pipelines.related import heading_of, last_of, small_of
from pipelines.strip_disclaimers import strip_item
from pipelines.tail import cut

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

STEP = "strip_related"
GLUED = re.compile(r"^.{4,60}(?:\.{3}|…)\s*(?:阅读推荐|相关阅读|推荐阅读|新闻爆料|图片精选|点击排行)$")
BOX = re.compile(r"^\W*(?:新闻|相关)?链接\W*$")
"""The heading of a box with background, where prose follows it."""
CUT = re.compile(r"[^.…](?:\.{3}|…)$")
ENDED = re.compile(r"[。！？；!?.][”’\"'」』）)\]】]*$")
DATED = re.compile(r"[\[（(]?(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}.{0,12}$|[\[（(]\d{1,2}[-/月]\d{1,2}.{0,10}[\])）]$")
SUMMARY = 60
"""A title in a list is at most this long."""


def strip(text: str) -> tuple[str, tuple[Edit, ...]]:
    """``text`` without related lists; a list in the middle goes up to the prose that follows it.

    >>> strip("正文第一段，讲的是修路。\\n相关阅读\\n县里修路的事\\n图片精选")[0]
    '正文第一段，讲的是修路。'
    """
    lines = [line.strip() for line in text.split("\n")]
    doomed = {n: f"related/{rule}" for n, line in enumerate(lines) if (rule := small_of(line))}
    for number, line in enumerate(lines):
        rule = heading_of(line) or ("glued_title" if GLUED.match(line) else None)
        if not rule or number in doomed:
            continue
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if not (_prose(below) and (number == 0 or BOX.match(line))):
            doomed |= {number: f"related/{rule}", **_items(lines, number, doomed)}
            doomed |= _echo(lines, number, doomed)
    doomed |= _last(lines, doomed)
    return (text, ()) if len(doomed) == len(lines) else cut(text, doomed, STEP)


def _items(lines: list[str], heading: int, doomed: dict[int, str]) -> dict[int, str]:
    """The lines of the list under a heading: up to the first prose."""
    out: dict[int, str] = {}
    for number in range(heading + 1, len(lines)):
        if _prose(lines[number]) and number not in doomed:
            break
        out[number] = "related/item"
    return out


def _last(lines: list[str], doomed: dict[int, str]) -> dict[int, str]:
    """Addresses and buttons at the very end."""
    out: dict[int, str] = {}
    for number in range(len(lines) - 1, 0, -1):
        rule = last_of(lines[number])
        if number not in doomed and rule is None:
            break
        if rule:
            out[number] = f"related/{rule}"
    return out


def _echo(lines: list[str], number: int, doomed: dict[int, str]) -> dict[int, str]:
    """Title lines above a heading that start with the same characters, or are cut with dots: they belong to the list."""
    out: dict[int, str] = {}
    for above in range(number - 1, 0, -1):
        line, glued = lines[above], lines[number]
        same = len(line) >= 6 and glued.startswith(line[: min(len(line), 12)])
        if above in doomed or _prose(line) or not (same or CUT.search(line)):
            break
        out[above] = "related/truncated_title"
    return out


def _prose(line: str) -> bool:
    """A line that says something: it ends a sentence, or is too long for a title."""
    if len(line) <= 2 * SUMMARY and DATED.search(line):
        return False
    return len(line) > SUMMARY or bool(ENDED.search(line)) and len(line) > 8 and not line.endswith(("...", "…"))


def strip_related(article: Article) -> Article:
    """The article without related lists; every cut is an edit."""
    text, edits = strip(article.text)
    return dataclasses.replace(article, text=text, edits=article.edits + edits) if edits else article


class StripRelated:
    """Pipeline step for any item with a ``text``."""

    def __init__(self, stats: StatsCollector | None = None) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StripRelated:
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        return strip_item(item, STEP, self.stats, strip)
