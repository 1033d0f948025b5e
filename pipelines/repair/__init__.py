"""Damaged text made whole: decide whether a page is damaged and by what, undo it, say what was done.

>>> result = repair("缁忔祹鍙戝睍")
>>> result.text, revert(result)
('经济发展', '缁忔祹鍙戝睍')
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.items import Edit
from pipelines.repair.order import PASSES
from pipelines.repair.passes import apply

__all__ = ["Repaired", "repair", "revert"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text and what was done to it."""

    text: str
    edits: tuple[Edit, ...] = ()


def repair(text: str) -> Repaired:
    """``text`` as its editor wrote it, as far as that can be known. Never raises; a clean text comes back as it is."""
    edits: list[Edit] = []
    for find in PASSES:
        found = find(text)
        if found:
            numbered = apply.numbered(found, len({edit.pass_ for edit in edits}))
            text = apply.changed(text, numbered)
            edits += numbered
    return Repaired(text, tuple(edits))


def revert(repaired: Repaired) -> str:
    """The text that `repair` was given."""
    text = repaired.text
    for number in sorted({edit.pass_ for edit in repaired.edits}, reverse=True):
        text = apply.undone(text, [edit for edit in repaired.edits if edit.pass_ == number])
    return text
