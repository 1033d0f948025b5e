"""What is compared in a search, and the tokens that find it; made here, so that both databases hold the same ones.

Every run of letters and digits gives its overlapping pairs of characters and single ones, without those that most articles
have (`storage.search.common`). A token of a field other than title and text begins with a private-use character, which no
run holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np

from storage.search.normal import normalise

__all__ = ["FIELDS", "RUN", "name", "normalise", "numbers", "pairs", "searchable", "singles"]

RUN = re.compile(r"[^\W_]+")
FIELDS = {"source": "\ue001", "author": "\ue002", "site": "\ue003", "region": "\ue004"}
NAMES = 0xF0000
"""First character of the plane in which names (of sites, regions) are written as two characters of their hash."""


def searchable(title: str | None, body: str) -> str:
    """The text that a search looks in, normalised."""
    return normalise(f"{title or ''}\n{body}")


def pairs(normalised: str, field: str = "") -> set[str]:
    """The overlapping pairs of every run.

    >>> sorted(pairs("停水了，好"))
    ['停水', '水了']
    """
    found: set[str] = set()
    for run in RUN.findall(normalised):
        found.update(map(str.__add__, run, run[1:]))
    return {field + token for token in found} if field else found


def singles(normalised: str, field: str = "") -> set[str]:
    """Every character of every run."""
    found = set("".join(RUN.findall(normalised)))
    return {field + char for char in found} if field else found


def name(field: str, value: str) -> str:
    """The token of a whole name: equal names have equal tokens."""
    high, low = np.frombuffer(hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=4).digest(), "<u2").tolist()
    return FIELDS[field] + chr(NAMES + high) + chr(NAMES + low)


def numbers(tokens: Iterable[str], chunk: int) -> list[int]:
    """Tokens as signed 32-bit numbers, other ones in every chunk; two tokens seldom share a number."""
    padded = "".join(token.ljust(3, "\0") for token in tokens)
    codes = np.frombuffer(padded.encode("utf-32-le"), np.uint32).astype(np.uint64).reshape(-1, 3)
    mixed = codes[:, 0] | codes[:, 1] << np.uint64(21) | codes[:, 2] << np.uint64(42)
    mixed = mixed + np.uint64(chunk * 0x9E3779B97F4A7C15 % (1 << 64))
    # splitmix64's finaliser
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: list[int] = (mixed >> np.uint64(32)).astype(np.uint32).view(np.int32).tolist()
    return found
