"""How two articles stand to each other: a copy, the beginning of one, a part of one, or only alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from storage.families.align import Alignment, Titles, align, compare_titles
from storage.families.reading import SHORTEST, Reading

Kind = Literal["same", "lead_of", "excerpt_of", "part_of"]
JOINING = ("same", "lead_of")
TOO_LITTLE = 0.4
HEAD = 30
WHOLE = 0.9
"""Share of the shorter text, from which on it stands whole in the longer one."""
LEAST = 30
"""Shared characters without which nothing is said."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How ``one`` stands to ``other``; shares are 0 to 1.

    Of two that are not the same, the one of which more is shared is the lead, the excerpt or the part, of the other.
    """

    kind: Kind
    contained: float
    """Share of one's characters that the other has."""
    contains: float
    substituted: float
    """Characters replaced in place among aligned ones."""
    numbers: float
    """Places with numbers where they differ."""
    spans: tuple[tuple[int, int], ...]
    """Where in one the shared blocks are."""
    named_alike: bool
    """One title stands in the other, or a line of the page that is no sentence stands in both."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An alignment and the titles, as shares."""

    alignment: Alignment
    titles: Titles
    contained: float
    contains: float
    substituted: float
    numbers: float
    changed: float
    """Characters replaced, rewritten, or left out on both sides, among aligned ones."""
    longer_head: int
    """Characters that the longer text has before the shared part."""
    longer_only: int
    """Characters that the longer text has within the shared part."""

    @property
    def least(self) -> float:
        return min(self.contained, self.contains)

    @property
    def most(self) -> float:
        return max(self.contained, self.contains)


def relate(one: Reading, other: Reading) -> Relation | None:
    """How ``one``, which came later, stands to ``other``; None when they are two stories."""
    if one.text == other.text:
        return _relate_equal(one, other)
    if min(len(one.text), len(other.text)) < SHORTEST:
        return None
    titles = compare_titles(one.title, other.title)
    if titles.conflict:
        return None
    evidence = weigh(align(one.text, other.text), titles)
    if evidence is None or any(refuses(evidence) for refuses in REFUSALS):
        return None
    kind = _kind(evidence, one, other)
    if kind is None:
        return None
    shares = (evidence.contained, evidence.contains, evidence.substituted, evidence.numbers)
    return Relation(kind, *shares, tuple(evidence.alignment.spans), evidence.titles.whole or not one.left_out.isdisjoint(other.left_out))


def _relate_equal(one: Reading, other: Reading) -> Relation | None:
    titles = compare_titles(one.title, other.title)
    if titles.conflict or (len(one.text) < SHORTEST and titles.shared < 0.6):
        return None
    part = one.further_page or other.further_page
    return Relation("part_of" if part else "same", 1.0, 1.0, 0.0, 0.0, ((0, len(one.text)),), titles.whole)


def weigh(found: Alignment, titles: Titles) -> Evidence | None:
    """The evidence in an alignment; None where too little is shared."""
    if found.shared < LEAST:
        return None
    aligned = found.shared + found.replaced
    longer_is_one = found.one > found.other
    return Evidence(
        alignment=found,
        titles=titles,
        contained=found.shared / found.one,
        contains=found.shared / found.other,
        substituted=found.replaced / aligned,
        numbers=found.conflicts / found.numbers if found.numbers else 0.0,
        changed=(found.replaced + found.rewritten + min(found.only_one, found.only_other)) / aligned,
        longer_head=found.head_one if longer_is_one else found.head_other,
        longer_only=found.only_one if longer_is_one else found.only_other,
    )


def _too_little(e: Evidence) -> bool:
    return e.most < TOO_LITTLE


def _template(e: Evidence) -> bool:
    """The same form filled in otherwise: slots replaced in place, other numbers."""
    return e.substituted > 0.15 or e.numbers > 0.1


def _rewritten(e: Evidence) -> bool:
    """Last year's story told again. A copy loses or gains text; it does not do both all over."""
    bound = 0.3 if e.titles.telling and e.substituted <= 0.05 else 0.15
    return e.changed > bound


def _other_beginning(e: Evidence) -> bool:
    """Each begins with text of its own: the same boilerplate, or the same quotation, in two stories."""
    return min(e.alignment.head_one, e.alignment.head_other) > HEAD


REFUSALS: tuple[Callable[[Evidence], bool], ...] = (_too_little, _template, _rewritten, _other_beginning)


def _kind(e: Evidence, one: Reading, other: Reading) -> Kind | None:
    if _is_part(e, one, other):
        return "part_of" if e.most >= WHOLE else "excerpt_of"
    if e.least >= 0.5:
        return "same"
    return "lead_of" if e.most >= 0.65 or e.titles.telling else None


def _is_part(e: Evidence, one: Reading, other: Reading) -> bool:
    """One of them holds more than this story, or less than its beginning."""
    if one.further_page or other.further_page:
        return True
    if one.round_up != other.round_up or (one.round_up and e.least < 0.85):
        return True
    if e.titles.known and e.titles.shared < 0.45 and (e.least < 0.6 or e.longer_head > HEAD):
        return True
    if not e.titles.known and e.least < 0.6 and e.longer_head > HEAD:
        return True
    return e.least < 0.3 and e.longer_only > 2 * e.alignment.shared
