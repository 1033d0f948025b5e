"""Which characters this page's kit annotates, learnt from the page itself."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from math import log

import numpy as np

from pipelines.repair.candidates import by_lead
from pipelines.repair.kit_table import LETTERS, kit
from pipelines.repair.model import Floats

FOLLOWED = re.compile(rf"([\u3400-\u9fff])\(([{LETTERS}]{{1,6}})\)")
PRIORS = {
    "full": {"on": 0.985, "short": 0.985, "off": 0.015, "": 0.45, "rare": 0.05},
    "short": {"on": 0.985, "short": 0.015, "off": 0.015, "": 0.45, "rare": 0.05},
    "own": {"on": 0.45, "short": 0.45, "off": 0.45, "": 0.45, "rare": 0.05},
}
"""How often a character is annotated by a kit with the full list, the shorter one, a list of its own."""
LEAST = 0.01


class Annotations:
    """What the page says of the kit's list."""

    def __init__(self, text: str, counts: Counter[str] | None = None) -> None:
        """``counts`` are those of the text's characters, where they are known already."""
        table = kit()
        self.annotated_count: Counter[str] = Counter()
        self.wrong = 0
        for char, sound in FOLLOWED.findall(text):
            if sound in table.readings.get(char, ()):
                self.annotated_count[char] += 1
            elif not sound.isascii():
                self.wrong += 1
        counts = Counter(text) if counts is None else counts
        self.bare_count = {char: counts[char] - self.annotated_count[char] for char in counts.keys() & table.readings.keys()}
        self._chance: dict[str, float] = {}
        self._bare: dict[int, Floats] = {}

    @property
    def right(self) -> int:
        """Readings that stand behind a character that the kit knows and that is so read."""
        return self.annotated_count.total()

    @property
    def share(self) -> float:
        """Of the characters that are annotated somewhere, the share of places where they are; 1 where none is."""
        bare = sum(max(0, self.bare_count[char]) for char in self.annotated_count)
        return self.right / (self.right + bare) if self.right else 1.0

    @cached_property
    def prior(self) -> dict[str, float]:
        """The one of `PRIORS` that fits the page best."""
        if not self.annotated_count:
            return PRIORS["own"]
        return max(PRIORS.values(), key=self._likelihood)

    def _likelihood(self, prior: dict[str, float]) -> float:
        seen, total = kit().seen, 0.0
        for char, bare in self.bare_count.items():
            chance = prior[seen[char]]
            total += log(chance) if self.annotated_count[char] else 0.0
            total += log(1 - chance) if bare > 0 and not self.annotated_count[char] else 0.0
        return total

    def chance(self, char: str) -> float:
        """Share of this character's places that are annotated."""
        found = self._chance.get(char)
        if found is None:
            if not self.annotated_count:
                return LEAST
            prior = self.prior[kit().seen[char]]
            strength = 0.6
            yes, no = self.annotated_count[char], max(0, self.bare_count.get(char, 0))
            found = (yes + strength * prior) / (yes + no + strength)
            found = self._chance[char] = min(1 - LEAST, max(LEAST, found))
        return found

    def annotated(self, char: str) -> float:
        """log P that ``char`` is annotated."""
        return log(self.chance(char))

    def bare(self, char: str) -> float:
        """log P that ``char`` stands without a reading."""
        return log(1 - self.chance(char)) if char in kit().readings else 0.0

    def bare_all(self, lead: int) -> Floats:
        """`bare` of every candidate of one first byte, in the order of `candidates.by_lead`."""
        found = self._bare.get(lead)
        if found is None:
            found = self._bare[lead] = np.array([self.bare(char) for char in by_lead()[lead].written], np.float32)
        return found
