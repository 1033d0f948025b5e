"""Sitemaps (sitemaps.org 0.9), sitemap indexes and Google-News sitemaps, read as a stream."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import lxml.etree

from crawler.links import address, is_article
from crawler.sites import Site
from storage.frontier import Found

MOST_URLS = 50_000
MOST_BYTES = 50 << 20
"""Both bounds are the protocol's own, https://www.sitemaps.org/protocol.html."""
DEEPEST = 3
"""Indexes inside indexes that are followed; the protocol allows none."""
CHUNK = 64 << 10
DAY = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One ``<url>`` or ``<sitemap>`` element."""

    kind: str
    """``article`` or ``sitemap``."""
    url: str
    lastmod: str | None = None
    title: str | None = None
    """``news:title`` of a Google-News sitemap."""
    published: str | None = None
    """``news:publication_date``."""

    @property
    def day(self) -> date | None:
        """The day of the last change, else of publication; None where the sitemap does not say."""
        match = DAY.match(self.lastmod or self.published or "")
        try:
            return date(*(int(part) for part in match.groups())) if match else None
        except ValueError:
            return None


class BrokenSitemap(ValueError):
    """A compressed sitemap that ends before its end, or is larger than the protocol allows."""


def of_sitemap(body: bytes, base: str, site: Site, depth: int = 0) -> list[Found]:
    """Articles in a sitemap, sitemaps in an index; what last changed before the profile's ``since`` is left out.

    ``base`` is the sitemap's address, ``depth`` how many indexes lie above it. Raises `BrokenSitemap`.
    """
    found, nothing = [], dict[str, str]()  # one empty dict for all: 50 000 of them are megabytes
    for entry in entries(body):
        url = address(base, entry.url, site)
        if url and _wanted(entry, url, site, depth):
            context = {"title": (entry.title or "")[:500], "published": (entry.published or "")[:64]}
            found.append(Found(url=url, kind=entry.kind, depth=depth + 1, context={k: v for k, v in context.items() if v} or nothing))
    return found


def _wanted(entry: Entry, url: str, site: Site, depth: int) -> bool:
    if site.since and entry.day and entry.day < site.since:
        return False
    return depth < DEEPEST if entry.kind == "sitemap" else bool(entry.title) or is_article(url, site)


def entries(body: bytes) -> Iterator[Entry]:
    """What a sitemap names, at most 50 000 entries; gzip and plain lists of addresses are read too."""
    data = _inflate(body) if body[:2] == b"\x1f\x8b" else body
    if b"<" not in data[:512]:
        yield from _lines(data)
        return
    # Entities stay unread and nothing is fetched: a sitemap is somebody else's XML.
    parser = lxml.etree.XMLPullParser(events=("end",), resolve_entities=False, no_network=True, recover=True, remove_comments=True)
    count = 0
    for at in range(0, len(data), CHUNK):
        parser.feed(data[at : at + CHUNK])
        for entry in _read(parser):
            yield entry
            count += 1
            if count >= MOST_URLS:
                return


def _read(parser: Any) -> Iterator[Entry]:
    for _, element in parser.read_events():
        kind = {"url": "article", "sitemap": "sitemap"}.get(_name(element))
        if kind is None:
            continue
        values = {_name(child): (child.text or "").strip() for child in element.iter() if isinstance(child.tag, str)}
        if values.get("loc"):
            yield Entry(kind=kind, url=values["loc"], lastmod=values.get("lastmod"), title=values.get("title"), published=values.get("publication_date"))
        _forget(element)


def _name(element: Any) -> str:
    return str(lxml.etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _forget(element: Any) -> None:
    """Free what was read, or a sitemap of 50 000 addresses stays in memory as a tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _lines(data: bytes) -> Iterator[Entry]:
    for line in data.decode("utf-8-sig", "replace").splitlines()[:MOST_URLS]:
        if line.strip().startswith(("http://", "https://")):
            yield Entry(kind="article", url=line.strip())


def _inflate(body: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        data = stream.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise BrokenSitemap(f"the compressed sitemap is damaged: {error}") from None
    if len(data) > MOST_BYTES:
        raise BrokenSitemap(f"the sitemap is larger than the {MOST_BYTES >> 20} MiB that the protocol allows")
    if not stream.eof:
        raise BrokenSitemap("the compressed sitemap ends before its end")
    return data
