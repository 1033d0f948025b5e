"""The form in which texts and queries are compared: NFKC, case folded, traditional characters simplified."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from storage.simplify import simplify

# Of the first plane; nothing in the ranges between changes but what `simplify` knows.
ASSIGNED = ((0x00, 0x3400), (0x9FFF, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x10000))
IDEOGRAPHS = (0x3400, 0xA000)
RARE = re.compile("[\U00010000-\U0010ffff]")


def normalise(value: str) -> str:
    """``value`` as it is compared.

    >>> normalise("ＡＢ經濟")
    'ab经济'
    """
    if value.isascii():
        return value.lower()
    if joins(value):
        return _whole(value)
    changes, _, changing = _tables()
    return changing.sub(lambda match: changes[match[0]], value)


def joins(value: str) -> bool:
    """Whether the normal form of some character may depend on its neighbours.

    >>> joins("e\u0301"), joins("停水，")
    (True, False)
    """
    return _tables()[1].search(value) is not None or RARE.search(value) is not None


def _whole(value: str) -> str:
    return simplify(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold()))


@lru_cache
def _tables() -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str]]:
    """What single characters become; those that may join with their neighbours; those that change."""
    changes: dict[str, str] = {}
    joining: list[str] = []
    for char in _characters():
        new = _whole(char)
        if new != char:
            changes[char] = new
        if any(_sticks(part) for part in (char, *new)):
            joining.append(char)
    changes |= {char: new for char in map(chr, range(*IDEOGRAPHS)) if (new := simplify(char)) != char}
    return changes, _any_of(joining), _any_of(changes)


def _sticks(char: str) -> bool:
    """Whether a character may be composed with, or sorted before, one on its left."""
    return bool(unicodedata.combining(char)) or char in _seconds()


@lru_cache
def _seconds() -> frozenset[str]:
    """Characters that stand second in a canonical composition, Hangul vowels and finals among them."""
    found = set(map(chr, range(0x1160, 0x1200)))
    for char in _characters():
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)


def _characters() -> Iterator[str]:
    return (chr(code) for first, end in ASSIGNED for code in range(first, end))


def _any_of(characters: list[str] | dict[str, str]) -> re.Pattern[str]:
    return re.compile("[" + "".join(map(re.escape, characters)) + "]")
