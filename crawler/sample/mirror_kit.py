"""What the mirror kit does to a text, byte for byte: the way the sample's damaged pages are made."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parents[2] / "pipelines" / "repair" / "data" / "kit.tsv"
# Characters that real pages of this kind always annotate.
ANNOTATED = (
    "來個儲內創動務勢區協問國團堅報場學實對導強復態應戰揚擔據數時書會業構標機權測準濟無現環產當發礎穩節級細結絡統經網續習聯聽臺萬藍號術"
    "見規計設評認調請識護負財費貿質轉農進運過達遠鄉醫錯鎮長門開關隊險項預領風驅驗點"
)
HALF = {0xAC: b",", 0xBA: b":", 0xBB: b";", 0xA1: b"!", 0xBF: b"?", 0xA8: b"(", 0xA9: b")"}


@lru_cache
def _tables() -> tuple[dict[str, str], tuple[tuple[bytes, bytes], ...]]:
    traditional: dict[str, str] = {}
    keys = {}
    for line in TABLE.read_text("utf-8").splitlines():
        new, old, sound, _, _, status = line.split("\t")
        if status == "rare":
            continue
        traditional.setdefault(old, new)
        if new in ANNOTATED:
            keys[new.encode("gbk")] = new.encode("gbk") + f"({sound})".encode("gbk")
    return traditional, tuple(sorted(keys.items()))


def damage(text: str) -> str:
    """``text`` as the kit leaves it: traditional, half-width, annotated, shifted where bytes met by chance."""
    traditional, keys = _tables()
    data = "".join(traditional.get(char, char) for char in text).encode("gbk")
    for trail, mark in HALF.items():
        data = data.replace(bytes([0xA3, trail]), mark)
    for key, value in keys:
        data = data.replace(key, value)
    out, at = [], 0
    while at < len(data):
        pair = data[at : at + 2]
        if pair[0] < 0x80:
            out.append(chr(pair[0]))
            at += 1
            continue
        try:
            out.append(pair.decode("gbk"))
            at += 2
        except UnicodeDecodeError:
            out.append("\ufffd")
            at += 1
    return "".join(out)
