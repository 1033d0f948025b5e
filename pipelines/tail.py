"""Cutting spans and lines out of a text, each cut an edit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from crawler.items import Edit


class Line(NamedTuple):
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


SENTENCE_END = re.compile("[。！？!?…]+[”」』）)】]*")
GLUED = 80
"""What is glued to the end of a paragraph is at most this long."""
SENTENCES = re.compile(r"(?<=[。！!？?；;])\s*(?=\S)")


def glued(line: str, rule_of: Callable[[str], str | None]) -> tuple[int, str] | None:
    """Where a line's last sentence ends, and the rule that takes what is glued to it; None where nothing is.

    >>> glued("路修好了。扫码关注我们", {"扫码关注我们": "scan"}.get)
    (5, 'scan')
    """
    end = max((match.end() for match in SENTENCE_END.finditer(line, max(0, len(line) - GLUED), len(line) - 1)), default=0)
    rest = line[end:]
    rule = rule_of(rest.strip()) if end and len(rest) > 3 else None
    return (end, rule) if rule else None


def whole(line: str, rule_of: Callable[[str], str | None]) -> bool:
    """Whether a line is two or more sentences, each taken by a rule.

    >>> whole("侵删。扫码关注我们", {"侵删。": "own", "扫码关注我们": "scan"}.get)
    True
    """
    sentences = SENTENCES.split(line)
    return len(sentences) > 1 and all(rule_of(sentence) for sentence in sentences)


def cut(text: str, doomed: dict[int, str], step: str, spans: tuple[tuple[int, int, str], ...] = ()) -> tuple[str, tuple[Edit, ...]]:
    """``text`` without the lines numbered in ``doomed`` ({line number: rule}) and without ``spans``, and the edits that say so.

    ``spans``: (start, end, rule) inside lines that stay; they overlap neither each other nor a doomed line.

    >>> cut("a\\nb\\nc", {1: "rule"}, "step")[0]
    'a\\nc'
    >>> cut("ab\\nc", {}, "step", ((1, 2, "rule"),))[0]
    'a\\nc'
    """
    if not doomed and not spans:
        return text, ()
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
