"""Take disclaimers, copyright notices and editor lines off an article's text."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter

from crawler.items import Article, Edit
from crawler.sites import Site
from pipelines.disclaimers import ENDING_HINT, ENDINGS, FOOTER, HEADS, IMPRINT, LEGAL, LONGEST, SECTION, rule_of
from pipelines.tail import cut, glued, lines_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

STEP = "strip_disclaimers"
LONGEST_ENDING = 120
"""Characters from the end of a paragraph in which `ENDINGS` are looked for; from its beginning it takes ten times as long."""

__all__ = ["ENDINGS", "HEADS", "STEP", "StripDisclaimers", "rule_of", "strip", "strip_disclaimers", "strip_item"]


def strip(text: str, learned: tuple[str, ...] = ()) -> tuple[str, tuple[Edit, ...]]:
    """``text`` without disclaimer lines; ``learned`` are a site's own boilerplate lines.

    >>> strip("正文第一段，讲修路的事。\\n免责声明：本文仅代表作者观点。")[0]
    '正文第一段，讲修路的事。'
    """
    lines = text.split("\n")
    own = {line.strip() for line in learned}
    doomed: dict[int, str] = {}
    for number, line in enumerate(lines):
        if line.strip() in own:
            doomed[number] = "learned"
        elif rule := rule_of(line):
            doomed[number] = f"disclaimer/{rule}"
        elif _under(lines, number, doomed):
            doomed[number] = "disclaimer/under_heading"
    for number, rule in list(doomed.items()):
        if rule == "disclaimer/heading" and number + 1 not in doomed and number + 1 < len(lines):
            del doomed[number]  # a heading above prose that is no disclaimer stays
    doomed |= _imprint(lines, doomed)
    if len(doomed) == len(lines):
        return text, ()
    return cut(text, doomed, STEP, _endings(text, doomed))


def _imprint(lines: list[str], doomed: dict[int, str]) -> dict[int, str]:
    """Addresses and telephone numbers in one run with a copyright or licence line at the end of the text."""
    last = len(lines) - 1
    first = last + 1
    while first > 0 and (first - 1 in doomed or FOOTER.match(lines[first - 1].strip())):
        first -= 1
    run = range(first, last + 1)
    if not any(doomed.get(n) in IMPRINT for n in run):
        return {}
    return {n: "disclaimer/imprint" for n in run if n not in doomed}


def _under(lines: list[str], number: int, doomed: dict[int, str]) -> bool:
    """Whether a line goes on with the disclaimer that the line before began."""
    above = doomed.get(number - 1, "")
    if not above.startswith("disclaimer/") or above in ("disclaimer/editor", "disclaimer/source", "disclaimer/original_title"):
        return False
    line = lines[number].strip()
    if len(line) > LONGEST:
        return False
    legal = len(LEGAL.findall(line))
    return legal >= 2 or (legal >= 1 and (bool(SECTION.match(line)) or len(line) < 40))


def _endings(text: str, doomed: dict[int, str]) -> tuple[tuple[int, int, str], ...]:
    """Spans of editor names glued to the end of a paragraph."""
    spans = []
    last = max((n for n in range(text.count("\n") + 1) if n not in doomed), default=0) - 1
    for number, line in enumerate(lines_of(text)):
        if number in doomed:
            continue
        start = max(0, len(line.text) - LONGEST_ENDING)
        for name, pattern, _, _ in ENDINGS if ENDING_HINT.search(line.text, start) else ():
            match = pattern.search(line.text, start)
            if match and match.start() > 0:
                spans.append((line.start + match.start(), line.start + match.end(), f"disclaimer/{name}"))
                break
        else:
            if number >= last and (found := glued(line.text, rule_of)):
                spans.append((line.start + found[0], line.start + len(line.text), f"disclaimer/{found[1]}_at_end"))
    return tuple(spans)


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
        if done(item, type(self), STEP, self.stats):
            return item
        site = getattr(getattr(self.sites, "spider", None), "site", None)
        return strip_item(item, STEP, self.stats, lambda text: strip(text, site.boilerplate if site else ()))


def done(item: Any, own: type, step: str, stats: StatsCollector | None) -> bool:
    """Whether a step was applied to an item where its page was read; its edits are counted then."""
    if not isinstance(item, Article) or f"{own.__module__}.{own.__qualname__}" not in item.done:
        return False
    if stats is not None and (edits := sum(edit.step == step for edit in item.edits)):
        stats.inc_value(f"{step}/edits", edits)
    return True


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
