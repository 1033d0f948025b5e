"""Take related-link and ranking lists, pagers and share lines off an article's tail."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from crawler.items import Article, Edit
from pipelines.strip_disclaimers import strip_item
from pipelines.tail import cut

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

STEP = "strip_related"

HEADING = re.compile(
    r"^[\s【\[（(■◆●▲>*·]*(?:相关(?:新闻|阅读|报道|链接|文章|推荐|稿件|专题|资讯)|推荐阅读|阅读推荐|延伸阅读|更多(?:新闻|精彩|阅读)|热门(?:新闻|推荐|文章)"
    r"|(?:点击|新闻|阅读|热点|图片|一周|今日|本周)排行榜?|图片精选|精彩(?:图片|推荐)|猜你喜欢|为您推荐|热点(?:新闻|推荐)|新闻爆料|网友评论|最新评论|友情链接|相關新聞|延伸閱讀|推薦閱讀)"
    r"\s*[】\]）)]?\s*[:：]?\s*$"
)
GLUED = re.compile(r"^.{4,60}(?:\.{3}|…)\s*(?:阅读推荐|相关阅读|推荐阅读|新闻爆料|图片精选|点击排行)$")
SMALL = re.compile(r"^[\s【\[（(]*(?:上一[篇条]|下一[篇条]|分享到|分享至|扫一扫|扫描二维码|打印本[页稿文]|关闭窗口|返回顶部|加入收藏|我要纠错|字号|下载[^。]{0,12}客户端)[^。]{0,60}$")
NEGATIVES = (
    "相关阅读材料由县图书馆提供，市民可以免费借阅。",
    "图片精选自县文化馆的馆藏，共四十幅。",
    "点击排行第一的是一段秧歌视频。",
)
ITEM = 60
"""A related title is at most this long."""


def strip(text: str) -> tuple[str, tuple[Edit, ...]]:
    """``text`` without related lists in its tail; a list in the middle goes where prose follows it no sooner.

    >>> strip("正文第一段，讲的是修路。\\n相关阅读\\n县里修路的事\\n图片精选")[0]
    '正文第一段，讲的是修路。'
    """
    lines = text.split("\n")
    doomed = {n: "related/small_line" for n, line in enumerate(lines) if SMALL.match(line)}
    for number, line in enumerate(lines):
        if not (HEADING.match(line) or GLUED.match(line)):
            continue
        doomed[number] = "related/heading"
        for below in range(number + 1, len(lines)):
            if _prose(lines[below]):
                break
            doomed[below] = "related/item"
        doomed |= _echo(lines, number, doomed)
    if len(doomed) == len(lines):
        return text, ()
    return cut(text, doomed, STEP)


def _echo(lines: list[str], number: int, doomed: dict[int, str]) -> dict[int, str]:
    """A title line above a heading that starts with the same characters, or is cut with dots: it belongs to the list."""
    above = number - 1
    if above <= 0 or above in doomed or _prose(lines[above]):
        return {}
    line, glued = lines[above].strip(), lines[number].strip()
    same = len(line) >= 6 and glued.startswith(line[: min(len(line), 12)])
    return {above: "related/truncated_title"} if same or line.endswith(("...", "…")) else {}


def _prose(line: str) -> bool:
    """A line that says something: it ends a sentence, or is too long for a title."""
    stripped = line.strip()
    return len(stripped) > ITEM or stripped.endswith(("。", "！", "？", "”", "）", ".", "!", "?")) and len(stripped) > 8 and not (stripped.endswith(("...", "…")))


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
