"""Bytes to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decode import decode, labels

TEXT = "<p>县气象台今天发布大风蓝色预警信号，预计风力可达六级，请关好门窗。</p>\n<p>镕喆堃</p>\n"
TRADITIONAL = "<p>青石縣文化館昨天上午舉行儀式，來自海峽兩岸的三十多位來賓出席。</p>\n"
RUSSIAN = "<p>Вчера в уездной библиотеке открылась выставка старых карт, её посетили сто человек.</p>\n"
GREEK = "<p>Χθες το πρωί άνοιξε η νέα γέφυρα στο χωριό, μετά από επτά μήνες εργασιών.</p>\n"
GERMAN = "<p>Gestern wurde die neue Brücke über den Fluß für Fußgänger geöffnet.</p>\n"
JAPANESE = "<p>昨日の午前、町の図書館で古い地図の展示会が始まりました。</p>\n"
KOREAN = "<p>어제 오전 군청 앞에서 새 도서관의 개관식이 열렸습니다.</p>\n"
CASES = {
    "gbk, nothing declared": (TEXT.encode("gbk"), None, TEXT),
    "gbk as utf-8 by header": (TEXT.encode("gbk"), "text/html; charset=utf-8", TEXT),
    "utf-8 as gb2312 by header": (TEXT.encode(), "text/html; charset=gb2312", TEXT),
    "big5 as gb2312": (TRADITIONAL.encode("big5"), "text/html; charset=gb2312", TRADITIONAL),
    "gbk as latin-1": (TEXT.encode("gbk"), "text/html; charset=iso-8859-1", TEXT),
    "gbk as windows-1251": (TEXT.encode("gbk"), "text/html; charset=windows-1251", TEXT),
    "hostile label base64": (TEXT.encode("gbk"), "text/html; charset=base64_codec", TEXT),
    "hostile label utf-7": (TEXT.encode("gbk"), "text/html; charset=utf-7", TEXT),
    "hostile label with NUL": (TEXT.encode("gbk"), "text/html; charset=gb\x002312", TEXT),
    "utf-7 bytes stay as they are": (b"<p>+ADw-script+AD4-</p>", "text/html; charset=utf-7", "<p>+ADw-script+AD4-</p>"),
    "utf-16 without mark": (TEXT.encode("utf-16-le"), None, TEXT),
    "utf-32 with mark": (b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"), None, TEXT),
    "utf-8 with a hole of zeros": (TEXT[:20].encode() + bytes(3000) + TEXT[20:].encode(), None, TEXT[:20] + "\0" * 3000 + TEXT[20:]),
    "gbk with a hole of zeros": (TEXT[:20].encode("gbk") + bytes(3001) + TEXT[20:].encode("gbk"), None, TEXT[:20] + "\0" * 3001 + TEXT[20:]),
    "iso-2022-jp": (JAPANESE.encode("iso2022_jp"), None, JAPANESE),
    "hz beside a tilde address": (("<a href='/~wang/'>" + TEXT[:20] + "</a>\n").encode("hz").replace(b"~~", b"~"), None, "<a href='/~wang/'>" + TEXT[:20] + "</a>\n"),
    "shift_jis": (JAPANESE.encode("cp932"), None, JAPANESE),
    "euc-kr": (KOREAN.encode("cp949"), None, KOREAN),
    "windows-1251 declared": (RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", RUSSIAN),
    "koi8-r declared": (RUSSIAN.encode("koi8-r"), "text/html; charset=koi8-r", RUSSIAN),
    "koi8-r declared as windows-1251": (RUSSIAN.encode("koi8-r"), "text/html; charset=windows-1251", RUSSIAN),
    "iso-8859-7 declared": (GREEK.encode("iso8859-7"), "text/html; charset=greek", GREEK),
    "latin-1 declared": (GERMAN.encode("cp1252"), "text/html; charset=latin1", GERMAN),
    "euro sign of windows-936": (TEXT.encode("gbk") + b"<p>\x80 50</p>", "text/html; charset=gbk", TEXT + "<p>€ 50</p>"),
    "two hanzi that are utf-8 by chance": ("<b>县城</b>".encode("gbk"), "text/html; charset=gbk", "<b>县城</b>"),
    "cut inside a character": (TEXT.encode("gbk") + "县".encode("gbk")[:1], None, TEXT + "\ufffd"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_decode(name):
    body, header, truth = CASES[name]
    assert decode(body, header).text == truth


def test_the_sites_own_word_wins_over_what_the_bytes_say():
    body = TEXT.encode("gbk")
    assert decode(body, override="windows-1252").text == body.decode("cp1252", "replace")
    assert decode(body, override="windows-1252").evidence == "site"


@pytest.mark.parametrize("encoding", ["gbk", "big5", "euc_jp"])
def test_a_bad_byte_costs_one_character(encoding):
    text = {"gbk": TEXT, "big5": TRADITIONAL, "euc_jp": JAPANESE}[encoding]
    body = text.encode(encoding)
    at = len((text[:9]).encode(encoding))
    found = decode(body[:at] + b"\xff" + body[at:], f"text/html; charset={encoding}")
    assert found.text.replace("\ufffd", "") == text
    assert found.errors == 1


@pytest.mark.parametrize(("encoding", "text"), [("gbk", TEXT), ("big5", TRADITIONAL)], ids=["gbk", "big5"])
def test_a_lost_byte_costs_a_character_or_two_not_the_paragraph(encoding, text):
    whole = text.encode(encoding)
    at = len(text[:10].encode(encoding))
    found = decode(whole[:at] + whole[at + 1 :], f"text/html; charset={encoding}")
    assert found.text.startswith(text[:9])
    assert found.text.endswith(text[12:])
    assert abs(len(found.text) - len(text)) <= 1


def test_a_line_in_another_encoding_is_read_by_itself():
    found = decode(TRADITIONAL.encode() + TEXT.encode("gbk") + TRADITIONAL.encode() * 3)
    assert found.text == TRADITIONAL + TEXT + TRADITIONAL * 3
    assert (found.evidence, found.encoding) == ("mixed", "mixed:utf-8+gb18030")


def test_a_text_node_in_another_encoding_is_read_by_itself_on_a_page_without_line_breaks():
    page, stray = (TEXT * 5).replace("\n", ""), TEXT.replace("\n", "")
    found = decode((page.encode("gbk") + stray.encode() + page.encode("gbk")), "text/html; charset=gbk")
    assert found.text == page + stray + page


def test_a_big5_page_with_a_utf8_line():
    found = decode(TRADITIONAL.encode("big5") * 4 + TRADITIONAL.encode() + TRADITIONAL.encode("big5"))
    assert found.text == TRADITIONAL * 6


def test_evidence_names_declaration_errors_and_confidence():
    found = decode(TEXT.encode("gbk"), "text/html; charset=GB2312")
    assert (found.declared, found.encoding, found.evidence, found.errors) == ("GB2312", "gb18030", "header", 0)
    lie = decode(TEXT.encode("gbk"), "text/html; charset=UTF-8")
    assert (lie.declared, lie.encoding, lie.evidence) == ("UTF-8", "gb18030", "score")


def test_a_replacement_character_that_the_page_itself_has_is_no_error():
    assert decode("<p>县\ufffd城</p>".encode()).errors == 0


@pytest.mark.parametrize("label", labels.CODECS)
def test_every_label_of_the_standard_is_read(label):
    codec = labels.codec(label.upper())
    assert codec is not None
    assert decode(b"abc", f"text/html; charset={label}").text == "abc"
    assert "".encode(codec) is not None


@pytest.mark.parametrize("label", ["base64_codec", "rot13", "hex", "utf-7", "idna", "punycode", "zlib", "unicode_escape", "raw_unicode_escape", "mbcs", "", "undefined"])
def test_a_label_outside_the_standard_is_none(label):
    assert labels.codec(label) is None


@given(st.binary(max_size=400), st.sampled_from([None, "gbk", "big5", "utf-8", "shift_jis", "windows-1251", "utf-16", "iso-2022-jp", "utf-7"]))
def test_no_bytes_raise(body, label):
    found = decode(body, f"text/html; charset={label}" if label else None)
    assert 0 <= found.confidence <= 1
    assert found.errors >= 0
