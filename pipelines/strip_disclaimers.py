"""Take disclaimers, copyright notices and editor lines off an article's text."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter

from crawler.items import Article, Edit
from crawler.sites import Site
from pipelines.tail import cut

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

STEP = "strip_disclaimers"

HEADS: tuple[tuple[str, str, str], ...] = (
    # rule, pattern of a whole line, an example
    ("heading", r"^[【\[（(]?\s*(?:免责声明|版权声明|版权与免责声明|特别声明|郑重声明|本[网站]声明|声明|免责条款)\s*[】\])）]?\s*[:：]?\s*$", "声明:"),
    ("legal", r"^[\s【\[（(*※●■]*(?:免责声明|版权声明|版权与免责声明|特别声明|郑重声明|本[网站]声明|声明|免责条款)\s*[】\])）]?\s*[:：]", "免责声明：本文仅代表作者个人观点，与本网无关。"),
    ("own_rights", r"^[①②③1-3一二三、.．\s（(]*凡(?:本[网站]|注明|来源|转载)[^。]{0,40}(?:注明|来源|转载|作品|稿件)", "凡本网注明“来源：某网”的所有作品，版权均属于某网。"),
    ("opinion", r"^[（(【*]?\s*(?:以上|本文|文章)(?:内容|文章|信息|所述)?[^。]{0,12}(?:仅代表|不代表|纯属)[^。]{0,20}(?:观点|立场|意见)", "本文仅代表作者观点，不代表本站立场。"),
    ("contact", r"(?:如有|若有|涉及)[^。]{0,14}侵权[^。]{0,30}(?:联系|删除|告知|来信|来电)", "如有侵权请联系管理员删除。"),
    ("reserved", r"^[\s]*(?:版权所有|Copyright|©|\(c\))[^。]{0,80}$", "版权所有 某某网"),
    ("no_reprint", r"^[^。]{0,20}(?:未经(?:本[网站]|书面|授权|许可))[^。]{0,24}(?:不得|禁止|严禁)[^。]{0,20}(?:转载|使用|复制|摘编|镜像)", "未经本网授权不得转载。"),
    ("editor", r"^[\s（(【\[]*(?:责任编辑|責任編輯|责编|責編|编辑|责任编校|校对|编审|值班编辑|执行编辑|本文编辑)\s*[:：/／][^。]{0,30}$", "（责任编辑：王小明）"),
)  # fmt: skip
NEGATIVES = ("他声明：绝不放弃这条路。", "县法院宣判一起侵权案，被告赔偿五万元。", "编辑部主任李刚说，稿子要改三遍。")
RULES = tuple((name, re.compile(pattern, re.I)) for name, pattern, _ in HEADS)
LEGAL = re.compile(r"本[站网]|版权|侵权|转载|观点|立场|证实|保证|承诺|参考|核实|存储空间|信息发布平台|联系|删除|授权|注明|来源|责任")
LONGEST = 600


def strip(text: str, learned: tuple[str, ...] = ()) -> tuple[str, tuple[Edit, ...]]:
    """``text`` without disclaimer lines; ``learned`` are a site's own boilerplate lines.

    >>> strip("正文第一段，讲修路的事。\\n免责声明：本文仅代表作者观点。")[0]
    '正文第一段，讲修路的事。'
    """
    lines = text.split("\n")
    doomed: dict[int, str] = {}
    own = {line.strip() for line in learned}
    for number, line in enumerate(lines):
        if line.strip() in own:
            doomed[number] = "learned"
        elif number - 1 in doomed and doomed[number - 1] == "disclaimer/heading" and len(LEGAL.findall(line)) >= 2:
            doomed[number] = "disclaimer/under_heading"
        elif rule := rule_of(line):
            doomed[number] = f"disclaimer/{rule}"
    for number, rule in list(doomed.items()):
        if rule == "disclaimer/heading" and number + 1 not in doomed and number + 1 < len(lines):
            del doomed[number]  # a heading above prose that is no disclaimer stays
    if len(doomed) == len(lines):
        return text, ()
    return cut(text, doomed, STEP)


def rule_of(line: str) -> str | None:
    """The rule that takes the line for boilerplate; None for text."""
    stripped = line.strip()
    if not stripped or len(stripped) > LONGEST:
        return None
    for name, pattern in RULES:
        if not pattern.search(stripped):
            continue
        if name == "legal" and len(LEGAL.findall(stripped)) < 1:
            continue
        if name == "contact" and len(LEGAL.findall(stripped)) < 2:
            continue
        return name
    return None


def strip_disclaimers(article: Article, site: Site | None = None) -> Article:
    """The article without disclaimers; every cut is an edit."""
    text, edits = strip(article.text, site.boilerplate if site else ())
    return dataclasses.replace(article, text=text, edits=article.edits + edits) if edits else article


class StripDisclaimers:
    """Pipeline step for any item with a ``text``."""

    def __init__(self, stats: StatsCollector | None = None, sites: Any = None) -> None:
        self.stats = stats
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StripDisclaimers:
        return cls(crawler.stats, crawler)

    def process_item(self, item: Any) -> Any:
        site = getattr(getattr(self.sites, "spider", None), "site", None)
        return strip_item(item, STEP, self.stats, lambda text: strip(text, site.boilerplate if site else ()))


def strip_item(item: Any, step: str, stats: StatsCollector | None, strip_text: Any) -> Any:
    """Apply a text -> (text, edits) function to any item that has a ``text``."""
    adapter = ItemAdapter(item)
    text, edits = strip_text(adapter.get("text") or "")
    if not edits:
        return item
    if stats is not None:
        stats.inc_value(f"{step}/edits", len(edits))
    if isinstance(item, Article):
        return dataclasses.replace(item, text=text, edits=item.edits + edits)
    adapter["text"] = text
    if "edits" in adapter.field_names():
        adapter["edits"] = (*(adapter.get("edits") or ()), *edits)
    return item
