"""A page as a parsed tree, with what its head says of it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.decode import Decoded, decode
from crawler.decode.bound import bound
from crawler.decode.queries import query_in
from crawler.items import EmptyArticle, Page
from crawler.sites import Site

XML_HEAD = re.compile(rb"^\s*<\?xml[^>]*\?>")
LD = re.compile(r"<script[^>]{1,200}application/ld\+json[^>]{0,200}>", re.I)
LD_END = re.compile(r"</script", re.I)
LONGEST_LD = 200_000
MOST_LD = 8
DEPTH = 8


@dataclass(slots=True)
class Tree:
    """A parsed page."""

    root: Any
    url: str
    decoded: Decoded
    text: str
    """The page's source as it was parsed."""
    metas: dict[str, str] = field(default_factory=dict)
    """Lower-case names of ``<meta>`` (name, property or itemprop), first content each."""
    links: list[Any] = field(default_factory=list)
    """The ``<link>`` elements."""
    linked_data: list[Any] = field(default_factory=list)
    """The JSON-LD scripts that could be read."""
    cut: tuple[str, ...] = ()
    """What was taken out before parsing: the notes of `crawler.decode.bound`."""

    def values(self, key: str) -> list[str]:
        """String values of a key in the JSON-LD, in order; of an object its ``name``."""
        out: list[str] = []
        for item in self.linked_data:
            _collect(item, key, out, 0)
        return out

    def join(self, href: str) -> str | None:
        """The absolute http(s) address of a link; None where it is none."""
        try:
            url = urljoin(self.url, query_in(href.strip(), self.decoded.encoding))
            return url if urlsplit(url).scheme in ("http", "https") else None
        except ValueError:
            return None


def parse(page: Page, site: Site) -> Tree:
    """The tree of a page. Raises `crawler.items.Dropped` where there is nothing to parse."""
    decoded = decode(page.body, page.content_type, override=site.encoding)
    bounded = bound(decoded.text)
    raw = XML_HEAD.sub(b"", bounded.raw)
    if not raw.strip():
        raise EmptyArticle(f"{page.url}: the page is blank")
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False, encoding="utf-8")
    try:
        root = etree.fromstring(raw, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise EmptyArticle(f"{page.url}: {error}") from None
    if root is None:
        raise EmptyArticle(f"{page.url}: the page holds no element")
    metas, links = _head(root)
    tree = Tree(root, page.url, decoded, bounded.text, metas, links, _linked_data(bounded.text), bounded.notes)
    _show_emails(tree)
    for selector in site.selectors.remove:
        for element in root.cssselect(selector):
            _drop(element)
    return tree


def _head(root: Any) -> tuple[dict[str, str], list[Any]]:
    """What the metas say, and the ``<link>`` elements, in one pass."""
    metas: dict[str, str] = {}
    links = []
    for element in root.iter("meta", "link"):
        if element.tag == "link":
            links.append(element)
            continue
        name = element.get("name") or element.get("property") or element.get("itemprop")
        content = element.get("content")
        if name and content:
            metas.setdefault(name.strip().lower(), content)
    return metas, links


def _linked_data(text: str) -> list[Any]:
    out: list[Any] = []
    at = 0
    while len(out) < MOST_LD and (match := _next_ld(text, at)):
        at = match.end()
        if end := LD_END.search(text, at + 2, at + LONGEST_LD):
            with suppress(ValueError, RecursionError):
                out.append(json.loads(text[at : end.start()], strict=False))
            at = end.end()
    return out


def _next_ld(text: str, at: int) -> re.Match[str] | None:
    """The next tag that begins JSON-LD, by a word in it: `str.find` takes a tenth of the time."""
    while (word := text.find("ld+json", at)) >= 0:
        if match := LD.match(text, max(at, text.rfind("<", at, word))):
            return match
        at = word + 1
    return None


def _collect(value: Any, key: str, out: list[str], depth: int) -> None:
    if depth > DEPTH:
        return
    if isinstance(value, list):
        for inner in value[:50]:
            _collect(inner, key, out, depth + 1)
    elif isinstance(value, dict):
        found = value.get(key)
        for item in found if isinstance(found, list) else [found]:
            name = item.get("name") if isinstance(item, dict) else item
            if isinstance(name, str):
                out.append(name)
        for inner in value.values():
            _collect(inner, key, out, depth + 1)


def _drop(element: Any) -> None:
    """Take an element out of its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail, element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _show_emails(tree: Tree) -> None:
    """Undo Cloudflare's e-mail protection."""
    if "data-cfemail" not in tree.text:
        return
    for element in tree.root.xpath("//*[@data-cfemail]"):
        if shown := _email(element.get("data-cfemail")):
            element.text = shown
            element.tag = "span"  # an address in the text, not a link to another page
            for child in list(element):
                element.remove(child)


def _email(code: str) -> str | None:
    """Hexadecimal, each byte XOR the first.

    >>> _email("422302206c212d")
    'a@b.co'
    """
    try:
        raw = bytes.fromhex(code)
    except ValueError:
        return None
    return bytes(byte ^ raw[0] for byte in raw[1:]).decode("utf-8", "replace") if raw else None
