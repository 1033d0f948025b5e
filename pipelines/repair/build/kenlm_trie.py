"""Read the words and n-grams of a KenLM model, as libime ships one (zh_CN.lm): quantised trie with array-compressed pointers.

Format: kpu/kenlm, lm/binary_format.cc, lm/trie.cc, lm/bhiksha.cc, lm/quantize.cc, version 5. An n-gram is stored from its
last word to its first.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
MAGIC = b"mmap lm http://kheafield.com/code format version 5\n"
PARAMETERS = 88
"""Offset of order, probing multiplier, model type and flags; the counts follow."""
QUANTISED_ARRAY_TRIE = 5


class WordModel(NamedTuple):
    """A trigram model of words; probabilities, not logarithms; pairs and triples are parallel arrays of word numbers."""

    words: list[str]
    single: Floats
    pairs: tuple[Ints, Ints]
    pair_given: Floats
    """P(second | first)."""
    triples: tuple[Ints, Ints, Ints]
    triple_given: Floats
    """P(third | first, second)."""


def read(path: Path) -> WordModel:
    data = path.read_bytes()
    order, kind = data[PARAMETERS], struct.unpack_from("<I", data, PARAMETERS + 8)[0]
    if not data.startswith(MAGIC) or order != 3 or kind != QUANTISED_ARRAY_TRIE:
        raise ValueError(f"{path}: not a KenLM trigram model of type {QUANTISED_ARRAY_TRIE}; take zh_CN.lm of libime-data-language-model")
    words, pairs, triples = struct.unpack_from("<3Q", data, PARAMETERS + 20)
    at = -(-(PARAMETERS + 44) // 8) * 8 + 8 + 8 * words
    bits = (data[at + 1], data[at + 2])
    tables, at = _tables(data, at, bits)
    single = np.frombuffer(data, [("p", "<f4"), ("back", "<f4"), ("next", "<u8")], words, at)
    at += 16 * (words + 2)
    first_of_pair, pair_codes, pointers, at = _middle(data, at, (words, pairs, triples), sum(bits))
    first_of_triple, triple_codes, at = _last(data, at, (words, triples), bits[0])
    second = np.repeat(np.arange(words), np.diff(np.append(single["next"].astype(np.int64), pairs)))
    under = np.repeat(np.arange(pairs), np.diff(np.append(pointers[:-1], triples)))
    names = [name.decode() for name in data[at:].split(b"\0")[:words]]
    return WordModel(
        names, _power(single["p"]), (first_of_pair, second), _power(tables[0][pair_codes >> bits[1]]),
        (first_of_triple, first_of_pair[under], second[under]), _power(tables[1][triple_codes]),
    )  # fmt: skip


def _power(logs: NDArray[np.float32]) -> Floats:
    return np.asarray(10.0 ** logs.astype(np.float64))


def _tables(data: bytes, at: int, bits: tuple[int, int]) -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], int]:
    """Quantised probabilities of pairs and of triples; back-off weights lie between."""
    size, back = 1 << bits[0], 1 << bits[1]
    values = np.frombuffer(data, "<f4", 2 * size + back, at + 8)
    return (values[:size], values[size + back :]), at + 8 + 4 * len(values)


def _middle(data: bytes, at: int, counts: tuple[int, int, int], quantised: int) -> tuple[Ints, Ints, Ints, int]:
    words, pairs, triples = counts
    required = triples.bit_length()
    chop = min(range(min(required, data[at + 1]) + 1), key=lambda bits: (triples >> (required - bits)) * 64 - (pairs + 1) * bits)
    inline, entries = required - chop, (triples >> (required - chop)) + 1
    offsets = np.frombuffer(data, "<u8", entries, -(-at // 8) * 8 + 8).astype(np.int64)
    at += 8 * (1 + entries) + 7
    width = words.bit_length()
    word, code, low = _unpacked(data, at, pairs + 1, (width, quantised, inline))
    high = np.searchsorted(offsets, np.arange(pairs + 1), side="right") - 1
    total = width + quantised + inline
    return word[:-1], code[:-1], (high << inline) | low, at + ((1 + pairs) * total + 7) // 8 + 8


def _last(data: bytes, at: int, counts: tuple[int, int], quantised: int) -> tuple[Ints, Ints, int]:
    words, triples = counts
    width = words.bit_length()
    word, code = _unpacked(data, at, triples, (width, quantised))
    return word, code, at + ((1 + triples) * (width + quantised) + 7) // 8 + 8


def _unpacked(data: bytes, at: int, count: int, widths: tuple[int, ...]) -> list[Ints]:
    """Bit-packed records, low bits first, as one array a field."""
    total = sum(widths)
    raw = np.frombuffer(data, np.uint8, (count * total + 7) // 8 + 8, at)
    found, begin = [], np.arange(count, dtype=np.int64) * total
    for width in widths:
        value = np.zeros(count, np.uint64)
        for number in range(8):
            place = np.minimum((begin >> 3) + number, len(raw) - 1)
            value |= raw[place].astype(np.uint64) << np.uint64(8 * number)
        found.append(((value >> (begin & 7).astype(np.uint64)) & np.uint64((1 << width) - 1)).astype(np.int64))
        begin = begin + width
    return found
