"""What a page declares, and the labels mapped to the codecs that web pages use under them.

Labels: WHATWG Encoding Standard, "Names and labels" (https://encoding.spec.whatwg.org/#names-and-labels). A label that is
not in it (``base64_codec``, ``utf-7``, ``rot13``) is no declaration, whatever Python would make of it.
"""

from __future__ import annotations

import re

# codec: its labels. Where the standard reads a label as a wider encoding (gb2312 as gbk, iso-8859-1 as windows-1252,
# iso-8859-9 as windows-1254), so do we; GB labels go all the way to GB18030, since sites declare GB2312 and print 㙍.
LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030 cp936 gb-2312 gb_18030 gb18030-2000 windows-936",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 big5-eten big5hkscs cp950 big-5",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp_ext": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "iso2022_kr": "csiso2022kr iso-2022-kr",
    "hz": "hz-gb-2312",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-32-be": "utf-32be",
    "utf-32-le": "utf-32 utf-32le",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac_roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
}  # fmt: skip
CODECS = {label: codec for codec, labels in LABELS.items() for label in labels.split()}

MARKUP = re.compile(rb"<(?:!--.*?(?:-->|$)|[mM][eE][tT][aA][\s/][^>]{0,2000})", re.S)
ATTRIBUTE = re.compile(rb"""(?<![^\s=/"'<>])([^\s=/"'<>]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
CHARSET = re.compile(rb"""charset\s*=\s*(?:"\s*([^"]+)"|'\s*([^']+)'|([^\s;"']+))""", re.I)
XML = re.compile(rb"""^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_.:-]{2,30})""", re.I)
HEADER = re.compile(r"""charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,30})""", re.I)
SEARCHED = 8192


def of_header(content_type: str | None) -> str | None:
    """The charset label of a Content-Type header, as given."""
    match = HEADER.search(content_type or "")
    return match.group(1) if match else None


def of_page(body: bytes) -> str | None:
    """The charset label in the first 8 KiB of a page (XML declaration, or the first meta with one that is known), as given.

    >>> of_page(b'<!-- <meta charset=big5> --><meta name="a" content="charset=koi8-r"><meta charset="GBK">')
    'GBK'
    """
    head = body[:SEARCHED]
    if match := XML.match(head):
        return match.group(1).decode("ascii")
    found = [label for match in MARKUP.finditer(head) if not match.group().startswith(b"<!") and (label := _of_meta(match.group()))]
    return next((label for label in found if codec(label)), found[0] if found else None)


def _of_meta(tag: bytes) -> str | None:
    """The label of one meta tag: its ``charset``, or that in ``content`` where ``http-equiv`` speaks of the type."""
    values = {m[0].lower(): m[1] or m[2] or m[3] for m in ATTRIBUTE.findall(tag[5:])}
    found = values.get(b"charset")
    if found is None and values.get(b"http-equiv", b"").strip().lower() == b"content-type":
        match = CHARSET.search(values.get(b"content", b""))
        found = (match.group(1) or match.group(2) or match.group(3)) if match else None
    return found.strip().decode("ascii", "replace") or None if found else None


def codec(label: str | None) -> str | None:
    """The Python codec for a label; None for labels outside the table.

    >>> codec("GB2312"), codec("iso-8859-9"), codec("base64_codec")
    ('gb18030', 'cp1254', None)
    """
    return CODECS.get((label or "").strip().lower())
