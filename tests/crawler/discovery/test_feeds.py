"""Feeds as sites really serve them."""

from __future__ import annotations

import pytest

from crawler.discovery.feeds import of_feed
from crawler.sites import Site
from tests.conftest import shared

SITE = Site(name="n", domains=("n.example",))
BASE = "https://n.example/rss/news.xml"
ITEM = "<item><title>县里召开春季植树动员大会</title><link>{link}</link><pubDate>Wed, 18 Mar 2026 08:30:00 +0800</pubDate></item>"


def rss(link="https://n.example/a/1.html", declared="utf-8"):
    return f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><title>要闻</title>{ITEM.format(link=link)}</channel></rss>'


NEGATIVE = {
    "no feed": b"<html><body>404</body></html>",
    "empty": b"",
    "other site": rss("https://elsewhere.example/1.html").encode(),
    "script": rss("javascript:alert(1)").encode(),
    "bad port": rss("http://n.example:99999/1").encode(),
    "a file's name": b"/etc/passwd",
    "an address": b"http://127.0.0.1:1/feed.xml",
}
GOOD = {
    "utf-8": rss().encode(),
    "GBK that says so": rss(declared="gb2312").encode("gbk"),
    "GBK that says UTF-8": rss().encode("gbk"),
    "UTF-8 that says gb2312": rss(declared="gb2312").encode(),
    "BOM": b"\xef\xbb\xbf" + rss().encode(),
    "relative link": rss("/a/1.html").encode(),
    "guid only": rss().replace("<link>", '<guid isPermaLink="true">').replace("</link>", "</guid>").encode(),
    "atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>县里召开春季植树动员大会</title>'
        '<link href="https://n.example/a/1.html"/><updated>2026-03-18T08:30:00+08:00</updated></entry></feed>'
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", NEGATIVE)
def test_negative(name):
    assert of_feed(NEGATIVE[name], BASE, SITE) == []


@pytest.mark.parametrize("name", GOOD)
def test_the_entry_is_found_with_its_title(name):
    (one,) = of_feed(GOOD[name], BASE, SITE)
    assert (one.url, one.kind, one.context["title"]) == ("https://n.example/a/1.html", "article", "县里召开春季植树动员大会")
    assert one.context["published"].startswith(("Wed, 18 Mar 2026", "2026-03-18"))


def test_feedparsers_own_odd_feeds_raise_nothing():
    files = sorted((shared() / "corpora/feedparser/tests").rglob("*.xml"))
    assert files
    for file in files:
        of_feed(file.read_bytes(), BASE, SITE)
