"""Bytes to text."""

from __future__ import annotations

import pytest

from crawler.decode import decode

TEXT = "<p>县气象台今天发布大风蓝色预警信号，预计风力可达六级，请关好门窗。</p>\n<p>镕喆堃</p>\n"
TRADITIONAL = "<p>青石縣文化館昨天上午舉行儀式，來自海峽兩岸的三十多位來賓出席。</p>\n"
CASES = {
    "gbk, nothing declared": (TEXT.encode("gbk"), None, TEXT),
    "gbk as utf-8 by header": (TEXT.encode("gbk"), "text/html; charset=utf-8", TEXT),
    "utf-8 as gb2312 by header": (TEXT.encode(), "text/html; charset=gb2312", TEXT),
    "big5 as gb2312": (TRADITIONAL.encode("big5"), "text/html; charset=gb2312", TRADITIONAL),
    "hostile label": (TEXT.encode("gbk"), "text/html; charset=base64_codec", TEXT),
    "utf-16 without mark": (TEXT.encode("utf-16-le"), None, TEXT),
}


@pytest.mark.parametrize("name", CASES)
def test_decode(name):
    body, header, truth = CASES[name]
    assert decode(body, header).text == truth


def test_a_bad_byte_costs_one_character():
    body = TEXT.encode("gbk")
    at = body.index("，".encode("gbk"))
    assert decode(body[:at] + b"\xff" + body[at:]).text.replace("\ufffd", "") == TEXT


def test_a_line_in_another_encoding_is_read_by_itself():
    found = decode(TRADITIONAL.encode() + TEXT.encode("gbk") + TRADITIONAL.encode() * 3)
    assert found.text == TRADITIONAL + TEXT + TRADITIONAL * 3
    assert found.evidence == "mixed"
