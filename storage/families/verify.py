"""Copy or template: what an alignment of two texts says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Indel

DIGITS = re.compile(r"\d+")
BLOCK, GAP, LONGEST = 4, 40, 6000


@dataclass(frozen=True, slots=True)
class Alignment:
    """Shares, 0 to 1."""

    substituted: float
    """Characters replaced in place among aligned ones: a template's slots, a copy's slips."""
    numbers: float
    """Places with numbers in which they differ."""
    shared: int
    """Characters in common blocks."""


def align(one: str, other: str) -> Alignment:
    """Align two normalised texts by their common blocks."""
    one, other = one[:LONGEST], other[:LONGEST]
    blocks = [b for b in Indel.editops(one, other).as_matching_blocks() if b.size >= BLOCK]
    shared = sum(block.size for block in blocks)
    replaced = places = conflicts = 0
    for left, right in zip(blocks, blocks[1:], strict=False):
        a, b = one[left.a + left.size : right.a], other[left.b + left.size : right.b]
        if not (0 < len(a) <= GAP and 0 < len(b) <= GAP):
            continue
        replaced += max(len(a), len(b))
        if DIGITS.search(a) and DIGITS.search(b):
            places += 1
            conflicts += DIGITS.findall(a) != DIGITS.findall(b)
    same_numbers = sum(len(DIGITS.findall(one[block.a : block.a + block.size])) for block in blocks)
    whole = places + same_numbers
    return Alignment(replaced / max(1, replaced + shared), conflicts / whole if whole else 0.0, shared)
