"""Links of listings."""

from __future__ import annotations

import pytest

from crawler import links
from crawler.decode import decode
from crawler.sites import Site
from storage.keys import canonical, url_key

SITE = Site(name="t", start=("http://a.example/",), article=(r"/show\.asp|/文章/",))
PAGE = '<a href="/show.asp?q=新闻&id=7">一</a> <a href="/文章/1.html">二</a> <a href="/show.asp?q=😀">三</a>'
SENT = {
    "gbk": ["http://a.example/show.asp?q=%D0%C2%CE%C5&id=7", "http://a.example/文章/1.html", "http://a.example/show.asp?q=%26%23128512%3B"],
    "utf-8": ["http://a.example/show.asp?q=%E6%96%B0%E9%97%BB&id=7", "http://a.example/文章/1.html", "http://a.example/show.asp?q=%F0%9F%98%80"],
}


@pytest.mark.parametrize("encoding", SENT)
def test_a_query_is_sent_in_the_pages_encoding_and_a_path_in_utf8(encoding):
    body = PAGE.replace("😀", "&#128512;").encode(encoding)
    found = links.of_section(decode(body, f"text/html; charset={encoding}"), "http://a.example/", SITE, 0)
    assert [one.url for one in found] == SENT[encoding]
    assert canonical(found[1].url) == "http://a.example/%E6%96%87%E7%AB%A0/1.html"


def test_a_link_written_raw_and_one_written_encoded_are_one_address():
    body = '<a href="/show.asp?q=新闻">一</a>'.encode("gbk")
    (raw,) = links.of_section(decode(body, "text/html; charset=gbk"), "http://a.example/", SITE, 0)
    assert url_key(raw.url) == url_key("http://a.example/show.asp?q=%D0%C2%CE%C5")
