"""What is compared in a search, and the tokens that find it; made here, so that both databases hold the same ones.

Every run of letters and digits gives its overlapping pairs of characters and single ones, without those that most articles
have (`storage.search.common`). A token of a field other than title and text begins with a private-use character, which no
run holds.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from storage.search.normal import normalise

__all__ = ["FIELDS", "RUN", "name", "normalise", "numbers", "packed", "searchable", "spelled", "tokens_of"]

RUN = re.compile(r"[^\W_]+")
FIELDS = {"source": "\ue001", "author": "\ue002", "site": "\ue003", "region": "\ue004"}
WIDE = np.uint64(21)
"""Bits of a character."""
Packed = np.ndarray[tuple[int], np.dtype[np.uint64]]
NAMES = 0xF0000
"""First character of the plane in which names (of sites, regions) are written as two characters of their hash."""


def searchable(title: str | None, body: str) -> str:
    """The text that a search looks in, normalised."""
    return normalise(f"{title or ''}\n{body}")


def tokens_of(normalised: str, field: str = "") -> tuple[Packed, Packed]:
    """(the overlapping pairs of every run, the single characters), each once.

    >>> pairs, single = tokens_of("停水了，好")
    >>> sorted(spelled(pairs).split()), sorted(spelled(single).split())
    (['停水', '水了'], ['了', '停', '好', '水'])
    """
    codes = np.frombuffer(normalised.encode("utf-32-le", "replace"), np.uint32)
    codes = np.where(_in_runs()[codes], codes, 0).astype(np.uint64)
    first, second = codes[:-1], codes[1:]
    both = (first != 0) & (second != 0)
    pairs, single = _distinct(first[both] | second[both] << WIDE), _distinct(codes[codes != 0])
    return (np.uint64(ord(field)) | pairs << WIDE, np.uint64(ord(field)) | single << WIDE) if field else (pairs, single)


def _distinct(values: Packed) -> Packed:
    values.sort()
    return values[np.concatenate(([True], values[1:] != values[:-1]))] if len(values) else values


@lru_cache
def _in_runs() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Code point -> whether it is a letter or digit, as `RUN` has it."""
    every = np.arange(sys.maxunicode + 1, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    inside = np.zeros(len(every), np.bool_)
    for run in RUN.finditer(every):
        inside[run.start() : run.end()] = True
    return inside


def name(field: str, value: str) -> str:
    """The token of a whole name: equal names have equal tokens."""
    high, low = np.frombuffer(hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=4).digest(), "<u2").tolist()
    return FIELDS[field] + chr(NAMES + high) + chr(NAMES + low)


def packed(tokens: Iterable[str]) -> Packed:
    """Tokens as they are computed with: up to three characters, 21 bits each."""
    padded = "".join(token.ljust(3, "\0") for token in tokens)
    codes = np.frombuffer(padded.encode("utf-32-le"), np.uint32).astype(np.uint64).reshape(-1, 3)
    made: Packed = codes[:, 0] | codes[:, 1] << WIDE | codes[:, 2] << WIDE << WIDE
    return made


def spelled(tokens: Packed) -> str:
    """Tokens as words between blanks.

    >>> spelled(packed(["停水", "好"]))
    '停水 好 '
    """
    codes = np.full((len(tokens), 4), ord(" "), np.uint32)
    for n in range(3):
        codes[:, n] = tokens >> WIDE * np.uint64(n) & np.uint64((1 << 21) - 1)
    return str(codes[codes != 0].tobytes(), "utf-32-le")


def numbers(tokens: Packed, chunk: int) -> list[int]:
    """Tokens as signed 32-bit numbers, other ones in every chunk; two tokens seldom share a number."""
    mixed = tokens + np.uint64(chunk * 0x9E3779B97F4A7C15 % (1 << 64))
    # splitmix64's finaliser
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: list[int] = (mixed >> np.uint64(32)).astype(np.uint32).view(np.int32).tolist()
    return found
