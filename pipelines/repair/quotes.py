"""Quotation marks come in pairs: what that says of a mark that was lost."""

from __future__ import annotations

import re

PAIRS = ("“”", "《》", "‘’", "〈〉")
OPENED_TWICE, NEVER_CLOSED, NEVER_OPENED = -3.0, -2.5, -4.0


class Quotes:
    """log P, up to a constant, of an opening or closing mark in a run with ``before`` and ``after`` around it."""

    def __init__(self, before: str, after: str) -> None:
        self._opening: dict[str, float] = {}
        self._closing: dict[str, tuple[str, float]] = {}
        for first, second in PAIRS:
            is_open = before.rfind(first) > before.rfind(second)
            following = re.search(f"[{first}{second}]", after)
            closes = following is not None and following.group(0) == second
            self._opening[first] = OPENED_TWICE if is_open else 0.0 if closes else NEVER_CLOSED
            self._closing[second] = (first, 0.0 if is_open else NEVER_OPENED)

    def score(self, char: str, text: str) -> float:
        """For ``char`` after the run's ``text`` so far."""
        if char in self._opening:
            return self._opening[char]
        first, value = self._closing.get(char, ("", 0.0))
        return 0.0 if first and first in text else value
