"""A language model of simplified Chinese: how likely is a character after the three before it.

Character n-grams of order 1 to 4 with back-off, written by `build.language_model` from licensed sources (NOTICE). The common
punctuation is in it, since damaged runs cross it. A number is one symbol however many digits it has, a word of Latin letters
another: 第160次 is three symbols long, and the model sees across it.
"""

from __future__ import annotations

from collections import UserDict
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from string import ascii_letters
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.repair.model_file import BITS, LEFT_STEPS, MASK, ORDER, STEPS, Ints, unpacked

Floats = NDArray[np.float32]
UNKNOWN_LOGP = -15.0
ONE_MORE = -0.5
"""log P of another digit after a digit, or another Latin letter."""
ROWS = 256
NONE = 255
"""In a row of values: no n-gram."""
PATH = Path(__file__).parent / "data" / "model.npz"
Context = tuple[int, int, int]
"""Ids of the three symbols before, the oldest first."""


class Model:
    """Natural logarithms throughout."""

    def __init__(self, data: Any) -> None:
        self.chars: str = bytes(data["chars"]).decode("utf-8")
        self.ids: dict[str, int] = {char: number for number, char in enumerate(self.chars)}
        self.unknown = MASK
        self.start = self.ids["\n"]
        self.runs = (self.ids["0"], self.ids["a"])
        self.ids |= dict.fromkeys("0123456789", self.ids["0"]) | dict.fromkeys(ascii_letters, self.ids["a"])
        self.single = np.full(MASK + 1, UNKNOWN_LOGP, np.float32)
        self.single[: len(self.chars)] = data["p1"] / np.float32(-STEPS)
        self._single: list[float] = self.single.tolist()
        self._levels = unpacked(data)
        self._longest_first = [(self._levels[n - 2], (1 << BITS * (n - 1)) - 1) for n in range(ORDER, 1, -1)]
        self._row = np.full(MASK + 1, NONE, np.uint8)
        self._rows: dict[int, Floats] = {}
        self._cache: dict[int, float] = {}

    def id(self, char: str) -> int:
        """The symbol for one character."""
        return self.ids.get(char, self.unknown)

    def symbols(self, text: str) -> list[int]:
        """What ``text`` is to the model: `id` of every character, but a number or Latin word is one symbol."""
        get, unknown, runs = self.ids.get, self.unknown, self.runs
        found, last = list[int](), -1
        for char in text:
            one = get(char, unknown)
            if one != last or one not in runs:
                found.append(one)
            last = one
        return found

    def context(self, text: str) -> Context:
        """The context that ``text`` leaves behind."""
        a, b, c = ([self.start] * 3 + self.symbols(text[-24:]))[-3:]
        return a, b, c

    def after(self, context: Context, char: int) -> Context:
        """The context that ``char`` leaves behind after ``context``."""
        return context if char == context[2] and char in self.runs else (context[1], context[2], char)

    def logp(self, context: Context, char: int) -> float:
        """log P(char | context)."""
        a, b, c = context
        key = ((a << BITS | b) << BITS | c) << BITS | char
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > 200_000:
                self._cache.clear()
            found = self._look_up(key) if char != c or char not in self.runs else ONE_MORE
            self._cache[key] = found
        return found

    def _look_up(self, key: int) -> float:
        back, char = 0.0, key & MASK
        for level, mask in self._longest_first:
            history = key >> BITS & mask
            at = int(level.histories.searchsorted(history))
            if at == len(level.histories) or level.histories.item(at) != history:
                continue
            start = level.starts.item(at)
            followers = level.chars[start : start + level.sizes.item(at)]
            place = int((followers == char).argmax())
            if followers.item(place) == char:
                return back - level.values.item(start + place) / STEPS
            back -= level.left.item(at) / LEFT_STEPS
        return back + self._single[char]

    def logps(self, context: Context, chars: Ints) -> Floats:
        """log P of each of ``chars``, shape (n,), after one context."""
        result = self._pairs(context[2])[chars]
        history = context[2]
        for level, one, shift in ((self._levels[1], context[1], BITS), (self._levels[2], context[0], 2 * BITS)):
            history |= one << shift
            at = _place(level.histories, history)
            if at is None:
                continue
            start = level.starts.item(at)
            part = slice(start, start + level.sizes.item(at))
            followers = level.chars[part]
            self._row[followers] = level.values[part]
            own = self._row[chars]
            self._row[followers] = NONE
            result = np.where(own == NONE, result - np.float32(level.left.item(at) / LEFT_STEPS), own / np.float32(-STEPS))
        return result

    def _pairs(self, char: int) -> Floats:
        """log P of every symbol after one, shape (symbols,); the last few are kept."""
        row = self._rows.get(char)
        if row is None:
            if len(self._rows) >= ROWS:
                self._rows.clear()
            row, level = self.single, self._levels[0]
            at = _place(level.histories, char)
            if at is not None:
                part = slice(level.starts.item(at), level.starts.item(at) + level.sizes.item(at))
                row = row - np.float32(level.left.item(at) / LEFT_STEPS)
                row[level.chars[part]] = level.values[part] / np.float32(-STEPS)
            self._rows[char] = row
        return row

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


def _place(table: Ints, key: int) -> int | None:
    """Where ``key`` stands in an ascending table; None where it does not."""
    at = int(table.searchsorted(key))
    return at if at < len(table) and table.item(at) == key else None


@lru_cache
def model() -> Model:
    """The model that ships with the project, read once."""
    with np.load(PATH) as data, ThreadPoolExecutor(1) as thread:
        return Model(_Ahead({name: thread.submit(data.__getitem__, name) for name in data.files}))


class _Ahead(UserDict[str, Any]):
    """Arrays that another thread inflates while the first ones are worked on."""

    def __getitem__(self, name: str) -> Any:
        return self.data[name].result()
