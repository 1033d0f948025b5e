"""Queries of links, in the encoding of the page that they stand on."""

from __future__ import annotations

import re
from urllib.parse import quote

from crawler.decode.evidence import CANDIDATES

BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
# A form or link on a GB page is sent as GBK even where the page is read as GB18030; encodings not named here send UTF-8.
QUERY_CODECS = {"gb18030": "gbk"} | {name: name for name in (*CANDIDATES[1:], "cp1252", "cp1251", "koi8-r", "cp1250", "cp1253", "cp1254", "cp874")}


def query_in(href: str, encoding: str) -> str:
    """A link with its query percent-encoded in the encoding of the page it stands on, as browsers send it.

    WHATWG URL Standard, "query state": what the encoding cannot hold goes as a character reference. The path is always
    UTF-8, so it is left to the canonical form.

    >>> query_in("/搜索?q=新闻", "gb18030")
    '/搜索?q=%D0%C2%CE%C5'
    """
    start, mark, rest = href.partition("?")
    if not mark or rest.isascii():
        return href
    query, hash_mark, fragment = rest.partition("#")
    codec = QUERY_CODECS.get(encoding.removeprefix("mixed:").split("+")[0], "utf-8")
    sent = BEYOND_ASCII.sub(lambda found: quote(found.group().encode(codec, "xmlcharrefreplace")), query)
    return start + mark + sent + hash_mark + fragment
