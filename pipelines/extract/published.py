"""When an article was published: beside the headline first, then the page's head, then the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipelines.dates import Found, date_from_url, find_date
from pipelines.extract.tree import Tree

META_DATES = (
    "pubdate", "publishdate", "article:published_time", "og:published_time", "publish_time", "firstpublishedtime", "og:release_date", "weibo:article:create_at", "date", "dc.date",
    "dc.date.issued", "article.published", "sailthru.date", "parsely-pub-date", "datepublished", "pub_date", "release_date", "publication_date",
)  # fmt: skip
META_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmodified", "last-modified")
UPDATED = re.compile(r"更新|修改|编辑于|Updated|Modified|最后", re.I)
ISSUED = re.compile(r"发布|發布|发表|發表|日期|时间|時間|来源|來源|Published|Posted", re.I)
NO_DATE = re.compile(r"copyright|©|版权所有|ICP|今天是|欢迎您|农历|开奖|截止|有效期", re.I)
COUNTER = re.compile(r"((?:浏览|点击|阅读|访问|人气|查看|评论|瀏覽|點擊|閱讀)[^\d]{0,6}\d{1,7}?)(?=(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d)")
"""A counter that runs into the date: between two ``<span>`` only the style sheet puts a space."""
LINE = 160
RELATIVE_LINE = 50
CLOCKS = ("minute", "second")


@dataclass(frozen=True, slots=True)
class Published:
    """A date and where on the page it was found."""

    found: Found
    where: str

    @property
    def clock(self) -> bool:
        """Whether the time of day is known."""
        return self.found.precision in CLOCKS


def find_published(lines: tuple[list[str], ...], tree: Tree, zone: ZoneInfo, fetched: datetime | None) -> Published | None:
    """The date of publication. ``lines``: groups of lines, the likeliest first, each nearest to the headline first.

    A date beside the headline wins; a clock is taken from elsewhere where the day is the same.
    """
    near = next((found for group in lines if (found := _from_lines(group, zone, fetched))), None)
    if near is not None and near.clock and not re.search(r"[A-Za-z]{3}", near.found.raw):
        return near  # whatever the head says; it is not asked
    declared = _declared(tree, zone, fetched)
    if near is None:
        return next((one for one in declared if one.clock), declared[0] if declared else _from_url(tree, zone, fetched))
    if near.clock:
        return _zoned(near, declared)
    day = near.found.when.date()
    same = (one for one in declared if one.clock and one.found.when.astimezone(zone).date() == day and one.found.when.astimezone(zone).strftime("%H%M%S") != "000000")
    return next(same, near)


def _zoned(near: Published, declared: list[Published]) -> Published:
    """The same time with the zone that the page's head gives, for an English line; Chinese pages call local time UTC too often."""
    wall = near.found.when.strftime("%Y%m%d%H%M")
    return next((one for one in declared if one.clock and one.found.when.strftime("%Y%m%d%H%M") == wall), near)


def find_modified(tree: Tree, zone: ZoneInfo, fetched: datetime | None) -> datetime | None:
    """When the page says that it was last changed."""
    values = [tree.metas[name] for name in META_MODIFIED if tree.metas.get(name)] + tree.values("dateModified")
    for value in values:
        if found := find_date(value[:64], zone=zone, fetched_at=fetched):
            return found.when
    return None


def _from_lines(lines: list[str], zone: ZoneInfo, fetched: datetime | None) -> Published | None:
    """A full date first; a relative one only from a short line, since running text has them too."""
    usable = [COUNTER.sub(r"\1 ", line) for line in lines if len(line) <= LINE and not NO_DATE.search(line)]
    best: tuple[float, Published] | None = None
    for place, line in enumerate(usable):
        if found := find_date(line, zone=zone):
            one = Published(found, "byline")
            score = 2.0 * one.clock + bool(ISSUED.search(line)) - 1.2 * bool(UPDATED.search(line)) - 0.1 * place - 2.0 * ("。" in line)
            if best is None or score > best[0]:
                best = (score, one)
    if best or fetched is None:
        return best[1] if best else None
    for line in usable:
        if len(line) < RELATIVE_LINE and "。" not in line and (found := find_date(line, zone=zone, fetched_at=fetched)):
            return Published(found, "byline")
    return None


def _declared(tree: Tree, zone: ZoneInfo, fetched: datetime | None) -> list[Published]:
    values = [(tree.metas[name], "meta") for name in META_DATES if tree.metas.get(name)]
    values += [(value, "jsonld") for value in tree.values("datePublished")]
    if not values and ("datetime=" in tree.text or "datePublished" in tree.text):
        values = [(e.get("datetime") or e.get("content") or "", "meta") for e in tree.root.xpath("//time[@datetime]|//*[@itemprop='datePublished']")[:2]]
    found = ((find_date(value[:64], zone=zone, fetched_at=fetched), where) for value, where in values)
    return [Published(one, where) for one, where in found if one]


def _from_url(tree: Tree, zone: ZoneInfo, fetched: datetime | None) -> Published | None:
    found = date_from_url(tree.url, zone=zone, fetched_at=fetched)
    return Published(found, "url") if found else None
