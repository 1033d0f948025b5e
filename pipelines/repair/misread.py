"""Text written in one encoding and read in another, where reading lost bytes.

Each U+FFFD is one byte that did not fit. The bytes around it are known, so is which bytes would have fitted and therefore
were not there; among the characters that remain the language model chooses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.repair.kit_table import kit, translation
from pipelines.repair.model import Context, Ints, model
from pipelines.repair.page_model import PageModel
from pipelines.repair.surroundings import JUDGED, Surroundings

Bytes = NDArray[np.uint8]
LOST = -1
TRIED, WIDTH = 12, 12
UNSOLVED = -12.0
SEEN, LONG = 200, 600
"""Characters behind that are looked at; text beyond is settled once stories agree and are this long."""
BEHIND = 9.0
"""A story this much less likely than the best one is dropped (nat)."""
CP1252_OPEN = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
"""The five bytes that Windows-1252 leaves undefined."""


class Slot(NamedTuple):
    """A character of the text: known, or with bytes lost (-1)."""

    char: str
    pattern: tuple[int, ...]
    following: int
    """The byte after it; -1 when that is lost too or the text ends."""


class Reread(NamedTuple):
    """The text as it was written."""

    text: str
    lost: int
    """Characters of which a byte was lost."""
    mean: float
    """log P a character, of those that were weighed."""


def raw_bytes(text: str, read_as: str) -> list[int] | None:
    """The bytes that were read as ``text``, `LOST` for each U+FFFD; None where ``read_as`` cannot have given this text."""
    out: list[int] = []
    for number, part in enumerate(text.split("\ufffd")):
        if number:
            out.append(LOST)
        try:
            out += part.encode(read_as)
        except UnicodeEncodeError:
            return None
    return out


TWICE = {"big5": {"十": b"\xa2\xcc", "卅": b"\xa2\xce"}}
"""Characters that an encoding has twice: reading gives one character, writing only one of the two codes."""
MOST_TWICE = 5


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
        if LOST in pattern:
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
    if lead != LOST:
        return 1 if lead < 0x80 else 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 0
    length = 1
    while length < 3 and at + length < len(data) and (data[at + length] == LOST or 0x80 <= data[at + length] < 0xC0):
        length += 1
    return length if length > 1 else 0


@lru_cache
def _alphabet(written: str, length: int) -> tuple[str, Ints, Bytes]:
    """The model's characters of ``length`` bytes: characters, symbols, bytes (n, length)."""
    chars, rows = [], []
    # Text that fits GBK or is in UTF-8 is taken to be simplified, as the model is; Big5 holds traditional text.
    for char in (*kit().simplified, *model().chars) if written == "big5" else model().chars:
        raw = char.encode(written, "ignore")
        if len(raw) == length and (written == "big5" or char not in kit().simplified or char in kit().kept):
            chars.append(char)
            rows.append(list(raw))
    numbers = np.array([_symbol(char) for char in chars], np.int64)
    return "".join(chars), numbers, np.array(rows, np.uint8).reshape(len(chars), length)


def _symbol(char: str) -> int:
    """The model's symbol; a traditional character counts as its simplified one."""
    return model().id(kit().simplified.get(char, char))


@lru_cache
def unread(read_as: str) -> NDArray[np.bool_]:
    """[a, b]: whether ``read_as`` loses byte a when byte b follows."""
    table = np.zeros((256, 256), np.bool_)
    if read_as == "cp1252":
        table[list(CP1252_OPEN)] = True
        return table
    for first in range(0x80, 0x100):
        for second in range(0x100):
            try:
                bytes((first, second)).decode(read_as)
            except UnicodeDecodeError:
                table[first, second] = True
    return table


@lru_cache(4096)
def _fitting(pattern: tuple[int, ...], following: int, read_as: str, written: str) -> tuple[str, Ints]:
    """The characters that the known bytes allow and that ``read_as`` would have damaged in this way."""
    chars, numbers, raw = _alphabet(written, len(pattern))
    keep = np.ones(len(chars), np.bool_)
    lost = unread(read_as)
    for place, byte in enumerate(pattern):
        if byte != LOST:
            keep &= raw[:, place] == byte
            continue
        if place + 1 < len(pattern):
            keep &= lost[raw[:, place], raw[:, place + 1]]
        elif following != LOST:
            keep &= lost[raw[:, place], following]
        else:
            keep &= raw[:, place] >= 0x80
    places = keep.nonzero()[0]
    return "".join(chars[place] for place in places), numbers[places]


State = tuple[float, Context, str]


def solve(found: list[Slot], read_as: str, written: str) -> Reread:
    """The likeliest text; U+FFFD where no character fits."""
    lm = PageModel("".join(slot.char or "\n" for slot in found).translate(translation()))
    start = model().start
    states: list[State] = [(0.0, (start, start, start), "")]
    lost = weighed = 0
    settled: list[str] = []
    for place, slot in enumerate((*found, Slot("\n", (), LOST))):
        if slot.char:
            weighed += len(states) > 1
            states = _known(states, slot.char, lm)
            if len(states) == 1 and len(states[0][2]) > LONG:
                score, context, text = states[0]
                settled.append(text[:-SEEN])
                states = [(score, context, text[-SEEN:])]
            continue
        lost += 1
        weighed += 1
        chars, numbers = _fitting(slot.pattern, slot.following, read_as, written)
        if not chars:  # a character that the model does not know
            states = [(score + UNSOLVED, (start, start, start), text + "\ufffd") for score, _, text in states[:1]]
            continue
        after = "".join(one.char for one in found[place + 1 : place + 200]) if set(chars) & JUDGED else ""
        states = _chosen(states, chars, numbers, after, lm)
    best = max(states)
    return Reread("".join(settled) + best[2][:-1], lost, best[0] / max(1, weighed))


def _known(states: list[State], char: str, lm: PageModel) -> list[State]:
    number = _symbol(char)
    if len(states) == 1:
        score, context, text = states[0]
        return [(score, (context[1], context[2], number), text + char)]
    best: dict[Context, State] = {}
    for score, context, text in states:
        new = (score + lm.logp(context, number), (context[1], context[2], number), text + char)
        if new[1] not in best or best[new[1]][0] < new[0]:
            best[new[1]] = new
    return list(best.values())


def _chosen(states: list[State], chars: str, numbers: Ints, after: str, lm: PageModel) -> list[State]:
    new: list[State] = []
    for score, context, text in states:
        scores = lm.logps(context, numbers)
        around = Surroundings(text[-SEEN:], after)
        for index in scores.argsort()[::-1][:TRIED]:
            new.append((score + float(scores[index]) + around.score(chars[index], ""), (context[1], context[2], int(numbers[index])), text + chars[index]))
    new.sort(key=lambda state: -state[0])
    return [state for state in new[:WIDTH] if state[0] > new[0][0] - BEHIND]
