"""What a page declares, and the labels mapped to the encodings that sites really use under them."""

from __future__ import annotations

import re

# Sites declare GB2312 and then print 镕, which only GBK and GB18030 have; the WHATWG standard maps the same way.
SUPERSETS = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gb_2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "cp936": "gb18030", "gb18030": "gb18030", "chinese": "gb18030", "csgb2312": "gb18030", "iso-ir-58": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "big5-eten": "big5hkscs", "utf-8": "utf-8", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "hz-gb-2312": "hz",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "euc-jp": "euc_jp", "x-euc-jp": "euc_jp", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "korean": "cp949",
    "windows-949": "cp949", "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip

META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,30})""", re.I)
XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_.-]{2,30})""", re.I)
HEADER = re.compile(r"""charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,30})""", re.I)
SEARCHED = 8192


def of_header(content_type: str | None) -> str | None:
    """The charset label of a Content-Type header, as given."""
    match = HEADER.search(content_type or "")
    return match.group(1) if match else None


def of_page(body: bytes) -> str | None:
    """The charset label in the first 8 KiB of a page (meta or XML declaration), as given."""
    head = body[:SEARCHED]
    match = META.search(head) or XML.search(head)
    return match.group(1).decode("ascii") if match else None


def codec(label: str | None) -> str | None:
    """The Python codec for a label; None for labels outside the table.

    >>> codec("GB2312"), codec("base64_codec")
    ('gb18030', None)
    """
    return SUPERSETS.get((label or "").strip().lower())
