"""The addresses that a section page names, and which of a site's addresses are articles."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import lxml.etree
import lxml.html

from crawler.decode import Decoded
from crawler.decode.bound import bound
from crawler.decode.decode import CANDIDATES
from crawler.sites import Site
from storage.frontier import Found

LONGEST = 2083
NEXT = re.compile(r"^[\[【\s>»]*(?:下一页|下页|后一页|下一頁|next)[\]】\s>»]*$", re.I)
# How news addresses look where no profile says: a date in the path, or an id before .htm.
ARTICLE = re.compile(r"(?:/(?:19|20)\d{2}[-/_]?\d{2}[-/_]?\d{0,2}[/_-]?.*\d|/t?(?:19|20)\d{6}_\d+|content_\d+|/\d{4,}|/art/.*\d|_\d{4,})[^/]*\.s?html?$|/(?:article|news|detail|show)[/_-]?\d{3,}")
BINARY = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|css|js|pdf|docx?|xlsx?|pptx?|zip|rar|mp[34]|flv|avi|apk|exe|ico|swf)(?:$|\?)", re.I)

BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
# A form or link on a GB page is sent as GBK even where the page is read as GB18030; encodings not named here send UTF-8.
QUERY_CODECS = {"gb18030": "gbk"} | {name: name for name in (*CANDIDATES[1:], "cp1252", "cp1251", "koi8-r", "cp1250", "cp1253", "cp1254", "cp874")}


def of_section(decoded: Decoded, base: str, site: Site, depth: int) -> list[Found]:
    """Articles, further pages and sections that a section page links to; depth counts sections, not pages."""
    text = decoded.text
    try:
        root = lxml.html.document_fromstring(bound(text).text, parser=lxml.html.HTMLParser(huge_tree=True))
    except (lxml.etree.ParserError, ValueError):
        return []
    base = urljoin(base, next(iter(root.xpath("//base/@href")), "")) if root.xpath("//base/@href") else base
    found, seen = [], set()
    for link in root.iter("a"):
        href = link.get("href") or ""
        if href in seen:
            continue
        seen.add(href)
        if one := _link(link, address(base, query_in(href, decoded.encoding), site), site, depth):
            found.append(one)
    found += _feeds(root, base, site)
    return found


def _link(link: Any, url: str | None, site: Site, depth: int) -> Found | None:
    if url is None:
        return None
    words = " ".join("".join(link.itertext()).split())
    if NEXT.match(words):
        return Found(url=url, kind="section", depth=depth)
    if is_article(url, site):
        return Found(url=url, kind="article", depth=depth + 1, context={"title": words[:200]})
    if depth < site.max_depth and is_section(url, site):
        return Found(url=url, kind="section", depth=depth + 1)
    return None


def _feeds(root: Any, base: str, site: Site) -> list[Found]:
    kinds = ("application/rss+xml", "application/atom+xml")
    links = [link for link in root.iter("link") if (link.get("type") or "").lower() in kinds]
    urls = [address(base, link.get("href") or "", site) for link in links[:10]]
    return [Found(url=url, kind="feed") for url in urls if url]


def is_article(url: str, site: Site) -> bool:
    return site.is_article(url) if site.article else bool(ARTICLE.search(urlsplit(url).path))


def is_section(url: str, site: Site) -> bool:
    """Whether a page is looked through for links: what the profile says, else short paths of the site."""
    if site.section:
        return any(re.search(pattern, url) for pattern in site.section)
    parts = urlsplit(url)
    return not parts.query and parts.path.count("/") <= 3 and bool(re.search(r"/$|/(?:index|list|node|col)[^/]*$", parts.path or "/"))


def query_in(href: str, encoding: str) -> str:
    """A link with its query percent-encoded in the encoding of the page it stands on, as browsers send it.

    WHATWG URL Standard, "query state": what the encoding cannot hold goes as a character reference. The path is always
    UTF-8, so it is left to the canonical form.

    >>> query_in("/搜索?q=新闻", "gb18030")
    '/搜索?q=%D0%C2%CE%C5'
    """
    start, mark, rest = href.partition("?")
    if not mark or rest.isascii():
        return href
    query, hash_mark, fragment = rest.partition("#")
    codec = QUERY_CODECS.get(encoding.removeprefix("mixed:").split("+")[0], "utf-8")
    sent = BEYOND_ASCII.sub(lambda found: quote(found.group().encode(codec, "xmlcharrefreplace")), query)
    return start + mark + sent + hash_mark + fragment


def address(base: str, href: str, site: Site) -> str | None:
    """The absolute address, when it is http(s), on the site, and not to be ignored."""
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or not site.covers(host) or len(url) > LONGEST:
        return None
    if BINARY.search(parts.path) or any(re.search(pattern, url) for pattern in site.ignore):
        return None
    return url.split("#")[0]
