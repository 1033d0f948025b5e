"""The mirror kit's characters, and the GBK bytes that they are written in."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).parent / "data" / "kit.tsv"
NARROW = {",": 0xAC, ":": 0xBA, ";": 0xBB, "!": 0xA1, "?": 0xBF, "(": 0xA8, ")": 0xA9}
"""ASCII mark -> second byte of the full-width mark (first byte A3) that the kit replaced by it."""
WIDE = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê"


class Kit(NamedTuple):
    """What the kit turned into what."""

    simplified: dict[str, str]
    """Traditional -> simplified, the more frequent one where two fell together."""
    others: dict[str, str]
    """Traditional -> the other characters that it may stand for."""
    readings: dict[str, frozenset[str]]
    """Traditional -> every reading, with tone marks."""
    seen: dict[str, str]
    """Traditional -> on, short, off, rare or nothing: whether real pages annotate it."""
    kept: frozenset[str]
    """Traditional characters that simplified text holds too (著, 么)."""
    impossible: frozenset[str]
    """Simplified characters that the kit leaves nowhere."""


@lru_cache
def kit() -> Kit:
    simplified: dict[str, str] = {}
    others: dict[str, str] = {}
    readings: dict[str, frozenset[str]] = {}
    seen: dict[str, str] = {}
    for line in PATH.read_text("utf-8").splitlines():
        new, old, sound, more, other, known = line.split("\t")
        simplified[new], seen[new] = old, known
        readings[new] = frozenset((sound, *more.split()))
        if other:
            others[new] = other
    made = {new for new in seen if seen[new] != "rare"}
    twofold = frozenset(char for new in others for char in (new, *others[new]))
    return Kit(simplified, others, readings, seen, twofold & simplified.keys(), frozenset(simplified[new] for new in made) - made - twofold)


@lru_cache
def translation() -> dict[int, str]:
    """For `str.translate`: traditional to simplified, the frequent choice."""
    return {ord(new): old for new, old in kit().simplified.items()}


def encode(char: str) -> tuple[int, int] | None:
    """The two GBK bytes of a character, user-defined area included; None where it has one byte, four or none."""
    raw = char.encode("gb18030", "ignore")
    return (raw[0], raw[1]) if len(raw) == 2 else None


@lru_cache
def written() -> dict[int, tuple[str, str]]:
    """lead << 8 | trail -> (the character that the kit wrote, the simplified ones that it stands for)."""
    table = kit()
    found: dict[int, tuple[str, str]] = {}
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                char = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
            if char not in table.impossible:
                found[lead << 8 | trail] = (char, table.simplified.get(char, char) + table.others.get(char, ""))
    return found


@lru_cache
def simplification() -> dict[int, str]:
    """As `translation`, for genuine traditional text, which has characters that the kit never writes."""
    return translation() | {ord(new): old for new, old in zip("於後乾徵摺衞菸", "于后干征折卫烟", strict=True)}
