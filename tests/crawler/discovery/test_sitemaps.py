"""Sitemaps: the protocol, its Google-News part, and what is wrong with real ones."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import date

import pytest

from crawler.discovery.sitemaps import BrokenSitemap, entries, of_sitemap
from crawler.sites import Site

SITE = Site(name="n", domains=("n.example",), article=(r"/\d+\.html$",), since=date(2026, 1, 1))
BASE = "https://n.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*inner):
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{"".join(inner)}</urlset>'.encode()


def url(number=1, lastmod="2026-03-18", more=""):
    return f"<url><loc>https://n.example/{number}.html</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}{more}</url>"


def index(lastmod="2026-03-18"):
    return f"<sitemapindex {NS}><sitemap><loc>https://n.example/s1.xml</loc><lastmod>{lastmod}</lastmod></sitemap></sitemapindex>".encode()


NEWS = "<news:news><news:publication_date>2026-03-18T07:00:00+08:00</news:publication_date><news:title>早市搬进新大棚</news:title></news:news>"
NEGATIVE = {
    "before since": urlset(url(lastmod="2025-12-31")),
    "no article": urlset("<url><loc>https://n.example/about</loc></url>"),
    "other site": urlset("<url><loc>https://elsewhere.example/1.html</loc></url>"),
    "old index entry": index("2025-01-01T00:00:00Z"),
    "html": b"<html><body><a href='/1.html'>x</a></body></html>",
    "empty": b"",
}
GOOD = {
    "plain": urlset(url()),
    "with a time": urlset(url(lastmod="2026-03-18T08:00:00+08:00")),
    "no lastmod": urlset(url(lastmod=None)),
    "nonsense lastmod": urlset(url(lastmod="2026-99-99")),
    "no namespace": urlset(url()).replace(NS.encode(), b""),
    "cut off": urlset(url())[:-9],
    "list of addresses": b"\xef\xbb\xbfhttps://n.example/1.html\r\nno address\r\n",
    "gzip": gzip.compress(urlset(url())),
    "blanks in loc": urlset(url().replace("https://n.example/1.html", "\n https://n.example/1.html \n")),
}


@pytest.mark.parametrize("name", NEGATIVE)
def test_negative(name):
    assert of_sitemap(NEGATIVE[name], BASE, SITE) == []


@pytest.mark.parametrize("name", GOOD)
def test_the_article_is_found(name):
    assert [(one.url, one.kind) for one in of_sitemap(GOOD[name], BASE, SITE)] == [("https://n.example/1.html", "article")]


def test_an_index_names_sitemaps():
    assert [(one.url, one.kind, one.depth) for one in of_sitemap(index(), BASE, SITE)] == [("https://n.example/s1.xml", "sitemap", 1)]


def test_indexes_that_name_each_other_end():
    assert of_sitemap(index(), BASE, SITE, depth=3) == []


def test_a_news_sitemap_gives_title_and_date_whatever_the_address():
    (one,) = of_sitemap(urlset(url("zaoshi", None, NEWS)), BASE, SITE)
    assert one.context == {"title": "早市搬进新大棚", "published": "2026-03-18T07:00:00+08:00"}


@pytest.mark.parametrize(
    ("name", "body"),
    [("ends early", gzip.compress(urlset(url()))[:-12]), ("no gzip", b"\x1f\x8bnot really"), ("bomb", gzip.compress(b"<" + b" " * (51 << 20)))],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_sitemap_is_an_error_not_an_empty_one(name, body):
    with pytest.raises(BrokenSitemap):
        of_sitemap(body, BASE, SITE)


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE u [<!ENTITY a "https://n.example/1.html"><!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url><url><loc>&f;</loc></url></urlset>'
    assert of_sitemap(bomb, BASE, SITE) == []


@pytest.mark.slow
def test_fifty_thousand_addresses_in_under_a_hundred_megabytes():
    body = urlset(*(url(n) for n in range(60_000)))
    tracemalloc.start()
    count = sum(1 for _ in entries(body))
    peak = tracemalloc.get_traced_memory()[1]
    found = of_sitemap(body, BASE, SITE)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == len(found) == 50_000
    assert peak < 20 << 20
    assert held < 100 << 20
