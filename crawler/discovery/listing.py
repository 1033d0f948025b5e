"""What a listing names, whatever its kind: one pure function, so that a worker process can run it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crawler import links
from crawler.decode import decode
from crawler.discovery.epaper import of_epaper
from crawler.discovery.feeds import of_feed
from crawler.discovery.sitemaps import of_sitemap
from crawler.sites import Site
from storage.frontier import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A fetched section page, feed, sitemap or e-paper page."""

    kind: str
    url: str
    body: bytes
    content_type: str
    depth: int = 0
    context: dict[str, Any] = field(default_factory=dict)


def named(listing: Listing, site: Site) -> list[Found]:
    """The addresses that a listing names. Raises `crawler.discovery.sitemaps.BrokenSitemap`, `crawler.items.TooLarge`."""
    if listing.kind == "feed":
        return of_feed(listing.body, listing.url, site, listing.content_type)
    if listing.kind == "sitemap":
        return of_sitemap(listing.body, listing.url, site, listing.depth)
    decoded = decode(listing.body, listing.content_type, override=site.encoding)
    if listing.kind == "epaper":
        return of_epaper(decoded.text, listing.url, site, listing.context)
    return links.of_section(decoded, listing.url, site, listing.depth)
