"""Traditional characters folded to simplified ones, one by one, for comparing; never for storing."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path


@lru_cache
def table() -> dict[int, str]:
    """Code point of a traditional character -> its simplified character, as `str.translate` takes it."""
    lines = Path(__file__).with_name("simplify.tsv").read_text("utf-8").splitlines()
    return {ord(line[0]): line[2] for line in lines}


@lru_cache
def traditional() -> re.Pattern[str]:
    """A character that may be written otherwise in simplified text.

    Those beyond the Basic Multilingual Plane stand as a range: `re` looks their likes up one by one.
    """
    return re.compile("[" + re.escape("".join(chr(code) for code in table() if code <= 0xFFFF)) + "\U00010000-\U0010ffff]")


def simplify(text: str) -> str:
    """``text`` with every traditional character replaced by its simplified one.

    >>> simplify("經濟發展")
    '经济发展'
    """
    return text if text.isascii() or traditional().search(text) is None else text.translate(table())
