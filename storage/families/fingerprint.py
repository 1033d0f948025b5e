"""Normalised text, its exact hash and its FracMinHash (Broder's containment, sampled by hash value)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from storage.simplify import simplify

SCHEME = 1
GRAM = 5
TARGET = 64
READING = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,6}\)")
KEPT = re.compile(r"[^\u3400-\u9fff0-9]+")
LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What two texts are compared by."""

    text: str
    exact: int
    power: int
    hashes: tuple[int, ...]


def normalise(text: str) -> str:
    """Chinese characters and digits, simplified; letters where a text has no Chinese.

    >>> normalise("經(jīng)濟，2026年！")
    '经济2026年'
    """
    folded = simplify(READING.sub("", unicodedata.normalize("NFKC", text)))
    kept = KEPT.sub("", folded)
    return kept if len(kept) * 4 > len(folded) else LETTERS.sub("", folded.casefold())


def fingerprint(text: str) -> Fingerprint:
    plain = normalise(text)
    exact = int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=8).digest(), "big", signed=True)
    hashes = _hashes(plain)
    power = 0
    while len(hashes) >> power > TARGET:
        power += 1
    kept = hashes[(hashes & np.uint64((1 << power) - 1)) == 0]
    return Fingerprint(plain, exact, power, tuple((kept.astype(np.int64)).tolist()))


def _hashes(plain: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < GRAM:
        return np.empty(0, np.uint64)
    grams = np.zeros(len(codes) - GRAM + 1, np.uint64)
    for n in range(GRAM):
        grams = grams * np.uint64(1_000_003) + codes[n : len(codes) - GRAM + 1 + n]
    # splitmix64's finaliser: neighbouring grams must not have neighbouring hashes.
    grams = (grams ^ (grams >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    grams = (grams ^ (grams >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.unique(grams ^ (grams >> np.uint64(31)))
