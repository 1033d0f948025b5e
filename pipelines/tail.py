"""Cutting spans and lines out of a text, each cut an edit."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.items import Edit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text and where it starts."""

    text: str
    start: int


def lines_of(text: str) -> list[Line]:
    """The lines of a text with their offsets."""
    out, at = [], 0
    for line in text.split("\n"):
        out.append(Line(line, at))
        at += len(line) + 1
    return out


def cut(text: str, doomed: dict[int, str], step: str, spans: tuple[tuple[int, int, str], ...] = ()) -> tuple[str, tuple[Edit, ...]]:
    """``text`` without the lines numbered in ``doomed`` ({line number: rule}) and without ``spans``, and the edits that say so.

    ``spans``: (start, end, rule) inside lines that stay; they overlap neither each other nor a doomed line.

    >>> cut("a\\nb\\nc", {1: "rule"}, "step")[0]
    'a\\nc'
    >>> cut("ab\\nc", {}, "step", ((1, 2, "rule"),))[0]
    'a\\nc'
    """
    cuts = list(spans)
    kept = False
    lines = lines_of(text)
    for number, line in enumerate(lines):
        rule, end = doomed.get(number), line.start + len(line.text)
        if rule is None:
            kept = True
        elif kept:  # the line goes with the break before it, or, at the top, with the break after it
            cuts.append((line.start - 1, end, rule))
        else:
            cuts.append((line.start, end + (number + 1 < len(lines)), rule))
    cuts.sort()
    out, at = [], 0
    for start, end, _ in cuts:
        out.append(text[at:start])
        at = end
    edits = tuple(Edit(step=step, rule=rule, start=start, before=text[start:end], after="", kind="strip") for start, end, rule in cuts)
    return "".join((*out, text[at:])), edits
