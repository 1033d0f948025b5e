"""A first look at a site that nobody has described: what it offers, tried out on a few of its pages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from crawler.decode import decode
from crawler.decode.bound import bound
from crawler.discovery.epaper import DATED, issue_day, of_epaper
from crawler.discovery.feeds import of_feed
from crawler.discovery.shapes import Link, article_shapes, sections
from crawler.discovery.sitemaps import BrokenSitemap, entries
from crawler.items import Article, Dropped, Page
from crawler.links import address
from crawler.sites import Site

Fetch = Callable[[str], Awaitable[Page | None]]
"""Fetches one address; None where it gives nothing (refused, an error, no answer)."""
Read = Callable[[Page, Site], Article]
"""Reads a page as a crawl would; raises a `Dropped` where it is no article."""
FEEDS = ("/rss.xml", "/feed", "/rss", "/atom.xml")
SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml")
EPAPER = re.compile(r"数字报|電子報|电子报|数字报刊|e-?paper", re.I)
MOST_SECTIONS = 8
MOST_SHAPES = 5
SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page that was read as the crawl would read it."""

    url: str
    article: Article | None = None
    reason: str | None = None
    """Why it is no article."""


@dataclass(slots=True, kw_only=True)
class Survey:
    """What was seen of a site."""

    url: str
    title: str = ""
    encoding: str = ""
    declared: str | None = None
    feeds: dict[str, int] = field(default_factory=dict)
    """{address: number of entries}."""
    sitemaps: dict[str, int] = field(default_factory=dict)
    sections: list[Link] = field(default_factory=list)
    epaper: str | None = None
    patterns: dict[str, int] = field(default_factory=dict)
    """{article pattern: number of addresses seen}."""
    samples: list[Sample] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        """Days of the sample articles, newest first."""
        found = {s.article.published.date() for s in self.samples if s.article and s.article.published}
        return sorted(found, reverse=True)


async def look(fetch: Fetch, read: Read, url: str) -> Survey | None:
    """Look at the site whose home page ``url`` is, with at most some forty requests; None when that page gives nothing."""
    home = await fetch(url)
    if home is None:
        return None
    site = _site(home.url)
    survey = Survey(url=home.url)
    text = _text(home, survey)
    links = list(_links(text, home.url, site))
    await _feeds(fetch, survey, text, site)
    await _sitemaps(fetch, survey)
    links += await _sections(fetch, survey, links, site)
    await _articles(fetch, read, survey, links, site)
    await _epaper(fetch, survey, links, site)
    return survey


def _site(url: str) -> Site:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return Site(name=host, start=(url,), domains=(host,))


def _text(page: Page, survey: Survey | None = None) -> str:
    decoded = decode(page.body, page.content_type)
    if survey is not None:
        survey.encoding, survey.declared = decoded.encoding, decoded.declared
        title = re.search(r"<title[^>]*>([^<]{1,200})", decoded.text, re.I)
        survey.title = " ".join(title.group(1).split()) if title else ""
    return decoded.text


def _links(text: str, base: str, site: Site) -> Iterator[Link]:
    try:
        root = lxml.html.document_fromstring(bound(text).text, parser=lxml.html.HTMLParser(huge_tree=True))
    except (lxml.etree.ParserError, ValueError):
        return
    for link in root.iter("a"):
        if url := address(base, link.get("href") or "", site):
            yield Link(url, " ".join((link.get("title") or "".join(link.itertext())).split()))


async def _feeds(fetch: Fetch, survey: Survey, text: str, site: Site) -> None:
    named = re.findall(r"""<link\b[^>]*application/(?:rss|atom)\+xml[^>]*>""", text, re.I)
    urls = [urljoin(survey.url, m.group(1)) for tag in named if (m := re.search(r"""href\s*=\s*["']?([^"'>\s]+)""", tag, re.I))]
    for url in dict.fromkeys([*urls, *(urljoin(survey.url, path) for path in FEEDS)]):
        page = await fetch(url)
        count = len(of_feed(page.body, page.url, site, page.content_type)) if page and b"<" in page.body[:200] else 0
        if count:
            survey.feeds[url] = count
        if len(survey.feeds) >= 10:
            break


async def _sitemaps(fetch: Fetch, survey: Survey) -> None:
    robots = await fetch(urljoin(survey.url, "/robots.txt"))
    lines = robots.body[: 500 * 1024].decode("utf-8", "replace").splitlines() if robots else []
    named = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("sitemap:")]
    for url in dict.fromkeys([*named, *(urljoin(survey.url, path) for path in SITEMAPS)][:5]):
        page = await fetch(url)
        try:
            count = sum(1 for _ in entries(page.body)) if page and b"<html" not in page.body[:2000].lower() else 0
        except BrokenSitemap:
            count = 0
        if count:
            survey.sitemaps[url] = count


async def _sections(fetch: Fetch, survey: Survey, links: list[Link], site: Site) -> list[Link]:
    """Visit what looks like sections; the links found there."""
    patterns = [shape.pattern for shape in article_shapes(links)]
    found: list[Link] = []
    for link in sections(links, patterns)[:MOST_SECTIONS]:
        page = await fetch(link.url)
        inside = list(_links(_text(page), page.url, site)) if page else []
        if sum(one.is_headline for one in inside) >= 5:
            survey.sections.append(link)
            found += inside
    return found


async def _articles(fetch: Fetch, read: Read, survey: Survey, links: list[Link], site: Site) -> None:
    """Read a few pages of each shape as the crawl would; a shape most of whose pages are articles is kept."""
    for shape in article_shapes(links)[:MOST_SHAPES]:
        samples = [await _sample(fetch, read, url, site) for url in shape.urls[:SAMPLES]]
        survey.samples += samples
        if sum(sample.article is not None for sample in samples) * 2 > len(samples):
            survey.patterns[shape.pattern] = len(shape.urls)


async def _sample(fetch: Fetch, read: Read, url: str, site: Site) -> Sample:
    page = await fetch(url)
    if page is None:
        return Sample(url=url, reason="no answer")
    try:
        return Sample(url=url, article=read(page, site))
    except Dropped as reason:
        return Sample(url=url, reason=f"{type(reason).__name__}: {reason}")


async def _epaper(fetch: Fetch, survey: Survey, links: list[Link], site: Site) -> None:
    """An e-paper's address with the day left open, where one is linked."""
    for url in list(dict.fromkeys(link.url for link in links if EPAPER.search(link.words)))[:2]:
        page = await fetch(url)
        found = of_epaper(_text(page), page.url, site, {}) if page else []
        issue = page.url if page and issue_day(page.url) else next((one.url for one in found if issue_day(one.url)), None)
        if issue:
            survey.epaper = _template(issue)
            return


def _template(url: str) -> str:
    """The address with the digits of its day written %Y, %m and %d.

    >>> _template("https://paper.example/html/2026-03/18/node_1.htm")
    'https://paper.example/html/%Y-%m/%d/node_1.htm'
    """
    match = DATED.search(url)
    if not match:
        return url
    for group, mark in ((3, "%d"), (2, "%m"), (1, "%Y")):
        url = url[: match.start(group)] + mark + url[match.end(group) :]
    return url
