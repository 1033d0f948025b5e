"""Cutting lines out of a text, each cut an edit."""

from __future__ import annotations

from crawler.items import Edit


def cut(text: str, doomed: dict[int, str], step: str) -> tuple[str, tuple[Edit, ...]]:
    """``text`` without the lines numbered in ``doomed`` ({line number: rule}), and the edits that say so.

    >>> cut("a\\nb\\nc", {1: "rule"}, "step")[0]
    'a\\nc'
    """
    lines = text.split("\n")
    edits, kept, at = [], [], 0
    for number, line in enumerate(lines):
        rule = doomed.get(number)
        if rule is None:
            kept.append(line)
        else:
            # The line goes with the break before it, or, at the top, with the break after it.
            start, before = (at - 1, "\n" + line) if kept else (at, line + "\n" * (number + 1 < len(lines)))
            edits.append(Edit(step=step, rule=rule, start=start, before=before, after="", kind="strip"))
        at += len(line) + 1
    return "\n".join(kept), tuple(edits)
