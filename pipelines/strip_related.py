"""Take related-link and ranking lists, pagers, share lines and appeals to readers off an article's text."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from crawler.items import Article, Edit
from pipelines.disclaimers import FOOTER, rule_of
from pipelines.related import heading_of, last_of, small_of
from pipelines.strip_disclaimers import done, strip_item
from pipelines.tail import cut, glued, lines_of, whole

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

STEP = "strip_related"
GLUED = re.compile(r"^.{4,60}(?:\.{3}|…)\s*(?:阅读推荐|相关阅读|推荐阅读|新闻爆料|图片精选|点击排行)$")
BOX = re.compile(r"^\W*(?:新闻|相关)?链接\W*$")
"""The heading of a box with background, where prose follows it."""
CUT = re.compile(r"[^.…](?:\.{3}|…)$")
LISTED = re.compile(
    r"[^。]{8,60}?\s*(?:(?:19|20)\d{2}[-/]\d{2}[-/]\d{2}|[\[（(]\d{1,2}[-/]\d{1,2}[\])）])(?:\s*\d{1,2}:\d{2})?$"
    r"|[\[（(]?(?:(?:19|20)\d{2}[-/])?\d{2}[-/]\d{2}[\])）]?\s+[^。，]{8,60}$"
)
"""A title with its day as lists print it, in figures and hyphens; notices write 年 and 月."""
ROW = 3
BROKEN = re.compile(r"[\u4e00-\u9fff](?:…|\.{3})$")
"""Broken off within a sentence; an author's own dots are six."""
TITLE = 8
SOURCE = 16
ENDED = re.compile(r"[。！？；!?.][”’\"'」』）)\]】]*$")
DATED = re.compile(r"[\[（(]?(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}.{0,12}$|[\[（(]\d{1,2}[-/月]\d{1,2}.{0,10}[\])）]$")
CREDIT = re.compile(r"^[（(【\[]?\s*(?:本报|本网|全媒体|见习|特约|新媒体)?(?:通讯员|记者|作者|文|图|摄影|撰文|供稿)\s*[:：/／|丨\s]|(?:摄影报道|\S\s*摄)[）)]?$")
"""A byline below the text: what stands under it is still at the end."""
BYLINE = 40
LONGEST = 300
NEAR_END = 8
"""A line among the last so many is looked at sentence by sentence if it is not longer than that."""
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
    doomed |= {n: "related/sentences" for n, line in list(enumerate(lines))[-NEAR_END:] if n not in doomed and len(line) <= LONGEST and whole(line, _any_of)}
    doomed |= _last(lines, doomed)
    doomed |= _teaser(lines) | _dated(lines, doomed)
    return (text, ()) if len(doomed) == len(lines) else cut(text, doomed, STEP, _glued(text, doomed))


def _any_of(sentence: str) -> str | None:
    return small_of(sentence) or rule_of(sentence)


def _glued(text: str, doomed: dict[int, str]) -> tuple[tuple[int, int, str], ...]:
    """An appeal glued to the end of the last paragraph."""
    line = next((line for n, line in reversed(list(enumerate(lines_of(text)))) if n not in doomed), None)
    found = glued(line.text, small_of) if line else None
    return ((line.start + found[0], line.start + len(line.text), f"related/{found[1]}_at_end"),) if line and found else ()


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
        if rule == "account" and FOOTER.match(lines[number - 1]):
            break  # the last line of a notice's own address
        if rule:
            out[number] = f"related/{rule}"
        elif number not in doomed and not (len(lines[number]) <= BYLINE and CREDIT.search(lines[number])):
            break
    return out


def _teaser(lines: list[str]) -> dict[int, str]:
    """At the very end, the headline of another article and its first words, broken off with dots; perhaps its source below."""
    for number in range(max(2, len(lines) - 3), len(lines)):
        line, above, below = lines[number], lines[number - 1], lines[number + 1 :]
        titled = TITLE <= len(above) <= SUMMARY and not _prose(above) and not above.endswith(("：", ":"))
        if len(line) > SUMMARY and BROKEN.search(line) and titled and all(len(other) < SOURCE and not ENDED.search(other) for other in below):
            return dict.fromkeys(range(number - 1, len(lines)), "related/teaser")
    return {}


def _dated(lines: list[str], doomed: dict[int, str]) -> dict[int, str]:
    """Titles in a row at the very end, each with the day it was listed: a list whose heading is not here."""
    out: dict[int, str] = {}
    for number in range(len(lines) - 1, 0, -1):
        if LISTED.match(lines[number]):
            out[number] = "related/dated_title"
        elif number not in doomed:
            break
    return out if len(out) >= ROW else {}


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
        if done(item, type(self), STEP, self.stats):
            return item
        return strip_item(item, STEP, self.stats, strip)
