"""A piece of the original text about the matches, and where in it they stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from storage.search.tokens import normalise

AROUND, LENGTH = 30, 100


@dataclass(frozen=True, slots=True)
class Snippet:
    """``text`` is the original's, white space made single blanks; ``highlights`` are (start, end) in it."""

    text: str
    highlights: tuple[tuple[int, int], ...] = ()

    def marked(self, before: str = "【", after: str = "】") -> str:
        """The text with the matches in marks.

        >>> Snippet("今天停水", ((2, 4),)).marked()
        '今天【停水】'
        """
        out, last = [], 0
        for start, end in self.highlights:
            out += [self.text[last:start], before, self.text[start:end], after]
            last = end
        return "".join(out) + self.text[last:]


def snippet(body: str, terms: Sequence[str]) -> Snippet:
    """About the first match of any of the normalised ``terms``; the text's beginning where none is in it.

    >>> snippet("昨日，城關鎮停水。", ["城关"]).marked()
    '昨日，【城關】鎮停水。'
    """
    matches = _matches(body, terms)
    first = matches[0][0] if matches else 0
    start = max(0, first - AROUND)
    end = min(len(body), start + LENGTH)
    piece = "".join(" " if char.isspace() else char for char in body[start:end])
    lead = "…" if start else ""
    shift = len(lead) - start
    inside = tuple((a + shift, min(b, end) + shift) for a, b in matches if a >= start and a < end)
    return Snippet(lead + piece + ("…" if end < len(body) else ""), inside)


def _matches(body: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where the terms stand in the original, in order, overlaps joined."""
    plain, origin = _mapped(body)
    spans: list[tuple[int, int]] = []
    for term in terms:
        at = plain.find(term)
        while at >= 0 and len(spans) < 100:
            spans.append((origin[at], origin[at + len(term) - 1] + 1))
            at = plain.find(term, at + len(term))
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _mapped(body: str) -> tuple[str, Sequence[int]]:
    """The normalised text, and for each of its characters the original's that it came from."""
    plain = normalise(body)
    if len(plain) == len(body):
        return plain, range(len(body))
    pieces: list[str] = []
    origin: list[int] = []
    start = 0
    for n in range(1, len(body) + 1):
        # Combining marks are normalised together with the character they stand on.
        if n < len(body) and unicodedata.combining(body[n]):
            continue
        made = normalise(body[start:n])
        pieces.append(made)
        origin += [min(start + k, n - 1) for k in range(len(made))] if len(made) == n - start else [start] * len(made)
        start = n
    return "".join(pieces), origin
