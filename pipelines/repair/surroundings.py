"""What the text around says of a punctuation mark that was lost, beyond the few characters that the model sees.

Quotation marks come in pairs, and a list goes on with 、 after a few characters while a sentence ends with 。 after many.
"""

from __future__ import annotations

import re

PAIRS = {"“": "”", "《": "》", "‘": "’", "〈": "〉", "（": "）"}
CLOSING = {second: first for first, second in PAIRS.items()}
OPENED_TWICE, NEVER_CLOSED, NEVER_OPENED = -3.0, -2.5, -4.0
NEEDED, NEEDED_SURELY, LIST_NUMBER = 4.0, 12.0, 3
"""nat, for a mark whose partner stands alone; surely, where nothing else could be that partner and the two are brackets
with more between them than the number of a list item, ``1）``."""
LONG_ASIDE = 40
"""Characters between a mark and its partner, as a rule at the most."""
BRACKETS = "（《〈"
JUDGED = frozenset((*PAIRS, *CLOSING, "、", "。"))
CLAUSE = re.compile("[、，。；：！？]")
STEPS = (2, 4, 7, 11, 17)
# Half of log(。 / 、) by the mark before and the characters since (up to 2, 4, 7, 11, 17, more), less the overall one;
# counted in the People's Daily of January 1998. The first column is left to the model, which sees that far.
BALANCE = {
    "、": (0.0, -1.4, -0.5, 0.0, 0.3, 0.8),
    "，": (0.0, -0.2, 0.1, 0.4, 0.7, 0.9),
    "": (0.0, -1.4, -0.8, -0.4, 0.0, 0.6),
}


class Surroundings:
    """A run of damage with ``before`` and ``after`` around it on the line; U+FFFD in ``after`` may be any mark."""

    def __init__(self, before: str, after: str) -> None:
        self.before = before
        self.after = after

    def score(self, char: str, text: str) -> float:
        """log P, up to a constant, of ``char`` after the run's ``text`` so far."""
        if char not in JUDGED:
            return 0.0
        behind = (self.before + text)[-300:]
        if char in "、。":
            return _balance(behind) if char == "。" else -_balance(behind)
        if char in PAIRS:
            return self._opening(char, behind)
        return self._closing(char, behind)

    def _opening(self, char: str, behind: str) -> float:
        second = PAIRS[char]
        if behind.rfind(char) > behind.rfind(second):
            return OPENED_TWICE
        following = self._following(char, second)
        if following is None or following.group(0) != second:
            return 0.0 if char == "（" and "\ufffd" in self.after[:LONG_ASIDE] else NEVER_CLOSED
        between = self.after[: following.start()]
        return NEEDED_SURELY if char in BRACKETS and len(between) > LIST_NUMBER and "\ufffd" not in between else NEEDED

    def _closing(self, char: str, behind: str) -> float:
        first = CLOSING[char]
        if behind.rfind(first) <= behind.rfind(char):
            return NEVER_OPENED
        following = self._following(first, char)
        if following is not None and following.group(0) == char:
            return 0.0
        between = self.after[: min(LONG_ASIDE, following.start() if following is not None else LONG_ASIDE)]
        return NEEDED_SURELY if first in BRACKETS and "\ufffd" not in between else NEEDED

    def _following(self, first: str, second: str) -> re.Match[str] | None:
        """The next of the two marks after the run."""
        return re.search(f"[{first}{second}]", self.after)


def _balance(behind: str) -> float:
    marks = list(CLAUSE.finditer(behind))
    last = marks[-1].group(0) if marks else ""
    length = len(behind) - (marks[-1].end() if marks else 0)
    row = BALANCE["、" if last == "、" else "" if last in "。！？" else "，"]
    return row[next((number for number, step in enumerate(STEPS) if length <= step), len(STEPS))]
