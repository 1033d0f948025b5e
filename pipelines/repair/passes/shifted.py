"""Runs shifted by a byte: a kit's replacement hit the second byte of one character and the first of the next.

The bytes are read again with the replaced pair put back. A byte that the reader lost (U+FFFD) is solved by the reading
that follows it, or by the only common character that fits; what stays open is left as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.decode.plausible import COMMON_HANS
from pipelines.repair.kit_table import kit

PUNCTUATION = {",": 0xAC, ":": 0xBA, ";": 0xBB, "!": 0xA1, "?": 0xBF, "(": 0xA8, ")": 0xA9}
RAW = re.compile(r"\ufffd([,:;!?])([^\x00-\x7f\ufffd]{0,12}?)(?:\ufffd|([\x40-\x7e])(?=\())(?:\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,6})\))?")
ONE = re.compile(r"\ufffd([,:;!?])([\x40-\x7e])(?![A-Za-z])")
READ_FIRST = re.compile(
    r"([\u3400-\u9fff])\ufffd\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,6})\)([^\x00-\x7f\ufffd]{0,24}?)"
    r"\ufffd(?:\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,6})\))?"
)
ENDS = "。、”》"
INNER = ENDS + "“‘’《—·…"


def unshift(line: str) -> str:
    """``line`` with the shifted runs that can be solved put right."""
    if "\ufffd" not in line:
        return line
    line = ONE.sub(_solve_one, line)
    return READ_FIRST.sub(_solve_read, RAW.sub(_solve, line))


def _solve_one(match: re.Match[str]) -> str:
    """A mark hit 。 and a character whose second byte is an ASCII letter: \ufffd?h is 。縣."""
    mark, letter = match.groups()
    second = bytes([PUNCTUATION[mark]]) + letter.encode()
    char = _decode(second)
    return "。" + char if char and _likely(char + "。") else match.group(0)


def _solve_read(match: re.Match[str]) -> str:
    """A reading stands where its character's second byte was lost: 因\ufffd(yàn)… is 因為…, shifted by the 驗 in it."""
    before, sound, run, last_sound = match.groups()
    raw = before.encode("gbk", "ignore")
    try:
        middle = run.encode("gbk")
    except UnicodeEncodeError:
        return match.group(0)
    for char in kit().by_reading.get(sound, ()):
        pair = char.encode("gbk")
        if raw[-1:] != pair[:1]:
            continue
        head = pair[1:] + middle
        for last in _lasts(head[-1], last_sound):
            text = _decode(head + last)
            if text and _likely(text):
                ends_read = last_sound and kit().reading.get(text[-1]) == last_sound
                return before + text + (f"({last_sound})" if ends_read else "")
    return match.group(0)


def _solve(match: re.Match[str]) -> str:
    mark, between, letter, sound = match.groups()
    try:
        middle = between.encode("gbk")
    except UnicodeEncodeError:
        return match.group(0)
    tail = bytes([0xA3, PUNCTUATION[mark]]) + middle
    for first in _leads(tail[0]):
        for last in [letter.encode()] if letter else _lasts(tail[-1], sound):
            text = _decode(first + tail + last)
            if text and _likely(text):
                return text + (f"({sound})" if sound and kit().reading.get(text[-1]) == sound else "")
    return match.group(0)


@lru_cache
def _written() -> tuple[str, ...]:
    """Common characters as the kit writes them."""
    table = {new: old for old, new in kit().simplified.items()}
    return tuple(table.get(char, char) for char in COMMON_HANS)


def _leads(trail: int) -> list[bytes]:
    """Lead bytes that make a common character with ``trail``, punctuation first."""
    found = [char.encode("gbk")[:1] for char in (*ENDS, *_written()) if char.encode("gbk")[1] == trail]
    return list(dict.fromkeys(found))


def _lasts(lead: int, sound: str | None) -> list[bytes]:
    chars = kit().by_reading.get(sound, ()) if sound else (*ENDS, *_written())
    found = []
    for char in chars:
        raw = char.encode("gbk", "ignore")
        if len(raw) == 2 and raw[0] == lead:
            found.append(raw[1:])
    return list(dict.fromkeys(found))


def _decode(data: bytes) -> str | None:
    try:
        return data.decode("gbk")
    except UnicodeDecodeError:
        return None


def _likely(text: str) -> bool:
    """Every character is common, traditional forms of the kit's counted as their simplified ones."""
    table = kit().simplified
    return all(_everyday(table.get(char, char)) or char in INNER for char in text[:-1])


def _everyday(char: str) -> bool:
    """In the first level of GB 2312: the 3,755 characters that nearly all news is written in."""
    raw = char.encode("gb2312", "ignore")
    return len(raw) == 2 and 0xB0 <= raw[0] <= 0xD7
