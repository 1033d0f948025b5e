"""The characters of which reading in the wrong encoding lost bytes.

Each U+FFFD is one byte that did not fit. The bytes around it are known, so is which bytes would have fitted and therefore
were not there; among the characters that remain the language model chooses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.repair.kit_table import kit, simplification
from pipelines.repair.misread import ALTERNATIVES, LOST, Slot
from pipelines.repair.model import Context, model
from pipelines.repair.model_file import Ints
from pipelines.repair.page_model import PageModel
from pipelines.repair.surroundings import JUDGED, Surroundings

Bytes = NDArray[np.uint8]
TRIED, WIDTH = 32, 20
UNSOLVED = -12.0
SEEN, LONG = 200, 600
"""Characters behind that are looked at; text beyond is settled once stories agree and are this long."""
BEHIND = 9.0
"""A story this much less likely than the best one is dropped (nat)."""


class Reread(NamedTuple):
    """The text as it was written."""

    text: str
    lost: int
    """Characters of which a byte was lost."""
    mean: float
    """log P a character, of those that were weighed."""


SYMBOLS = "　、。·ˉˇ¨〃々—～‖…‘’“”〔〕〈〉《》「」『』〖〗【】±×÷∶∧∨∑∏∪∩∈∷√⊥∥∠⌒⊙∫∮≡≌≈∽∝≠≮≯≤≥∞∵∴♂♀°′″℃＄¤￠￡‰§№☆★○●◎◇◆□■△▲※→←↑↓〓①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ￥％＋－／"
"""Marks that the model does not know; they are tried last."""


@lru_cache
def _alphabet(written: str, length: int) -> tuple[str, Ints, Bytes]:
    """The model's characters of ``length`` bytes: characters, symbols, bytes (n, length)."""
    chars, rows = [], []
    # Text that fits GBK or is in UTF-8 is taken to be simplified, as the model is; Big5 holds traditional text.
    known = model().chars
    for char in (*(kit().simplified if written == "big5" else ()), *known, *sorted(set(SYMBOLS) - set(known))):
        raw = char.encode(written, "ignore")
        if len(raw) == length and (written == "big5" or char not in kit().simplified or char in kit().kept):
            chars.append(char)
            rows.append(list(raw))
    numbers = np.array([_symbol(char) for char in chars], np.int64)
    return "".join(chars), numbers, np.array(rows, np.uint8).reshape(len(chars), length)


def _symbol(char: str) -> int:
    """The model's symbol; a traditional character counts as its simplified one."""
    return model().id(simplification().get(ord(char), char))


@lru_cache
def unread(read_as: str) -> NDArray[np.bool_]:
    """[a, b]: whether ``read_as`` loses byte a when byte b follows."""
    table = np.zeros((256, 256), np.bool_)
    for first in range(0x80, 0x100):
        for second in range(0x100):
            table[first, second] = bytes((first, second)).decode(read_as, "replace").startswith("\ufffd")
    return table


class Damage(NamedTuple):
    """A character of which bytes were lost, as hashable facts."""

    pattern: tuple[int, ...]
    following: frozenset[int]
    """The bytes that may come after it; empty where nothing is known."""
    read_as: str
    written: str


class Fit(NamedTuple):
    """The characters that fit a `Damage`, as parallel columns."""

    chars: str
    numbers: Ints
    """Symbols of the language model."""
    leads: frozenset[int]
    """Their first bytes."""


@lru_cache(16384)
def fitting(damage: Damage, before: int = LOST) -> Fit:
    """What the known bytes allow and ``read_as`` would have damaged in this way; ``before`` is the byte that was lost before
    a first byte that is lost too, so the two were no character either."""
    pattern = damage.pattern
    chars, numbers, raw = _alphabet(damage.written, len(pattern))
    keep = np.ones(len(chars), np.bool_)
    lost = unread(damage.read_as)
    for place, byte in enumerate(pattern):
        if byte != LOST:
            keep &= np.isin(raw[:, place], ALTERNATIVES[-byte]) if byte < 0 else raw[:, place] == byte
        elif place + 1 < len(pattern):
            keep &= lost[raw[:, place], raw[:, place + 1]]
        elif damage.following:
            keep &= np.any(lost[:, list(damage.following)], axis=1)[raw[:, place]]
        else:
            keep &= raw[:, place] >= 0x80
    if before != LOST and pattern[0] == LOST:
        keep &= lost[before, raw[:, 0]]
    places = keep.nonzero()[0]
    return Fit("".join(chars[place] for place in places), numbers[places], frozenset(raw[places, 0].tolist()))


def damages(found: list[Slot], read_as: str, written: str) -> list[Damage | None]:
    """What is to be solved, from the last slot to the first: what may follow a lost byte depends on what fits there."""
    out: list[Damage | None] = []
    leads = frozenset[int]()
    for slot in reversed(found):
        if slot.char:
            out.append(None)
            leads = frozenset()
            continue
        one = Damage(slot.pattern, frozenset((slot.following,)) if slot.following >= 0 else leads, read_as, written)
        out.append(one)
        leads = fitting(one).leads
    return out[::-1]


State = tuple[float, Context, str]


def solve(found: list[Slot], read_as: str, written: str) -> Reread:
    """The likeliest text; U+FFFD where no character fits."""
    lm = PageModel("".join(slot.char or "\n" for slot in found).translate(simplification()))
    start = model().start
    states: list[State] = [(0.0, (start, start, start), "")]
    lost = weighed = 0
    settled: list[str] = []
    todo = damages(found, read_as, written)
    seen = [slot.char or _any_mark(damage) for slot, damage in zip(found, todo, strict=True)]
    for place, (slot, damage) in enumerate(zip((*found, Slot("\n", (), LOST)), (*todo, None), strict=True)):
        if damage is None:
            weighed += len(states) > 1
            states = _known(states, slot.char, lm)
            if len(states) == 1 and len(states[0][2]) > LONG:
                score, context, text = states[0]
                settled.append(text[:-SEEN])
                states = [(score, context, text[-SEEN:])]
            continue
        lost += 1
        weighed += 1
        after = "".join(seen[place + 1 : place + SEEN]) if seen[place] == "\ufffd" else ""
        earlier = todo[place - 1] if place else None
        linked = damage.pattern[0] == LOST and earlier is not None and earlier.pattern[-1] == LOST
        new = (linked and _chosen(states, damage, after, lm, linked=True)) or _chosen(states, damage, after, lm, linked=False)
        states = new or [(score + UNSOLVED, (start, start, start), text + "\ufffd") for score, _, text in states[:1]]
    best = max(states)
    return Reread("".join(settled) + best[2][:-1], lost, best[0] / max(1, weighed))


def _any_mark(damage: Damage | None) -> str:
    """U+FFFD where the character may be one of a pair of marks, else NUL."""
    return "\ufffd" if damage is not None and JUDGED.intersection(fitting(damage).chars) else "\0"


def _known(states: list[State], char: str, lm: PageModel) -> list[State]:
    number = _symbol(char)
    if len(states) == 1:
        score, context, text = states[0]
        return [(score, model().after(context, number), text + char)]
    best: dict[Context, State] = {}
    for score, context, text in states:
        new = (score + lm.logp(context, number), model().after(context, number), text + char)
        if new[1] not in best or best[new[1]][0] < new[0]:
            best[new[1]] = new
    return list(best.values())


def _chosen(states: list[State], damage: Damage, after: str, lm: PageModel, *, linked: bool) -> list[State]:
    """The stories that go on; ``linked``: the last byte of the character before was lost as well as the first of this one."""
    new: list[State] = []
    for score, context, text in states:
        before = text[-1].encode(damage.written, "ignore")[-1:] if linked else b""
        fit = fitting(damage, before[0] if before else LOST)
        scores = lm.logps(context, fit.numbers)
        around = Surroundings(text[-SEEN:], after)
        for index in scores.argsort()[::-1][:TRIED]:
            number = int(fit.numbers[index])
            new.append((score + float(scores[index]) + around.score(fit.chars[index], ""), model().after(context, number), text + fit.chars[index]))
    new.sort(key=lambda state: -state[0])
    return [state for state in new[:WIDTH] if state[0] > new[0][0] - BEHIND]
