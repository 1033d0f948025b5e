"""Edits made, applied and undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from crawler.items import Edit, EditKind

STEP = "repair"


def edit(rule: str, start: int, before: str, after: str, confidence: float = 1.0) -> Edit:
    kind: EditKind = "lost" if before == after else "repair"
    return Edit(step=STEP, rule=rule, start=start, before=before, after=after, confidence=confidence, kind=kind)


def numbered(edits: Iterable[Edit], number: int) -> list[Edit]:
    """The edits in order, as pass ``number``."""
    return sorted((dataclasses.replace(e, pass_=number) for e in edits), key=lambda e: e.start)


def changed(text: str, edits: list[Edit]) -> str:
    """``text`` with one pass's edits made."""
    parts, at = [], 0
    for one in edits:
        parts += [text[at : one.start], one.after]
        at = one.end
    return "".join((*parts, text[at:]))


def undone(text: str, edits: list[Edit]) -> str:
    """The text that one pass received."""
    parts, at, shift = [], 0, 0
    for one in edits:
        start = one.start + shift
        parts += [text[at:start], one.before]
        at = start + len(one.after)
        shift += len(one.after) - len(one.before)
    return "".join((*parts, text[at:]))
