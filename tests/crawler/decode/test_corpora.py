"""Decoding against public test suites: html5lib's encoding cases and feedparser's encoded feeds, where they are at hand."""

from __future__ import annotations

import re

import pytest

from crawler.decode import decode, labels
from tests.conftest import shared

# What the standard's byte scanner alone does not call a declaration, and ours reads as a hint that the bytes may refute.
LENIENT = 15
UNDECLARED = {
    "big5.xml": "big5hkscs", "eucjp.xml": "euc_jp", "euckr.xml": "cp949", "gb2312.xml": "gb18030", "koi8r.xml": "koi8-r",
    "shiftjis.xml": "cp932", "tis620.xml": "cp874", "windows1255.xml": "cp1255",
}  # fmt: skip
WIDE = {
    "u16.xml": "utf-16-be", "utf-16be-autodetect.xml": "utf-16-be", "utf-16le-autodetect.xml": "utf-16-le", "utf-16le-bom.xml": "utf-16-le",
    "utf-32be-autodetect.xml": "utf-32-be", "utf-32le-bom.xml": "utf-32-le", "utf-32le.xml": "utf-32-le", "utf-8-bom.xml": "utf-8",
}  # fmt: skip


def test_declarations_of_html5lib_are_read():
    cases = []
    for file in sorted((shared() / "corpora/html5lib/encoding").glob("*.dat")):
        for case in re.split(rb"(?:^|\n)#data\n", file.read_bytes())[1:]:
            data, _, rest = case.partition(b"\n#encoding\n")
            cases.append((data, labels.codec(rest.split(b"\n")[0].decode())))
    assert len(cases) > 80
    missed = [data for data, wanted in cases if (labels.codec(labels.of_page(data)) or "cp1252") != wanted and not data.startswith(b"\xef\xbb\xbf")]
    misread = [data for data in missed if labels.of_page(data) is None]
    assert len(missed) <= LENIENT, missed
    assert len(misread) <= 1  # a declaration written by a script, after 8 KiB


@pytest.mark.parametrize("name", UNDECLARED)
def test_an_undeclared_feed(name):
    found = decode((shared() / "corpora/feedparser/tests/illformed/chardet" / name).read_bytes())
    assert (found.encoding, found.errors) == (UNDECLARED[name], 0)


@pytest.mark.parametrize("name", WIDE)
def test_a_wide_feed(name):
    found = decode((shared() / "corpora/feedparser/tests/encoding" / name).read_bytes())
    assert (found.encoding, found.errors) == (WIDE[name], 0)
    assert "<feed" in found.text or "<rss" in found.text


def test_saved_pages_are_read_without_loss():
    """54 real pages, declared rightly, wrongly, or not at all; `true` in their list was found by others."""
    folder = shared() / "eval/data/pages_without_gold"
    rows = [line.split("\t") for line in (folder / "index.tsv").read_text("utf-8").splitlines()]
    head = {name: n for n, name in enumerate(rows[0])}
    wrong = []
    for row in rows[1:]:
        body = next(folder.glob(f"{row[head['id']]}.*")).read_bytes()
        found = decode(body)
        if found.encoding.removeprefix("mixed:").split("+")[0] != row[head["true"]] or found.errors > 5:
            wrong.append((row[head["id"]], found.encoding, found.errors, row[head["true"]]))
    assert not wrong
