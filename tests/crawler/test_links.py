"""Links of listings."""

from __future__ import annotations

import pytest

from crawler import links
from crawler.decode import decode
from crawler.items import Page
from crawler.sites import Site
from pipelines.read_page import read_page
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


def test_an_attachment_of_a_gbk_page_keeps_its_name_in_the_pages_encoding():
    notice = "<h1>停水通知</h1><p>因管道维修，东关街、西关街明天上午停水，请各用水户提前储水，给您带来不便请谅解。</p>"
    body = f'<html><body>{notice}<p><a href="/down.jsp?f=停水.doc">附件：停水.doc</a></p></body></html>'.encode("gbk")
    found = read_page(Page("http://a.example/1.html", body, "text/html; charset=gbk"))
    assert [file.url for file in found.attachments] == ["http://a.example/down.jsp?f=%CD%A3%CB%AE.doc"]
