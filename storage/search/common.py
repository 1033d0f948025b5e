"""Characters that every fifth article has, or more. They are no tokens: a query for one walks the articles from the newest, and soon has its page.

Which they are is counted in a sample of the archive's own articles. One that is common stays so until the index is made
anew: articles that were stored without its token would not be found by it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sqlalchemy import Connection, text

from storage.search.tokens import Packed, searchable, tokens_of

SHARE = 0.2
"""Of the articles: less makes a smaller index, and a longer walk for a query of several such characters."""
LEAST = 1000
"""Articles in the sample, without which nothing is called common."""
ONE_IN = 64
"""Of the articles behind the first `LEAST` ones, so many are counted."""
LARGEST = 4000
"""Articles that are counted where the index is made anew."""


@dataclass(slots=True)
class Common:
    """Inside one write transaction: what is common, and what this transaction adds to the sample."""

    characters: frozenset[str]
    sampled: int
    new: list[Packed]
    """The characters of each."""

    def note(self, position: int, characters: Packed) -> None:
        """An article is stored; it may belong to the sample."""
        if self.sampled + len(self.new) < LEAST or (position >> 6) * 0x9E3779B1 % (1 << 32) < (1 << 32) // ONE_IN:
            self.new.append(characters)

    def without(self, characters: Packed) -> Packed:
        """Those that are tokens."""
        return characters[~_marked(self.characters)[characters]]


@lru_cache(maxsize=4)
def _marked(characters: frozenset[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Code point -> whether it is one of them."""
    marked = np.zeros(sys.maxunicode + 1, np.bool_)
    marked[[ord(char) for char in characters]] = True
    return marked


def characters(connection: Connection) -> frozenset[str]:
    """The characters that are no tokens."""
    return frozenset(connection.scalar(text("SELECT common FROM search_state")) or "")


def load(connection: Connection) -> Common:
    row = connection.execute(text("SELECT common, sampled FROM search_state")).one()
    return Common(frozenset(row.common), row.sampled, [])


def save(connection: Connection, known: Common) -> None:
    """Write what was added to the sample."""
    if known.new:
        before = json.loads(connection.scalar(text("SELECT counts FROM search_state")) or "{}")
        _write(connection, Counter(before), known)
        known.new = []


def renew(connection: Connection) -> Common:
    """Count anew, over articles of all times."""
    step = max(1, (connection.scalar(text("SELECT count(*) FROM articles")) or 0) // LARGEST)
    drawn = connection.execute(text("SELECT title, text FROM articles WHERE id % :step = 0 ORDER BY id"), {"step": step})
    known = Common(frozenset(), 0, [tokens_of(searchable(row.title, row.text))[1] for row in drawn])
    _write(connection, Counter(), known)
    known.new = []
    return known


def _write(connection: Connection, counts: Counter[str], known: Common) -> None:
    for one in known.new:
        counts.update(map(chr, one.tolist()))
    known.sampled += len(known.new)
    if known.sampled >= LEAST:
        known.characters |= often(counts.items(), known.sampled)
    rows = {"counts": json.dumps(counts, ensure_ascii=False), "sampled": known.sampled, "common": "".join(sorted(known.characters))}
    connection.execute(text("UPDATE search_state SET counts = :counts, sampled = :sampled, common = :common"), rows)


def often(counts: Iterable[tuple[str, int]], sampled: int) -> frozenset[str]:
    """Characters that so many of the sampled articles have.

    >>> sorted(often([("的", 9), ("镕", 1)], 10))
    ['的']
    """
    return frozenset(char for char, number in counts if number >= SHARE * sampled)

