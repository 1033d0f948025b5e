"""What of an article is compared: Chinese characters and digits of its sentences, simplified; letters elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from storage.simplify import table

SENTENCE = re.compile(r"[。．｡！？；，,.!?;]")
FURTHER_PAGE = re.compile(r"[(（第]\s*(?:[2-9]|[1-9]\d|[二三四五六七八九十]+)\s*[)）页頁]\s*$")
ITEM = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[.、．]\s*\D")
ITEM_LENGTH = 60
NAMING = 12
"""Characters of a line that names something (an office and what it announces)."""
SHORTEST = 40
"""Characters; a text whose sentences have fewer is taken with all its lines."""
LONGEST = 30_000
FIRST_IDEOGRAPH = 0x3400

Codes = np.ndarray[tuple[int], np.dtype[np.uint32]]


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as it is compared."""

    title: str
    text: str
    further_page: bool
    """The title says that this is page 2 or later of something."""
    left_out: frozenset[str]
    """Lines that are no sentences, where they are long enough to name something."""
    round_up: bool
    """Numbered headlines with paragraphs between them: several stories on one page."""


@lru_cache(maxsize=2048)
def read(title: str | None, body: str) -> Reading:
    """Normalise an article.

    Lines without any punctuation of a sentence (headers, bylines, lists of related headlines, subheads) are left out,
    since they are what differs between two sites' copies.
    """
    title = title or ""
    body = body[:LONGEST]
    lines = body.split("\n")
    sentences: list[str] = []
    left_out: list[str] = []
    for line in lines:
        (sentences if SENTENCE.search(line) else left_out).append(line)
    text = normalise("\n".join(sentences))
    if len(text) < SHORTEST:
        text = normalise(body)
    naming = frozenset(line.strip() for line in left_out if len(line) >= NAMING)
    return Reading(_short(title), text, bool(FURTHER_PAGE.search(title)), naming, _is_round_up(lines))


def normalise(text: str) -> str:
    """Chinese characters and digits, simplified; all letters, lower case, where a text has hardly any Chinese.

    >>> normalise("經濟，２０２６年！"), normalise("The Hague, 2026")
    ('经济2026年', 'thehague2026')
    """
    codes: Codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4")
    codes = codes[codes < len(_chinese())]
    kept = _chinese()[codes]
    kept = kept[kept != 0]
    chinese = np.count_nonzero(kept >= FIRST_IDEOGRAPH)
    if chinese * 4 < len(codes):
        letters = _letters()[codes]
        letters = letters[letters != 0]
        kept = letters if chinese * 4 < len(letters) else kept
    return str(kept.tobytes(), "utf-32-le")


class _Fold(dict[int, str]):
    """Code point -> what it is compared as; filled as characters come."""

    def __missing__(self, code: int) -> str:
        folded = int(_chinese()[code]) if code < len(_chinese()) else 0
        self[code] = chr(folded) if folded else ""
        return self[code]


FOLD = _Fold()


def _short(text: str) -> str:
    """As `normalise`; quicker for a line of Chinese."""
    folded = text.translate(FOLD)
    return folded if len(folded) * 2 > len(text) else normalise(text)


def _is_round_up(lines: list[str]) -> bool:
    full = [stripped for line in lines if (stripped := line.strip())]
    items = [n for n, line in enumerate(full) if len(line) < ITEM_LENGTH and ITEM.match(line)]
    return len(items) > 1 and items[0] < 2 and all(later - earlier > 1 for earlier, later in zip(items, items[1:], strict=False))


@lru_cache
def _chinese() -> Codes:
    return _lookup(lambda char: "0" <= char <= "9" or "\u3400" <= char <= "\u9fff")


@lru_cache
def _letters() -> Codes:
    return _lookup(str.isalnum)


def _lookup(wanted: Callable[[str], bool]) -> Codes:
    """Code point -> code point it is compared as, 0 for what is left out."""
    found = np.zeros(0x33480, np.uint32)
    for first, end in ((0, 0x3400), (0xA000, 0xD800), (0xF900, 0x10000)):
        for code in range(first, end):
            plain = unicodedata.normalize("NFKC", chr(code)).casefold()
            if len(plain) == 1 and wanted(plain):
                found[code] = ord(plain)
    for first, end in ((0x3400, 0xA000), (0x20000, 0x33480)):
        found[first:end] = np.arange(first, end)
    for code, simple in table().items():
        found[code] = ord(simple)
    return found
