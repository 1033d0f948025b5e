"""A language model of simplified Chinese: how likely is a character after the three before it.

Character n-grams of order 1 to 4 with back-off, written by `build.build_model` from licensed sources (NOTICE). Digits are one
symbol, Latin letters another; the common punctuation is in it, since damaged runs cross it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import ascii_letters
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
BITS = 13
MASK = (1 << BITS) - 1
ORDER = 4
UNKNOWN_LOGP = -15.0
PATH = Path(__file__).parent / "data" / "model.npz"
Context = tuple[int, int, int]
"""Ids of the three characters before, the oldest first."""


class Model:
    """Natural logarithms throughout."""

    def __init__(self, data: Any) -> None:
        self.chars: str = bytes(data["chars"]).decode("utf-8")
        self.ids: dict[str, int] = {char: number for number, char in enumerate(self.chars)}
        self.unknown = MASK
        self.start = self.ids["\n"]
        self.ids |= dict.fromkeys("0123456789", self.ids["0"]) | dict.fromkeys(ascii_letters, self.ids["a"])
        self._grams: list[tuple[Ints, Floats]] = []
        self._backs: list[tuple[Ints, Floats]] = []
        single = np.full(MASK + 1, UNKNOWN_LOGP, np.float32)
        single[: len(self.chars)] = data["p1"] / np.float32(-4)
        self.single = single
        for n in range(2, ORDER + 1):
            grams, histories = _keys(data, n)
            self._grams.append((grams, data[f"p{n}"] / np.float32(-4)))
            self._backs.append((histories, data[f"l{n}"] / np.float32(-3)))
        self._cache: dict[int, float] = {}

    def id(self, char: str) -> int:
        """The symbol for one character."""
        return self.ids.get(char, self.unknown)

    def symbols(self, text: str) -> list[int]:
        """`id` of every character."""
        get, unknown = self.ids.get, self.unknown
        return [get(char, unknown) for char in text]

    def context(self, text: str) -> Context:
        """The context that ``text`` leaves behind."""
        ids = self.symbols(text[-3:])
        a, b, c = [self.start] * (3 - len(ids)) + ids
        return a, b, c

    def logp(self, context: Context, char: int) -> float:
        """log P(char | context)."""
        a, b, c = context
        key = ((a << BITS | b) << BITS | c) << BITS | char
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > 200_000:
                self._cache.clear()
            found = self._cache[key] = self._look_up((char, c << BITS | char, (b << BITS | c) << BITS | char, key))
        return found

    def _look_up(self, keys: tuple[int, int, int, int]) -> float:
        back = 0.0
        for n in (2, 1, 0):
            grams, values = self._grams[n]
            key = keys[n + 1]
            at = int(grams.searchsorted(key))
            if at < len(grams) and grams[at] == key:
                return back + float(values[at])
            histories, weights = self._backs[n]
            history = key >> BITS
            at = int(histories.searchsorted(history))
            if at < len(histories) and histories[at] == history:
                back += float(weights[at])
        return back + float(self.single[keys[0]])

    def logps(self, context: Context, chars: Ints) -> Floats:
        """log P of each of ``chars``, shape (n,), after one context."""
        a, b, c = context
        result: Floats = self.single[chars]
        history = 0
        for n, one in enumerate((c, b, a)):
            history |= one << (BITS * n)
            histories, weights = self._backs[n]
            at = int(histories.searchsorted(history))
            if at >= len(histories) or histories[at] != history:
                continue
            grams, values = self._grams[n]
            first, last = (int(i) for i in grams.searchsorted((history << BITS, (history + 1) << BITS)))
            followers = grams[first:last] & MASK
            places = np.minimum(followers.searchsorted(chars), last - first - 1)
            result = np.where(followers[places] == chars, values[first:last][places], result + weights[at])
        return result

    def total(self, text: str) -> float:
        """log P of a text at the start of a line."""
        context, total = (self.start,) * 3, 0.0
        for one in self.symbols(text):
            total += self.logp(context, one)
            context = (context[1], context[2], one)
        return total

    def mean(self, text: str) -> float:
        """log P a character, of the first 80 that are not ASCII; 0 where there are none."""
        wide = "".join(char for char in text if char > "\x7f")[:80]
        return self.total(wide) / len(wide) if wide else 0.0


def _keys(data: Any, n: int) -> tuple[Ints, Ints]:
    """n-gram keys and their histories, ascending; a key is the ids of its characters, `BITS` bits each."""
    histories = np.cumsum(_planes(data, f"h{n}"))
    counts = _planes(data, f"c{n}")
    steps = _planes(data, f"f{n}")
    starts = np.cumsum(counts) - counts
    running = np.cumsum(steps)
    before = running[starts] - steps[starts]
    return np.repeat((histories << BITS) - before, counts) + running, histories


def _planes(data: Any, name: str) -> Ints:
    """Integers stored as one array of bytes for each of their bytes, which compresses best."""
    total: Ints | None = None
    for number in range(5):
        if f"{name}_{number}" in data:
            plane = data[f"{name}_{number}"].astype(np.int64) << (8 * number)
            total = plane if total is None else total + plane
    if total is None:
        raise ValueError(f"{PATH}: no array {name}; build the model again")
    return total


@lru_cache
def model() -> Model:
    """The model that ships with the project, read once."""
    with np.load(PATH) as data:
        return Model(data)
