"""Edits made, applied and undone."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.items import Edit, EditKind

STEP = "repair"


def edit(rule: str, start: int, before: str, after: str, confidence: float = 1.0) -> Edit:
    kind: EditKind = "lost" if before == after else "repair"
    return Edit(step=STEP, rule=rule, start=start, before=before, after=after, confidence=confidence, kind=kind)


def numbered(edits: Iterable[Edit], number: int) -> list[Edit]:
    """The edits in order, as pass ``number``."""
    return sorted((_in_pass(one, number) for one in edits), key=lambda one: one.start)


def _in_pass(one: Edit, number: int) -> Edit:
    if one.pass_ == number:
        return one
    return Edit(
        step=one.step, rule=one.rule, start=one.start, before=one.before, after=one.after, confidence=one.confidence, kind=one.kind,
        field=one.field, pass_=number,
    )  # fmt: skip


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
