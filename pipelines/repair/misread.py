"""Text written in one encoding and read in another: the bytes that it was, and the characters that they were."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LOST = -1


class Slot(NamedTuple):
    """A character of the text: known, or with bytes that are not (negative)."""

    char: str
    pattern: tuple[int, ...]
    following: int
    """The byte after it; -1 when that is lost too or the text ends."""


ALTERNATIVES: list[tuple[int, ...]] = [(), ()]
"""What a byte may be that is kept as -2, -3, …"""


LEADS = {"big5": (0xA1, 0xA2, 0xA4), "cp932": (0x81, 0x87, 0xED, 0xEE, 0xFA, 0xFB, 0xFC)}
"""First bytes of the characters that an encoding has twice; a test looks through the whole encoding for them."""


@lru_cache
def twofold(read_as: str) -> dict[str, tuple[int, ...]]:
    """The characters that an encoding has twice (十 and 卅 in Big5, four hundred in Windows-932) with their two bytes, each
    as a negative number that stands for what it may be: which code was read, is open."""
    codes: dict[str, list[bytes]] = {}
    for lead in LEADS.get(read_as, ()):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            char = bytes((lead, trail)).decode(read_as, "ignore")
            if len(char) == 1 and len(char.encode(read_as)) == 2:
                codes.setdefault(char, []).append(bytes((lead, trail)))
    return {char: tuple(_either(tuple(sorted(set(column)))) for column in zip(*two, strict=True)) for char, two in codes.items() if len(two) > 1}


def _either(bytes_: tuple[int, ...]) -> int:
    if len(bytes_) == 1:
        return bytes_[0]
    if bytes_ not in ALTERNATIVES:
        ALTERNATIVES.append(bytes_)
    return -ALTERNATIVES.index(bytes_)


def raw_bytes(text: str, read_as: str) -> list[int] | None:
    """The bytes that were read as ``text``, negative where not known: `LOST` for U+FFFD; None where ``read_as`` cannot have
    given this text."""
    out: list[int] = []
    open_ones = {"\ufffd": (LOST,)} | twofold(read_as)
    for part in re.split(f"([{''.join(open_ones)}])", text):
        if part in open_ones:
            out += open_ones[part]
            continue
        try:
            out += part.encode(read_as)
        except UnicodeEncodeError:
            return None
    return out


def readings(text: str, read_as: str, written: str) -> list[Slot] | None:
    """The characters of the text as it was written; None where it cannot have been."""
    data = raw_bytes(text, read_as)
    return slots(data, written) if data is not None else None


def slots(data: list[int], written: str) -> list[Slot] | None:
    """The characters of ``data``; None where it is not in the encoding."""
    found: list[Slot] = []
    at, size = 0, len(data)
    while at < size:
        length = _length_utf8(data, at) if written == "utf-8" else (1 if 0 <= data[at] < 0x80 else 2)
        pattern = tuple(data[at : at + length])
        if not length or len(pattern) < length:
            if size - at > 3:
                return None
            return [*found, *(Slot("\ufffd", (), LOST) for _ in range(size - at))]  # cut in the middle
        at += length
        if min(pattern) < 0:
            found.append(Slot("", pattern, data[at] if at < size else LOST))
            continue
        try:
            found.append(Slot(bytes(pattern).decode(written), (), LOST))
        except UnicodeDecodeError:
            return None
    return found


def _length_utf8(data: list[int], at: int) -> int:
    """Bytes of the character at ``at``; 0 where none can begin."""
    lead = data[at]
    if lead >= 0:
        return 1 if lead < 0x80 else 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 0
    length = 1
    while length < 3 and at + length < len(data) and (data[at + length] == LOST or 0x80 <= data[at + length] < 0xC0):
        length += 1
    return length if length > 1 else 0
