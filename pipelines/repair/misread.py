"""Text written in one encoding and read in another: the bytes that it was, and the characters that they were."""

from __future__ import annotations

import re
from typing import NamedTuple

LOST = -1


class Slot(NamedTuple):
    """A character of the text: known, or with bytes that are not (negative)."""

    char: str
    pattern: tuple[int, ...]
    following: int
    """The byte after it; -1 when that is lost too or the text ends."""


TWOFOLD = {"big5": {"卅": (-2, -3)}}
EITHER = {-2: (0xA4, 0xA2), -3: (0xCA, 0xCE)}
"""Big5 has 卅 twice, A4CA and A2CE: which it was, is open. Its bytes are as negative numbers what they may be."""
TWICE = {"big5": {"十": b"\xa2\xcc"}}
"""The same with 十, A451 and A2CC; but 51 is no second byte where GBK is shifted, so either reading rules out the other."""
MOST_TWICE = 5


def raw_bytes(text: str, read_as: str) -> list[int] | None:
    """The bytes that were read as ``text``, negative where not known: `LOST` for U+FFFD; None where ``read_as`` cannot have
    given this text."""
    out: list[int] = []
    open_ones = {"\ufffd": (LOST,)} | TWOFOLD.get(read_as, {})
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
    if read_as not in TWICE:
        data = raw_bytes(text, read_as)
        return slots(data, written) if data is not None else None
    places = [at for at, char in enumerate(text) if char in TWICE[read_as]]
    for chosen in range(1 << min(len(places), MOST_TWICE)):
        found, last = list[int](), 0
        for number, at in enumerate(places[:MOST_TWICE]):
            if chosen >> number & 1:
                part = raw_bytes(text[last:at], read_as)
                if part is None:
                    return None
                found += [*part, *TWICE[read_as][text[at]]]
                last = at + 1
        part = raw_bytes(text[last:], read_as)
        if part is None:
            return None
        cut = slots(found + part, written)
        if cut is not None:
            return cut
    return None


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
