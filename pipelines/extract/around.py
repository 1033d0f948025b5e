"""What stands around the text: pictures, attachments, the next page, the section, the edition of an e-paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from crawler.items import Attachment, Image
from crawler.sites import Site
from pipelines.extract.furniture import BREADCRUMB, is_dateline, is_furniture, squash
from pipelines.extract.lines import Line, Seen
from pipelines.extract.names import clutter_kind
from pipelines.extract.tree import Tree

FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|wps|et|ofd|csv)(?:$|[?#])")
"""Lower case, as is what it is tried on: folding costs the engine its search for the dot."""
NEXT = re.compile(r"^[\[【\s>»›]*(?:下一?页|下一頁|后一页|Next(?: page)?)[\]】\s>»›]*$", re.I)
NEXT_WORD = re.compile(r"下一?[页頁]|后一页|[Nn][Ee][Xx][Tt]")
PAGER = 200
"""A line with page numbers is at most this long."""
SOURCES = ("data-original", "data-src", "data-lazy-src", "data-actualsrc", "zoomfile", "file", "src")
PIXEL = re.compile(r"(?:spacer|blank|pixel|loading|transparent|1x1|grey|lazy)[^/]{0,12}\.(?:gif|png)")
ICON = re.compile(r"(?:icon|logo|button|btn|avatar|qrcode|erweima|ewm|share|arrow|banner|line|dot|bg)[^/]{0,12}\.(?:gif|png|jpe?g)$")
"""Both in lower case, tried on lower case."""
LONGEST_ADDRESS, LONGEST_ICON = 2_000, 30
"""Characters of an address that are looked at, and those at its end that `ICON` takes at most."""
CAPTIONED = 80
MARKED_CAPTION = re.compile(r"^[▲△▼↑↓◎]|^图[为：:一二三四1-9]|摄[）)]?$|(?:供图|资料图片?|图源.{0,12}|／攝|攝）?|翻攝.{0,20})[）)]?$")
NO_CAPTION = re.compile(r"^(?:image|img|图片|\d+|.{0,3}|[\w-]+\.(?:jpe?g|png|gif|webp))$", re.I)
MOST_IMAGES = 60
MOST_FILES = 40
EDITION = re.compile(r"第?\s*([A-Z]?\d{1,3}(?:[-—~]\d{1,3})?)\s*版\s*[:：\s|｜]?\s*[(（]?\s*([\u4e00-\u9fff·/]{2,10})?")
PRINTED = re.compile(r"《([^》]{2,14}(?:报|报》|日报|周刊))》?\s*[（(]\s*((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*(?:第?\s*([A-Z]?\d{1,3})\s*版)?")
EDITION_URL = re.compile(r"(?:node|content|nw\.D\w+?|nbs\.D\w+?)[_.]?(?:\d+_)?.*?(?P<day>(?:19|20)\d{2}[-/]?\d{2}[-/]?\d{2})", re.I)
DAY_URL = re.compile(r"/((?:19|20)\d{2})-?(\d{2})/(\d{2})/(?:node|content|nw|nbs)_?", re.I)
SECTION_END = re.compile(r"^(?:正文|详细内容|内容|文章|文章内容|新闻内容|阅读|正文页|资讯正文|详情|首页|主页|您现在的位置|当前位置|.{25,})$")
HOME = re.compile(r"首页|首頁|主页|网$|網$|Home|位置", re.I)


@dataclass(frozen=True, slots=True)
class Edition:
    """Where in a printed paper the article stood."""

    day: date | None = None
    page: str | None = None
    section: str | None = None


def find_images(seen: Seen, paragraphs: list[Line], tree: Tree) -> tuple[Image, ...]:
    """Pictures between the first and the last paragraph (or just above), with what is printed under each."""
    if not paragraphs:
        return ()
    first, last = paragraphs[0].number - 4, paragraphs[-1].number + 3
    order = [line.number for line in paragraphs]
    out: dict[str, Image] = {}
    for element, number in seen.pictures:
        if not first <= number <= last or len(out) >= MOST_IMAGES:
            continue
        url = _picture(element, tree)
        if url is None or url in out:
            continue
        position = next((n for n, at in enumerate(order) if at >= number), None)
        out[url] = Image(url=url, caption=_caption(element, number, seen.lines), position=position)
    return tuple(out.values())


def _picture(element: Any, tree: Tree) -> str | None:
    for name in SOURCES:
        value = element.get(name)
        if value and not _is_pixel(value) and (url := tree.join(value)):
            small = any((element.get(side) or "").isdigit() and int(element.get(side)) < 50 for side in ("width", "height"))
            return None if small or ICON.search(url[-LONGEST_ICON:].lower()) else url
    return None


def _is_pixel(value: str) -> bool:
    """Whether an address is that of a picture that stands for nothing, or for one that a script loads."""
    low = value[:LONGEST_ADDRESS].lower()
    return low.startswith("data:") or ((".gif" in low or ".png" in low) and PIXEL.search(low) is not None)


def _caption(element: Any, number: int, lines: list[Line]) -> str | None:
    """A line marked or formed as a caption beside the picture, else its alternative text."""
    for line in lines[number : number + 2]:
        if line.clutter == "caption" or (len(line.text) <= CAPTIONED and MARKED_CAPTION.search(line.text) and not line.linked):
            return line.text
    for name in ("alt", "title"):
        value = " ".join((element.get(name) or "").split())
        if value and len(value) <= 2 * CAPTIONED and not NO_CAPTION.match(value):
            return value
    return None


def find_attachments(seen: Seen, tree: Tree) -> tuple[Attachment, ...]:
    """Linked files, as notices have them."""
    out: dict[str, Attachment] = {}
    hrefs = [link.get("href") for link in seen.links]
    if FILES.search("?".join(hrefs).lower()) is None:  # what ends an address ends its extension as ? does: one search for hundreds of links
        return ()
    for link, href in zip(seen.links, hrefs, strict=True):
        if FILES.search(href.lower()) and not _in_clutter(link) and (url := tree.join(href)):
            out.setdefault(url, Attachment(url=url, title=" ".join("".join(link.itertext()).split()) or None))
    return tuple(out.values())[:MOST_FILES]


def _in_clutter(link: Any) -> bool:
    """Whether an ancestor is named as a footer, a menu, related links and the like."""
    return any(clutter_kind(above.tag, above.get("class"), above.get("id")) in ("frame", "related", "advert", "comment") for above in link.iterancestors())


def find_next_page(seen: Seen, tree: Tree) -> str | None:
    """The next page of an article in several; None on the last."""
    blocks = {line.block for line in seen.lines if line.linked and len(line.text) < PAGER and NEXT_WORD.search(line.text)}
    for link in (link for block in blocks for link in block.iter("a")):
        href = link.get("href")
        if not href or href.startswith(("#", "javascript", "JavaScript")):
            continue
        if NEXT.match("".join(link.itertext()).strip()) and (url := tree.join(href)):
            return url if url.split("#")[0] != tree.url and _same_article(url, tree.url) else None
    return None


def _same_article(url: str, other: str) -> bool:
    """Whether an address can be another page of the article: the same host and folder."""
    one, two = urlsplit(url), urlsplit(other)
    return one.hostname == two.hostname and one.path.rpartition("/")[0] == two.path.rpartition("/")[0]


def find_canonical(tree: Tree, site: Site) -> str | None:
    """rel=canonical where it names another page of the same site; else the address that the profile says this is a view of."""
    for link in tree.links:
        url = tree.join(link.get("href") or "") if link.get("rel") == "canonical" else None
        if url and url != tree.url and urlsplit(url).path not in ("", "/") and _same_site(url, tree.url, site):
            return url
    return site.main_address(tree.url)


def _same_site(url: str, other: str, site: Site) -> bool:
    host = urlsplit(url).hostname or ""
    return host == urlsplit(other).hostname or site.covers(host)


def find_section(lines: list[Line], before: int, tree: Tree, title: str | None) -> str | None:
    """频道/栏目: the last step of the breadcrumb that is neither the home page nor 正文."""
    for line in reversed(lines[:before]):
        if len(line.text) < 120 and line.linked and BREADCRUMB.match(line.text):
            steps = [step.strip(" :：") for step in re.split(r"[>»›＞/→]+|&gt;|\s-\s", line.text)]
            steps = [step for step in steps if step and len(step) <= 16 and squash(step) not in squash(title or "")]
            steps = [step for step in steps if not SECTION_END.match(step) and not HOME.search(step)]
            if steps:
                return steps[-1]
    declared = tree.metas.get("columnname") or tree.metas.get("article:section") or next(iter(tree.values("articleSection")), None)
    return declared.strip()[:40] or None if declared else None


def find_edition(lines: list[str], body: list[str], tree: Tree) -> Edition:
    """The e-paper's day, page and section; empty for a page that is none."""
    for line in body[-2:]:
        if match := PRINTED.search(line):
            return Edition(_day(match.group(2), match.group(3), match.group(4)), match.group(5))
    match = DAY_URL.search(tree.url)
    day = _day(*match.groups()) if match else None
    for line in lines:
        if len(line) < 60 and (found := EDITION.search(line)):
            return Edition(day, found.group(1), found.group(2))
    return Edition(day)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


DATELINE = re.compile(
    r"^[（(【\[]?\s*((?!据|记者)(?:[\u4e00-\u9fff]{2,8}(?:社|网|网讯|报)|本报|本网|本台)?[\u4e00-\u9fff]{0,8}(?:\d{1,2}月\d{1,2}日|\d{1,2}日)?[\u4e00-\u9fff]{0,2}(?:电|讯|消息|报道)|〔[^〕]{4,24}〕|[A-Z][A-Z .,]{2,30}(?:\([A-Za-z ]{2,16}\))?\s+[—–-](?=\s))"
)


def find_dateline(body: list[str]) -> str | None:
    """本报讯, 新华社北京3月1日电: place and agency as printed at the text's beginning.

    >>> find_dateline(["新华社北京3月1日电 记者从会上获悉。"]), find_dateline(["电影院昨天开门。"])
    ('新华社北京3月1日电', None)
    """
    for text in body[:2]:
        match = DATELINE.match(text)
        if match and len(match.group(1)) >= 3 and (match.end() == len(text) or not re.match(r"[\u4e00-\u9fff]", text[match.end()]) or match.group(1).startswith("本")):
            return match.group(1).strip(" —–-")
    return None


def find_subtitle(lines: list[Line], title_line: int | None, first: int, title: str | None) -> str | None:
    """引题 above or 副题 below the headline: a heading, or a line marked as one, that is not in the text."""
    if title_line is None:
        return None
    for line in lines[title_line + 1 : first]:
        marked = line.tag in ("h2", "h3", "h4") or line.clutter == "subtitle" or line.text.startswith(("——", "—"))
        if marked and 6 <= len(line.text) <= 80 and not line.linked and not is_furniture(line.text) and not is_dateline(line.text) and squash(line.text) not in squash(title or ""):
            return line.text.lstrip("—-– ")
    above = lines[max(0, title_line - 1) : title_line]
    return above[0].text if above and above[0].clutter == "subtitle" else None
