"""Expected counts of character n-grams: from word models (no punctuation in them) and from running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pipelines.repair.build.kenlm_trie import Floats, Ints, WordModel
from pipelines.repair.build.tables import han
from pipelines.repair.model_file import BITS, MASK, ORDER

PUNCTUATION = "。，、；：？！“”‘’（）《》—…·% .-/"
FIRST = "\n0a" + PUNCTUATION
"""Symbols that are no Han character: line end, digit, Latin letter, marks."""
LONGEST = 12
SINGLE_NUMERALS, NUMERALS = "三四五六七八", "一二三四五六七八九十百千万亿零两几0"
"""Those that hardly ever mean something else, and those beside which a numeral is part of a longer one."""
RUN = re.compile("([0a])\\1+")
HALF = str.maketrans({"％": "%", "．": ".", "－": "-", "／": "/"})
Counts = dict[int, tuple[Ints, Floats]]
"""Order -> (keys ascending, counts); a key is the symbols of an n-gram, `BITS` bits each."""


def alphabet(models: list[WordModel]) -> str:
    """The model's symbols: `FIRST`, GB 2312, and the most frequent other characters of GBK, as many as have room."""
    common = han("gb2312")
    allowed = set(han("gbk")) - set(common)
    rest: Counter[str] = Counter()
    for model in models:
        for word, chance in zip(model.words, model.single, strict=True):
            for char in allowed.intersection(word):
                rest[char] += chance
    room = MASK - 1 - len(FIRST) - len(common)
    return FIRST + "".join(common) + "".join(char for char, _ in rest.most_common(room))


def of_words(models: list[WordModel], chars: str) -> Counts:
    """Expected counts a word of text, summed over the models."""
    parts: dict[int, list[tuple[Ints, Floats]]] = {n: [] for n in range(1, ORDER + 1)}
    for model in models:
        for n, keys, chances in _Words(model, chars).grams():
            parts[n].append((keys, chances))
    return {n: summed(np.concatenate([keys for keys, _ in found]), np.concatenate([c for _, c in found])) for n, found in parts.items()}


def with_digits(words: Counts, chars: str) -> Counts:
    """The words know 第三次, not 第160次: what stands around one numeral is counted around a number as well."""
    single, all_of_them = (np.isin(np.arange(MASK + 1), [chars.index(char) for char in some]) for some in (SINGLE_NUMERALS, NUMERALS))
    found: Counts = {}
    for n, (keys, counts) in words.items():
        symbols = np.stack([(keys >> BITS * place) & MASK for place in range(n)])
        here = single[symbols]
        rows = ((here.sum(axis=0) == 1) & (all_of_them[symbols].sum(axis=0) == 1)).nonzero()[0]
        places = BITS * np.arange(n)[:, None]
        new = (np.where(here[:, rows], chars.index("0"), symbols[:, rows]) << places).sum(axis=0)
        found[n] = summed(np.concatenate([keys, new]), np.concatenate([counts, counts[rows]]))
    return found


def summed(keys: Ints, counts: Floats) -> tuple[Ints, Floats]:
    unique, places = np.unique(keys, return_inverse=True)
    return unique, np.bincount(places, counts).astype(np.float64)


class _Words:
    """The n-grams inside a model's words and across their boundaries."""

    def __init__(self, model: WordModel, chars: str) -> None:
        numbers = {char: number for number, char in enumerate(chars)}
        self.model = model
        self.spelled = np.zeros((len(model.words), LONGEST), np.int64)
        self.length = np.zeros(len(model.words), np.int64)
        for row, word in enumerate(model.words):
            if len(word) <= LONGEST and all(char in numbers for char in word):
                self.length[row] = len(word)
                self.spelled[row, : len(word)] = [numbers[char] for char in word]

    def grams(self) -> Iterable[tuple[int, Ints, Floats]]:
        model, length = self.model, self.length
        for n in range(1, ORDER + 1):
            for start in range(LONGEST - n + 1):
                rows = (length >= start + n).nonzero()[0]
                yield n, self._slice(rows, np.full(len(rows), start), n), model.single[rows]
        first, second = model.pairs
        chance = model.single[first] * model.pair_given
        for n in range(2, ORDER + 1):
            for left in range(1, n):
                keep = (length[first] >= left) & (length[second] >= n - left)
                yield n, self._end(first[keep], left) << BITS * (n - left) | self._begin(second[keep], n - left), chance[keep]
        yield from self._across(chance)

    def _across(self, pair_chance: Floats) -> Iterable[tuple[int, Ints, Floats]]:
        """Over a whole middle word."""
        model, length = self.model, self.length
        one, two, three = model.triples
        keys = model.pairs[0] * len(length) + model.pairs[1]
        order = keys.argsort()
        wanted = one * len(length) + two
        places = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        known = keys[order][places] == wanted
        chance = np.where(known, pair_chance[order[places]], model.single[one] * model.single[two]) * model.triple_given
        for n in range(3, ORDER + 1):
            for middle in range(1, n - 1):
                for left in range(1, n - middle):
                    right = n - middle - left
                    keep = (length[two] == middle) & (length[one] >= left) & (length[three] >= right)
                    head = self._end(one[keep], left) << BITS * middle | self._begin(two[keep], middle)
                    yield n, head << BITS * right | self._begin(three[keep], right), chance[keep]

    def _slice(self, rows: Ints, starts: Ints, size: int) -> Ints:
        key = np.zeros(len(rows), np.int64)
        for number in range(size):
            key = key << BITS | self.spelled[rows, starts + number]
        return key

    def _begin(self, rows: Ints, size: int) -> Ints:
        return self._slice(rows, np.zeros(len(rows), np.int64), size)

    def _end(self, rows: Ints, size: int) -> Ints:
        return self._slice(rows, self.length[rows] - size, size)


def of_text(path: Path, chars: str) -> Counts:
    """Counts in the tagged People's Daily corpus (``word/tag`` by spaces, a paragraph a line); a number is one symbol."""
    numbers = {char: number for number, char in enumerate(chars)}
    lines = ("".join(word.rsplit("/", 1)[0] for word in line.split()) for line in path.read_text("utf-8").splitlines())
    symbols = RUN.sub(r"\1", "".join(map(_symbol, "\n".join(line for line in lines if line))))
    sequence = np.array([numbers.get(char, -1) for char in symbols], np.int64)
    found: Counts = {}
    for n in range(1, ORDER + 1):
        windows = np.lib.stride_tricks.sliding_window_view(sequence, n)
        keys = np.zeros(len(windows), np.int64)
        for number in range(n):
            keys = keys << BITS | windows[:, number]
        unique, counts = np.unique(keys[(windows >= 0).all(axis=1)], return_counts=True)
        found[n] = unique, counts.astype(np.float64)
    return found


def _symbol(char: str) -> str:
    if "０" <= char <= "ｚ" and char.isalnum():
        char = chr(ord(char) - 0xFEE0)
    char = char.translate(HALF)
    return "0" if char.isascii() and char.isdigit() else "a" if char.isascii() and char.isalpha() else char
