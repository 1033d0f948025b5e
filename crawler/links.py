"""The addresses that a section page names, and which of a site's addresses are articles."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

from crawler.decode import Decoded
from crawler.decode.queries import query_in
from crawler.sites import Site
from storage.frontier import Found

LONGEST = 2083
MOST_LINKS = 20_000
TAGS = re.compile(r"<(/?a|base|link)\b([^<>]{0,4000})>", re.I)
TAG = re.compile(r"<[^<>]{0,4000}>")
OPENINGS = re.compile(r"<!--|<script|<style", re.I)
FEED_TYPE = re.compile(r"application/(?:rss|atom)\+xml", re.I)
ATTRIBUTE = {"href": re.compile(r"""(?:^|[\s"'/])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.I)}
NEXT = re.compile(r"^[\[【\s>»]*(?:下一页|下页|后一页|下一頁|next)[\]】\s>»]*$", re.I)
# How news addresses look where no profile says: a date in the path, or an id before .htm.
ARTICLE = re.compile(r"(?:/(?:19|20)\d{2}[-/_]?\d{2}[-/_]?\d{0,2}[/_-]?.*\d|/t?(?:19|20)\d{6}_\d+|content_\d+|/\d{4,}|/art/.*\d|_\d{4,})[^/]*\.s?html?$|/(?:article|news|detail|show)[/_-]?\d{3,}")
BINARY = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|css|js|pdf|docx?|xlsx?|pptx?|zip|rar|mp[34]|flv|avi|apk|exe|ico|swf)(?:$|\?)", re.I)

def of_section(decoded: Decoded, base: str, site: Site, depth: int) -> list[Found]:
    """Articles, further pages and sections that a section page links to; depth counts sections, not pages.

    One linear pass over the tags, no parser: no nesting, no attribute and no unclosed comment makes it slower.
    """
    found: dict[str, Found] = {}
    open_link: tuple[str, int] | None = None
    for match in TAGS.finditer(_visible(decoded.text)):
        name = match.group(1).lower()
        if open_link is not None and name in ("a", "/a"):
            _put(found, _link(open_link[0], match.string[open_link[1] : match.start()], site, depth))
            open_link = None
        if name == "base" and (href := _attribute(match.group(2), "href")):
            base = _join(base, href) or base
        elif name == "a" and (href := _attribute(match.group(2), "href")) and (url := address(base, query_in(href, decoded.encoding), site)):
            open_link = (url, match.end())
        elif name == "link" and FEED_TYPE.search(match.group(2)) and (url := address(base, _attribute(match.group(2), "href"), site)):
            _put(found, Found(url=url, kind="feed"))
        if len(found) >= MOST_LINKS:
            break
    if open_link is not None:
        _put(found, _link(open_link[0], "", site, depth))
    return list(found.values())


def _put(found: dict[str, Found], one: Found | None) -> None:
    """The first link to an address that has words tells its title."""
    if one is not None and (one.url not in found or (one.context.get("title") and not found[one.url].context.get("title"))):
        found[one.url] = one


def _visible(text: str) -> str:
    """The page without comments, scripts and styles; an opening without its end is left where it is."""
    parts, at, missing = [], 0, set()
    for match in OPENINGS.finditer(text):
        start = match.start()
        end_mark = "-->" if match.group(0) == "<!--" else "</" + match.group(0)[1:].lower()
        if start < at or end_mark in missing:
            continue
        end = text.find(end_mark, start + 4) if end_mark == "-->" else _find_end(text, end_mark, start)
        if end < 0:
            missing.add(end_mark)
            continue
        parts.append(text[at:start])
        at = end + len(end_mark)
    return "".join((*parts, text[at:]))


def _find_end(text: str, mark: str, start: int) -> int:
    found = [at for at in (text.find(mark, start), text.find(mark.upper(), start)) if at >= 0]
    return min(found, default=-1)


def _attribute(tag: str, name: str) -> str:
    match = ATTRIBUTE[name].search(tag)
    return html.unescape(next((value for value in match.groups() if value is not None), "")) if match else ""


def _link(url: str, inside: str, site: Site, depth: int) -> Found | None:
    words = " ".join(html.unescape(TAG.sub("", inside[:2000])).split())
    if NEXT.match(words):
        return Found(url=url, kind="section", depth=depth)
    if is_article(url, site):
        return Found(url=url, kind="article", depth=depth + 1, context={"title": words[:200]} if words else {})
    if depth < site.max_depth and is_section(url, site):
        return Found(url=url, kind="section", depth=depth + 1)
    return None


def is_article(url: str, site: Site) -> bool:
    return site.is_article(url) if site.article else bool(ARTICLE.search(urlsplit(url).path))


def is_section(url: str, site: Site) -> bool:
    """Whether a page is looked through for links: what the profile says, else short paths of the site."""
    if site.section:
        return any(re.search(pattern, url) for pattern in site.section)
    parts = urlsplit(url)
    return not parts.query and parts.path.count("/") <= 3 and bool(re.search(r"/$|/(?:index|list|node|col)[^/]*$", parts.path or "/"))


def address(base: str, href: str, site: Site) -> str | None:
    """The absolute address, when it is http(s), on the site, and not to be ignored."""
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    url = _join(base, href)
    if url is None or len(url) > LONGEST or not site.admits(url):
        return None
    if BINARY.search(urlsplit(url).path) or any(re.search(pattern, url) for pattern in site.ignore):
        return None
    return url


def _join(base: str, href: str) -> str | None:
    try:
        return urljoin(base, href.strip()).partition("#")[0]
    except ValueError:
        return None
