"""A damaged line cut into what the kit's bytes can have been."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.repair.kit_table import LETTERS, encode

READING = re.compile(rf"\(([{LETTERS}]{{1,6}})\)")
SWALLOWED = re.compile(rf"\?([{LETTERS}]{{1,6}})\)")
PARENTHESIS = re.compile("[()]")
EATEN = (0x28,)
"""The bytes of a doubtful ? that may have eaten a parenthesis: one is missing here."""


class Token(NamedTuple):
    """``kind`` is one of

    char: two known bytes; ascii: one; lost: one byte, not known; doubtful: a ? that may be a lost byte; euro: byte 80 or
    A2E3; reading: (pīnyīn), printed after two bytes that are a character so read; foreign: not GBK; end: of the
    line.
    """

    kind: str
    text: str
    bytes: tuple[int, ...]
    start: int
    end: int


def _closed_without_opening(line: str, at: int) -> bool:
    """Whether a closing parenthesis follows with no opening one before it."""
    ahead = PARENTHESIS.search(READING.sub("", SWALLOWED.sub("", line[at : at + 120])))
    return ahead is not None and ahead.group(0) == ")"


@lru_cache(8192)
def _plain(char: str) -> tuple[str, tuple[int, ...]]:
    if char < "\x80":
        return "ascii", (ord(char),)
    if char == "\ufffd":
        return "lost", ()
    if char == "€":
        return "euro", (0xA2, 0xE3)
    pair = encode(char)
    return ("char", pair) if pair else ("foreign", ())


def cut(line: str, start: int, end: int, marks: str) -> list[Token]:
    """Tokens of ``line[start:end]``; ``marks`` are the characters that stand for a lost byte: U+FFFD, or ?, which then has
    eaten a following parenthesis."""
    found, at = [], start
    while at < end:
        char = line[at]
        if char == "(" and (match := READING.match(line, at)):
            found.append(Token("reading", match.group(1), (), at, match.end()))
            at = match.end()
        elif char == "?" and "?" in marks and (match := SWALLOWED.match(line, at)):
            found += [Token("lost", "?", (), at, at), Token("reading", match.group(1), (), at, match.end())]
            at = match.end()
        else:
            kind, raw = _plain(char)
            if char == "?" and "?" in marks:
                kind = "doubtful"
                raw = EATEN if _closed_without_opening(line, at + 1) else raw
            found.append(Token(kind, char, raw, at, at + 1))
            at += 1
    if end == len(line):
        found.append(Token("end", "", (), end, end))
    return found
