"""Article patterns learnt from links."""

from __future__ import annotations

import re

import pytest

from crawler.discovery.shapes import Link, article_shapes, sections

HEADLINES = ("县里召开春季植树动员大会", "城西菜市场恢复营业", "新门诊楼本周启用方便群众", "The county library opens on Sundays again")
CASES = {
    "TRS": ([f"https://n.example/yw/202603/t202603{n}_{n}41.html" for n in (11, 12, 18)], r"/t\d{8}_\d+\.html$"),
    "numbers": ([f"https://n.example/{n}.shtml" for n in (41, 977, 10024)], r"/\d+\.shtml$"),
    "content": ([f"https://n.example/html/2026-03/18/content_{n}.htm" for n in (1, 22, 31)], r"/content_\d+\.htm$"),
    "query": ([f"https://n.example/show.php?id={n}" for n in (1, 22, 31)], r"/show\.php\?.*\bid=\d+"),
    "letters differ": ([f"https://n.example/{s}_{n}.html" for s, n in (("zx", 1), ("zx", 2), ("yw", 3))], None),
    "hash": ([f"https://n.example/a/{n * 8}.html" for n in ("a1b2c3d4", "0f0e9d8c", "9a8b7c6d")], r"/[0-9a-f]{16,}\.html$"),
}
NEGATIVE = {
    "too few": [Link(f"https://n.example/{n}.html", HEADLINES[0]) for n in (1, 2)],
    "names of sections": [Link(f"https://n.example/list{n}.html", "要闻") for n in range(9)],
    "no number": [Link(f"https://n.example/{c}.html", HEADLINES[0]) for c in "abcdef"],
}


@pytest.mark.parametrize("name", NEGATIVE)
def test_negative(name):
    assert article_shapes(NEGATIVE[name]) == []


@pytest.mark.parametrize("name", [n for n, (_, p) in CASES.items() if p])
def test_pattern(name):
    urls, pattern = CASES[name]
    (shape,) = article_shapes([Link(url, HEADLINES[n]) for n, url in enumerate(urls)])
    assert shape.pattern == pattern
    assert all(re.search(shape.pattern, url) for url in urls)


def test_the_shape_of_most_headlines_comes_first():
    urls = CASES["TRS"][0] + [f"https://n.example/video/{n}.html" for n in range(30, 39)]
    assert [s.pattern for s in article_shapes([Link(url, HEADLINES[0]) for url in urls])] == [r"/\d+\.html$", r"/t\d{8}_\d+\.html$"]


def test_sections_are_short_names_that_lead_to_no_article():
    links = [Link("https://n.example/yw/", "要闻"), Link("https://n.example/1.html", "短讯"), Link("https://n.example/", "首页"), Link("https://n.example/2/", HEADLINES[0])]
    assert [link.words for link in sections(links, [r"/\d+\.html$"])] == ["要闻"]
