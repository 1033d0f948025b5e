"""What an alignment of two texts says: what they share, where, and what stands in its place elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapidfuzz.distance import Indel

DIGITS = re.compile(r"\d+")
BLOCK = 4
"""Characters in a row that count as shared; shorter runs are chance."""
SLOT = 24
"""Characters; a longer stretch replaced by another is rewriting, not a template's slot or a copy's slip."""
LONGEST = 6000
TELLING = 8
"""Characters of a title that says something."""


@dataclass(slots=True)
class Alignment:
    """Counts of characters unless said otherwise; "one" and "other" are the two texts."""

    one: int
    other: int
    shared: int = 0
    replaced: int = 0
    """Short stretches replaced in place: a template's slots, a copy's slips."""
    rewritten: int = 0
    """The shorter side of long stretches replaced in place."""
    only_one: int = 0
    """Stretches between shared blocks that the other has not."""
    only_other: int = 0
    head_one: int = 0
    """Before the first shared block."""
    head_other: int = 0
    numbers: int = 0
    """Numbers in shared blocks and places where both have numbers."""
    conflicts: int = 0
    """Places where the numbers differ."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Where the shared blocks are in one: start, end."""


def align(one: str, other: str) -> Alignment:
    """Align two normalised texts by their common blocks (longest common subsequence)."""
    one, other = one[:LONGEST], other[:LONGEST]
    found = Alignment(len(one), len(other))
    blocks = [block for block in Indel.editops(one, other).as_matching_blocks() if block.size >= BLOCK]
    if not blocks:
        return found
    found.head_one, found.head_other = blocks[0].a, blocks[0].b
    end_one, end_other = found.head_one, found.head_other
    for block in blocks:
        _gap(found, one[end_one : block.a], other[end_other : block.b])
        found.shared += block.size
        end_one, end_other = block.a + block.size, block.b + block.size
        found.spans.append((block.a, end_one))
        found.numbers += len(DIGITS.findall(one[block.a : end_one]))
    return found


def _gap(found: Alignment, mine: str, theirs: str) -> None:
    shorter, longer = sorted((len(mine), len(theirs)))
    if not shorter or longer > SLOT:
        found.rewritten += shorter
        found.only_one += len(mine) - shorter
        found.only_other += len(theirs) - shorter
        return
    found.replaced += longer
    my_numbers, their_numbers = DIGITS.findall(mine), DIGITS.findall(theirs)
    if my_numbers and their_numbers:
        found.numbers += 1
        found.conflicts += my_numbers != their_numbers


@dataclass(frozen=True, slots=True)
class Titles:
    """How two normalised titles stand to each other."""

    shared: float
    """Share of the shorter title's characters that the other has in runs of two and more, 0 to 1."""
    known: bool
    """Both have a title."""
    telling: bool
    """Both are long enough to say something, and nearly the shorter one is in the other."""
    conflict: bool
    """Both name numbers (a year, an issue), and none in common."""
    whole: bool
    """The shorter one, long enough, stands in the other as it is."""


def compare_titles(one: str, other: str) -> Titles:
    """Compare two normalised titles; sites put words before and after a headline and cut it.

    >>> compare_titles("今天全国短途客流增多", "快讯今天全国短途客流增多").telling
    True
    >>> compare_titles("双色球第2023123期开奖公告", "双色球第2023124期开奖公告").conflict
    True
    """
    shorter = min(len(one), len(other))
    blocks = Indel.editops(one, other).as_matching_blocks()
    shared = sum(block.size for block in blocks if block.size > 1) / shorter if shorter else 0.0
    conflict = _numbers_differ(DIGITS.findall(one), DIGITS.findall(other))
    return Titles(shared, shorter > 0, shared > 0.8 and shorter >= TELLING, conflict, shorter >= TELLING and (one in other or other in one))


def _numbers_differ(one: list[str], other: list[str]) -> bool:
    """No number of one is in the other; a title cut within a number still agrees."""
    return bool(one and other) and not any(p.startswith(q) or p.endswith(q) or q.startswith(p) or q.endswith(p) for p in one for q in other)
