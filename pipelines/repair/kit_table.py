"""The mirror kit's characters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Kit(NamedTuple):
    """What the kit turned into what."""

    simplified: dict[str, str]
    """Traditional -> simplified."""
    reading: dict[str, str]
    """Traditional -> pinyin with tone mark."""
    by_reading: dict[str, tuple[str, ...]]


@lru_cache
def kit() -> Kit:
    simplified: dict[str, str] = {}
    reading: dict[str, str] = {}
    by: dict[str, list[str]] = {}
    path = Path(__file__).parent / "data" / "kit.tsv"
    for line in path.read_text("utf-8").splitlines():
        old, new, sound = line.split("\t")
        simplified[old], reading[old] = new, sound
        by.setdefault(sound, []).append(old)
    return Kit(simplified, reading, {sound: tuple(chars) for sound, chars in by.items()})
