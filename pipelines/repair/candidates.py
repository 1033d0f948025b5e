"""Which characters a byte may belong to: what the lattice tries where a byte was lost."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pipelines.repair.kit_table import NARROW, WIDE, kit, written
from pipelines.repair.model import model
from pipelines.repair.model_file import Ints

NARROWED = frozenset(WIDE.values())
"""Marks that became ASCII before any byte was lost, but where a reading had been put inside them."""


class Candidates(NamedTuple):
    """Characters that one known byte allows, as parallel columns."""

    chars: str
    """Simplified, as the text will have them."""
    written: str
    """As the kit wrote them."""
    ids: Ints
    """Symbols of the language model."""
    other: tuple[int, ...]
    """The byte that was lost."""


def _table(known: int) -> dict[int, Candidates]:
    """Candidates by their first (``known`` = 0) or second byte (1)."""
    ids, rows = model().ids, dict[int, list[tuple[str, str, int, int]]]()
    for pair, (char, simplified) in written().items():
        two = (pair >> 8, pair & 0xFF)
        if char in NARROWED:
            continue
        for one in simplified:
            if one in ids:
                rows.setdefault(two[known], []).append((one, char, ids[one], two[1 - known]))
    found = {}
    for byte, entries in rows.items():
        chars, traditional, numbers, others = zip(*entries, strict=True)
        found[byte] = Candidates("".join(chars), "".join(traditional), np.array(numbers, np.int64), others)
    return found


@lru_cache
def by_lead() -> dict[int, Candidates]:
    return _table(0)


@lru_cache
def by_trail() -> dict[int, Candidates]:
    return _table(1)


@lru_cache
def emitted() -> dict[int, tuple[str, tuple[tuple[str, int], ...]]]:
    """lead << 8 | trail -> (as written, ((simplified, symbol of the model), …))."""
    number = model().id
    return {pair: (char, tuple((one, number(one)) for one in simplified)) for pair, (char, simplified) in written().items()}


@lru_cache
def by_reading() -> dict[str, tuple[tuple[int, int], ...]]:
    """Reading -> the byte pairs of the kit's characters that may be read so."""
    found: dict[str, list[tuple[int, int]]] = {}
    for char, sounds in kit().readings.items():
        if kit().seen[char] == "rare":
            continue
        raw = char.encode("gbk")
        for sound in sounds:
            found.setdefault(sound, []).append((raw[0], raw[1]))
    return {sound: tuple(pairs) for sound, pairs in found.items()}


@lru_cache
def marks() -> dict[str, tuple[int, str, int]]:
    """ASCII mark that the kit made -> (second byte of the full-width mark, that mark, its symbol)."""
    return {mark: (byte, WIDE[mark], model().id(WIDE[mark])) for mark, byte in NARROW.items()}
