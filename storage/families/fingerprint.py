"""The hashes by which copies are found: FracMinHash (Broder's containment, sampled by hash value), denser at the start.

A copy may be cut anywhere but nearly always keeps the story's first paragraphs, so those are sampled 1 in 8, the rest
1 in 48. The query looks further in than what is stored, since a page's own header pushes the story down.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from storage.families.reading import Reading

SCHEME = 2
"""Version of normalisation and hashing; what an older scheme wrote is never compared."""
GRAM, GRAM_LETTERS = 5, 12
BITS = 48
"""SQLite stores such an integer in six bytes."""
DENSE, SPARSE = 8, 48
STORED_START, ASKED_START = 256, 512
ASIA = 0x2E80
"""Code points from here on are Asian characters; a text without any is cut into longer runs."""
TITLE = 8
"""Characters; shorter titles ("Daily news") say nothing."""
TITLE_GRAM, TITLE_KEPT = 4, 3
FACTORS = np.array([pow(0x9E3779B97F4A7C15, n + 1, 1 << 64) for n in range(GRAM_LETTERS)], np.uint64)
MIX = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64)
SHIFTS = np.array([30, 27, 64 - BITS], np.uint64)

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes of 48 bits, ascending."""

    stored: list[int]
    asked: list[int]
    whole: int
    """Hash of the whole text, in both lists."""
    places: list[tuple[int, int]]
    """Where in the text an asked hash comes from, and the hash."""
    names: frozenset[int]
    """In both lists: the least hashes of the title's runs of characters (what another site puts before and after a
    headline changes few of them), and the least of the page's lines that are no sentences."""


def fingerprint(reading: Reading) -> Fingerprint:
    hashes = _grams(reading.text)
    at = np.flatnonzero(hashes & np.uint64(DENSE - 1) == 0).tolist()
    places = [(place, hash_) for place, hash_ in zip(at, hashes[at].tolist(), strict=True) if place < ASKED_START or hash_ % SPARSE == 0]
    whole = int.from_bytes(hashlib.blake2b(reading.text.encode(), digest_size=BITS // 8).digest())
    names = _title(reading.title) | _names(reading.left_out)
    stored = {hash_ for place, hash_ in places if place < STORED_START or hash_ % SPARSE == 0}
    asked = {hash_ for _, hash_ in places}
    for hashes_of in (stored, asked):
        hashes_of.update(names, (whole,))
    return Fingerprint(sorted(stored), sorted(asked), whole, places, names)


def _title(title: str) -> frozenset[int]:
    if len(title) < TITLE:
        return frozenset()
    grams = {crc32(title[n : n + TITLE_GRAM].encode()) for n in range(len(title) - TITLE_GRAM + 1)}
    return frozenset(sorted(grams)[:TITLE_KEPT])


def _names(lines: frozenset[str]) -> frozenset[int]:
    return frozenset((min(crc32(line.encode("utf-8", "replace")) for line in lines),)) if lines else frozenset()


def _grams(text: str) -> Hashes:
    """A hash for every run of characters, in order."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    size = GRAM if codes.size and codes.max() >= ASIA else GRAM_LETTERS
    count = len(codes) - size + 1
    if count < 1:
        return np.empty(0, np.uint64)
    grams: Hashes = codes[:count] * FACTORS[0]
    for n in range(1, size):
        grams += codes[n : n + count] * FACTORS[n]
    # splitmix64's finaliser: neighbouring grams must not have neighbouring hashes.
    grams ^= grams >> SHIFTS[0]
    grams *= MIX[0]
    grams ^= grams >> SHIFTS[1]
    grams *= MIX[1]
    grams >>= SHIFTS[2]
    return grams
