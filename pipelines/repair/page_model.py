"""The language model, reminded of what else stands on the page: names and subjects come back."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from math import exp, log

from pipelines.repair.model import Context, Floats, model
from pipelines.repair.model_file import Ints

WEIGHT = 0.12
PRONOUNS = "他她它"


class PageModel:
    """`Model` mixed with the pairs of characters that the undamaged rest of the page shows."""

    def __init__(self, text: str) -> None:
        """``text`` as far as it is known without the model."""
        self._text = text
        self._model = model()

    @cached_property
    def _next(self) -> dict[int, dict[int, float]]:
        ids = self._model.symbols(self._text)
        singles, after = Counter(ids), dict[int, dict[int, float]]()
        for (one, two), count in Counter(zip(ids, ids[1:], strict=False)).items():
            after.setdefault(one, {})[two] = WEIGHT * count / (singles[one] + 1)
        return after

    @cached_property
    def _pronouns(self) -> dict[int, float]:
        """Who the page speaks of: what its other pronouns add to the log P of each."""
        counts = [self._text.count(char) for char in PRONOUNS]
        even = (sum(counts) + 1.5) / 3
        return {self._model.id(char): log((count + 0.5) / even) for char, count in zip(PRONOUNS, counts, strict=True)}

    def logp(self, context: Context, char: int) -> float:
        """As `Model.logp`."""
        value = self._model.logp(context, char)
        if char in self._pronouns:
            value += self._pronouns[char]
        extra = self._next.get(context[2], {}).get(char)
        return log((1 - WEIGHT) * exp(value) + extra) if extra else value

    def logps(self, context: Context, chars: Ints) -> Floats:
        """As `Model.logps`."""
        values = self._model.logps(context, chars)
        for char, more in self._pronouns.items():
            values[chars == char] += more
        for char, extra in self._next.get(context[2], {}).items():
            for at in (chars == char).nonzero()[0]:
                values[at] = log((1 - WEIGHT) * exp(values[at]) + extra)
        return values
