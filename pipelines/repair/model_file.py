"""The language model as it is kept on disk: a trie whose every n-gram is told by its place among those one shorter.

An n-gram is kept only where its first n-1 characters and its last n-1 are kept too. So a bitmap over the (n-1)-grams says
which of them go on, and what follows ``ab`` is told by ranks in the list of what follows ``b``, the likeliest first: small
numbers. Whatever helps to foretell a number (how likely the shorter n-gram is, how dense the list) sorts the numbers before
they are deflated, which gives each kind a code of its own. Some ten bits an n-gram, its probability included.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint16]
Places = NDArray[np.int32]
BITS = 13
MASK = (1 << BITS) - 1
ORDER = 4
STEPS, LEFT_STEPS = 2, 3
"""Levels a nat, of -log P and of -log of what a history leaves to the order below."""
VALUE = 8
"""Bits of such a value."""
NUMBER = 24
"""Bits of the place of an n-gram or history."""
PART = 1 << 15
"""Histories sorted at a time: as many as the processor's cache can hold."""


class Level(NamedTuple):
    """The n-grams of one order: what follows each history, the likeliest first but in the highest order.

    The key of a history is the ids of its characters, `BITS` bits each.
    """

    histories: Ints
    """Keys, ascending; the next three arrays are parallel to them."""
    left: Bytes
    """-log of the mass that is left to the order below, in `LEFT_STEPS`."""
    starts: Places
    sizes: Places
    chars: Words
    """The n-grams' last characters, history by history: ``chars[start : start + size]``."""
    values: Bytes
    """Their -log P in `STEPS`."""


class _Grown(NamedTuple):
    """A level, and what the next one needs of it."""

    level: Level
    shorter: Places
    """Of each n-gram, where its last n-1 characters stand among the (n-1)-grams."""
    keys: Ints
    """Histories in the order in which they are written."""
    sizes: Places
    starts: Places
    """Where in the level their n-grams begin."""
    places: Ints
    """Where they stand as (n-1)-grams, of which there are ``below``."""
    below: int


class _Written(NamedTuple):
    """Histories in the order in which they are written: first those whose n-grams stand closest together in the lists that
    they are looked up in."""

    order: Ints
    places: Ints
    """Where each stands as an (n-1)-gram."""
    keys: Ints
    sizes: Places
    lists: Places
    """Where its list begins."""


def _first(values: Bytes) -> _Grown:
    """Single characters: after nothing, any of them, the likeliest first already."""
    zero, size = np.zeros(1, np.int32), np.array([len(values)], np.int32)
    nothing = np.zeros(1, np.int64)
    level = Level(nothing, np.zeros(1, np.uint8), zero, size, np.arange(len(values)).astype(np.uint16), values)
    return _Grown(level, np.zeros(len(values), np.int32), nothing, size, zero, nothing, 1)


def _keys(grown: _Grown, places: Ints) -> Ints:
    """Keys of the n-grams at some places."""
    of = np.repeat(np.arange(len(grown.sizes), dtype=np.int32), grown.sizes)
    return grown.keys[of[places]] << BITS | grown.level.chars[places]


def _written(grown: _Grown, places: Ints, keys: Ints, sizes: Places) -> _Written:
    numbers = np.zeros(grown.below, np.int32)
    numbers[grown.places] = np.arange(len(grown.places))
    number = numbers[grown.shorter[places]]
    density = np.log2((grown.sizes[number] / sizes).astype(np.float32)) * 2
    order = density.astype(np.uint8).argsort(kind="stable")
    return _Written(order, places[order], keys[order], sizes[order], grown.starts[number[order]])


def _sort(written: _Written, place: Places, values: Bytes) -> None:
    """Sort the n-grams of each history by their values, in place."""
    starts = np.cumsum(written.sizes, dtype=np.int32) - written.sizes
    for at in range(0, len(starts), PART):
        sizes = written.sizes[at : at + PART]
        part = slice(int(starts[at]), int(starts[at]) + int(sizes.sum()))
        grams = np.repeat(np.arange(len(sizes), dtype=np.int64) << VALUE + NUMBER, sizes)
        grams |= values[part].astype(np.int64) << NUMBER
        grams |= place[part]
        grams.sort()
        values[part] = (grams >> NUMBER).astype(np.uint8)
        place[part] = grams & ((1 << NUMBER) - 1)


def _grow(grown: _Grown, written: _Written, left: Bytes, place: Places, values: Bytes) -> _Grown:
    """The next level. Its n-grams stand history by history, ``place`` is that of their last n-1 characters in the level at
    hand; sorts those of each history by their values."""
    starts = np.cumsum(written.sizes, dtype=np.int32) - written.sizes
    numbered = written.keys << NUMBER | np.arange(len(starts))
    numbered.sort()
    number = numbered & ((1 << NUMBER) - 1)
    numbered >>= NUMBER
    level = Level(numbered, left[number], starts[number], written.sizes[number], grown.level.chars[place], values)
    return _Grown(level, place, written.keys, written.sizes, starts, written.places, len(grown.shorter))


def unpacked(data: Mapping[str, Bytes]) -> list[Level]:
    """Levels of order 2 to `ORDER`."""
    grown = _first(data["p1"])
    levels: list[Level] = []
    for n in range(2, ORDER + 1):
        places = np.unpackbits(data[f"h{n}"], count=len(grown.shorter)).view(np.bool_).nonzero()[0]
        written = _written(grown, places, _keys(grown, places), _joined(data, f"c{n}").astype(np.int32) + 1)
        place = _places(_joined(data, f"r{n}"), written)
        values = _sorted_back(data[f"p{n}"], grown.level.values[place])
        if n < ORDER:  # ranks are looked up in it
            _sort(written, place, values)
        grown = _grow(grown, written, data[f"l{n}"], place, values)
        levels.append(grown.level)
    return levels


def _places(steps: Words, written: _Written) -> Places:
    """Where each n-gram's last n-1 characters stand in the level below."""
    first = np.cumsum(written.sizes, dtype=np.int32) - written.sizes
    steps += 1
    place = np.cumsum(steps, dtype=np.int32)
    # A rank is the sum of the steps so far, less one; a running sum knows nothing of where lists begin.
    place += np.repeat(written.lists - place[first] + steps[first] - 1, written.sizes)
    return place


def _sorted_back(values: Bytes, kinds: Bytes) -> Bytes:
    """``values`` were sorted by their kinds; as they stood before that."""
    found = np.empty_like(values)
    found[kinds.argsort(kind="stable")] = values
    return found


def _joined(data: Mapping[str, Bytes], name: str) -> Words:
    joined = data[f"{name}_1"].astype(np.uint16)
    joined <<= 8
    joined |= data[f"{name}_0"]
    return joined


class Grams(NamedTuple):
    """One order of a model to be packed; keys ascend."""

    keys: Ints
    values: Bytes
    """-log P in `STEPS`."""
    left: Bytes
    """-log of what each history (the keys' first n-1 characters, once each, ascending) leaves, in `LEFT_STEPS`."""


def packed(first: Bytes, orders: list[Grams]) -> dict[str, Bytes]:
    """Arrays as `unpacked` reads them; ``first`` is -log P of the single characters in `STEPS`, ascending."""
    grown = _first(first)
    arrays = {"p1": first}
    for n, grams in enumerate(orders, 2):
        histories, counts = np.unique(grams.keys >> BITS, return_counts=True)
        shorter = _keys(grown, np.arange(len(grown.shorter)))
        going_on = np.isin(shorter, histories)
        number = np.searchsorted(histories, shorter[going_on])
        written = _written(grown, going_on.nonzero()[0], histories[number], counts[number].astype(np.int32))
        place, kept = _found(grams.keys, histories, written, shorter, n)
        ranks = place - np.repeat(written.lists, written.sizes)
        steps = np.diff(ranks, prepend=-1) - 1
        begins = np.cumsum(written.sizes) - written.sizes
        steps[begins] = ranks[begins]
        values, left = grams.values[kept], grams.left[number][written.order]
        arrays |= _planes(f"r{n}", steps) | _planes(f"c{n}", counts[number] - 1)
        arrays |= {f"h{n}": np.packbits(going_on), f"l{n}": left, f"p{n}": values[grown.level.values[place].argsort(kind="stable")]}
        _sort(written, place, values)
        grown = _grow(grown, written, left, place, values)
    return arrays


def _found(keys: Ints, histories: Ints, written: _Written, shorter: Ints, n: int) -> tuple[Places, Ints]:
    """In the order of ``written``: where each n-gram's last n-1 characters stand among the ``shorter``, and its number."""
    order = shorter.argsort()
    wanted = keys & ((1 << BITS * (n - 1)) - 1)
    place = order[np.minimum(np.searchsorted(shorter[order], wanted), len(order) - 1)]
    if not np.array_equal(shorter[place], wanted):
        raise ValueError(f"an n-gram of order {n} whose last {n - 1} characters are not kept")
    turn = np.empty(len(histories), np.int64)
    turn[np.searchsorted(histories, written.keys)] = np.arange(len(histories))
    kept = np.lexsort((place, turn[np.searchsorted(histories, keys >> BITS)]))
    return place[kept].astype(np.int32), kept


def _planes(name: str, values: Ints) -> dict[str, Bytes]:
    """Integers as one array for each of their two bytes, which compresses best."""
    return {f"{name}_{i}": ((values >> (8 * i)) & 0xFF).astype(np.uint8) for i in (0, 1)}
