"""RSS and Atom feeds, decoded by us: a feed that says UTF-8 over GBK is common."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import urljoin

import feedparser

from crawler.decode import decode
from crawler.links import address
from crawler.sites import Site
from storage.frontier import Found

MOST = 5000
"""Entries read of one feed."""
DECLARED = re.compile(r"""^(\s*<\?xml[^>]{0,200}?)\s+encoding\s*=\s*["'][^"'>]{0,40}["']""")
OURS = {"content-type": "application/xml; charset=utf-8"}


def of_feed(body: bytes, base: str, site: Site, content_type: str | None = None) -> list[Found]:
    """Articles in an RSS or Atom feed, in its order; the feed's own title and date of each go along as context.

    ``base`` is the feed's address; what is no feed gives an empty list.
    """
    text = decode(body, content_type, override=site.encoding).text
    plain = DECLARED.sub(r"\1", text.lstrip("\ufeff"), count=1).encode("utf-8", "replace")
    # A stream: feedparser takes a bare string for an address or a file name.
    parsed = feedparser.parse(io.BytesIO(plain), response_headers=OURS, resolve_relative_uris=False, sanitize_html=False)
    found = (_entry(entry, base, site) for entry in parsed.entries[:MOST])
    return [one for one in found if one]


def _entry(entry: Any, base: str, site: Site) -> Found | None:
    own = str(entry.get("feedburner_origlink") or entry.get("link") or _permalink(entry) or "")
    url = address(urljoin(base, entry.get("base") or "") if entry.get("base") else base, own, site)
    if url is None:
        return None
    context = {"title": str(entry.get("title") or "")[:500], "published": str(entry.get("published") or entry.get("updated") or "")[:64]}
    return Found(url=url, kind="article", depth=1, context={k: v for k, v in context.items() if v})


def _permalink(entry: Any) -> str | None:
    """A guid, where it is an address."""
    guid = str(entry.get("id") or "")
    return guid if guid.startswith(("http://", "https://")) else None
