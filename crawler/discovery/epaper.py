"""E-paper issues, as the common newspaper systems publish them: an issue's pages, a page's articles.

A page of an issue lies at ``…/html/2026-03/18/node_1.htm`` (or ``…/pc/layout/202603/18/node_01.html``) and links to
the other pages (版) and to its articles, ``content_*.htm``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from crawler.decode.bound import bound
from crawler.links import address
from crawler.sites import Site
from storage.frontier import Found

DATED = re.compile(r"/((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})(?=/)")
NODE = re.compile(r"/node_[\w-]+\.html?$", re.I)
CONTENT = re.compile(r"/content_[\w-]+\.html?$", re.I)
# 第A01版：要闻 · A02版 本地 · 03版：专题
PAGE = re.compile(r"第?\s*([A-Z]{0,2}\d{1,3})\s*版\s*[:：]?\s*([^\s:：|]{1,20})?", re.I)
REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"'>\s]+)", re.I)
SCRIPTED = re.compile(r"location(?:\.href)?\s*=\s*[\"']([^\"'<>\s]+)[\"']")


def issue_url(template: str, day: date) -> str:
    """The first page of a day's issue; ``template`` holds ``%Y``, ``%m`` and ``%d``.

    >>> issue_url("https://paper.example/html/%Y-%m/%d/node_1.htm", date(2026, 3, 8))
    'https://paper.example/html/2026-03/08/node_1.htm'
    """
    return template.replace("%Y", f"{day:%Y}").replace("%m", f"{day:%m}").replace("%d", f"{day:%d}")


def dated(template: str | None) -> bool:
    """Whether a profile's ``epaper`` can name the issue of any day."""
    return bool(template) and all(part in (template or "") for part in ("%Y", "%m", "%d"))


def issue_day(url: str) -> date | None:
    """The day in the address of an issue's page or article.

    >>> issue_day("https://paper.example/pc/layout/202603/18/node_01.html")
    datetime.date(2026, 3, 18)
    """
    match = DATED.search(urlsplit(url).path)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def of_epaper(text: str, base: str, site: Site, context: dict[str, Any]) -> list[Found]:
    """Pages and articles of the same issue that an e-paper page names, or the issue that an entry page leads to.

    ``context`` is what was known of the page: ``edition_date``, ``edition_page``, ``edition_section``. Links to other
    days' issues are not followed: past issues are back-filled on purpose.
    """
    try:
        root = lxml.html.document_fromstring(bound(text).text, parser=lxml.html.HTMLParser(huge_tree=True))
    except (lxml.etree.ParserError, ValueError):
        return []
    day = issue_day(base)
    if day is None:
        return _entry_page(root, text, base, site)
    here = _label(_own_label(root, base)) or {k: str(v) for k, v in context.items() if k in ("edition_page", "edition_section")}
    here["edition_date"] = day.isoformat()
    found: dict[str, Found] = {}
    for url, words in _links(root, base, site):
        if issue_day(url) != day:
            continue
        one = _one(url, words, here)
        if one and (url not in found or len(str(one.context.get("title", ""))) > len(str(found[url].context.get("title", "")))):
            found[url] = one
    return list(found.values())


def _one(url: str, words: str, here: dict[str, str]) -> Found | None:
    path = urlsplit(url).path
    if NODE.search(path):
        return Found(url=url, kind="epaper", depth=1, context={"edition_date": here["edition_date"], **_label(words)})
    if CONTENT.search(path):
        return Found(url=url, kind="article", depth=2, context={**here, **({"title": words[:200]} if words else {})})
    return None


def _links(root: Any, base: str, site: Site) -> Iterator[tuple[str, str]]:
    """(address, words) of every link; articles are often named by an image map's areas, without words."""
    for link in root.iter("a", "area"):
        url = address(base, link.get("href") or "", site)
        if url:
            yield url, " ".join("".join(link.itertext()).split())


def _label(words: str) -> dict[str, str]:
    """版次 and 版名 in a link's words.

    >>> _label("第A02版：本地新闻")
    {'edition_page': 'A02', 'edition_section': '本地新闻'}
    """
    match = PAGE.search(words)
    if not match:
        return {}
    page, section = match.groups()
    return {"edition_page": page.upper()} | ({"edition_section": section} if section else {})


def _own_label(root: Any, base: str) -> str:
    """The words of the link by which a page names itself, else its title."""
    own = urlsplit(base).path
    for link in root.iter("a"):
        words = " ".join("".join(link.itertext()).split())
        if PAGE.search(words) and urlsplit(urljoin(base, link.get("href") or "")).path == own:
            return words
    return " ".join(root.xpath("string(//title)").split())


def _entry_page(root: Any, text: str, base: str, site: Site) -> list[Found]:
    """Where an entry page without a date leads: a refresh, a script, or links to an issue; the newest issue only."""
    targets = [match.group(1) for meta in root.iter("meta") if (match := REFRESH.search(meta.get("content") or ""))]
    targets += SCRIPTED.findall(text[:200_000])
    urls = [url for url in (address(base, target, site) for target in targets) if url]
    urls += [url for url, _ in _links(root, base, site)]
    issues = [(day, url) for url in urls if (day := issue_day(url)) and NODE.search(urlsplit(url).path)]
    if not issues:
        return []
    newest = max(day for day, _ in issues)
    url = next(url for day, url in issues if day == newest)
    return [Found(url=url, kind="epaper", depth=1, context={"edition_date": newest.isoformat()})]
