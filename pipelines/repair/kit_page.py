"""Did the mirror kit make this page? The whole page decides before a character is touched."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from pipelines.repair.annotations import Annotations
from pipelines.repair.kit_table import LETTERS, WIDE, kit

TRADITIONAL = re.compile("[" + "".join(kit().simplified) + "]")
HAN = r"\u3400-\u9fff"
NARROW = re.compile(rf"(?<=[{HAN}，。、；：？！“”‘’（）《》〉〈…—·)])[,:;!?()]|[,:;!?()](?=[{HAN}“《])")
HAN_CHARS, KANA, HANGUL = re.compile(f"[{HAN}]"), re.compile("[\u3041-\u30fa]"), re.compile("[\uac00-\ud7a3]")
SWALLOWED = re.compile(rf"\?(?:[,:;!?]|[{LETTERS}]{{1,6}}\))")
EATEN = re.compile(rf"\?[{LETTERS}]{{1,6}}\)")
READING = re.compile(rf"\([{LETTERS}]{{1,6}}\)")
# Written so in traditional text only; the kit leaves 后里面于干系… as they are.
GENUINE = frozenset("後裡裏麵於幹係繫鬆穀製隻錶醜鬥餘雲屍誌摺緻癥僕籲嶽捲嚮纔剋慾燻遊週佔徵衆爲峯羣牀裏衞麪喫鷄")
TELLING = frozenset("于后里")
LEAST_TRADITIONAL = 0.06
"""Share of Han characters that differ in simplified text; about .3 in a page of the kit's."""


@lru_cache(4)  # more than one pass asks
def damaged(text: str) -> Annotations | None:
    """What the page's kit annotates, where the page went through the kit; None where it did not."""
    if TRADITIONAL.search(text) is None:
        return None
    if "\ufffd" not in text and any(mark in text for mark in WIDE.values()) and SWALLOWED.search(text) is None:
        return None  # as `_narrowed` would say; quick, since every page is asked
    counts = Counter(text)
    if not _traditional(counts):
        return None
    narrow = len(NARROW.findall(READING.sub("", text)))
    lost = counts["\ufffd"] or len(SWALLOWED.findall(text))
    if not _narrowed(counts, narrow, lost):
        return None
    page = Annotations(text, counts)
    return page if _evidence(counts, page, narrow, lost) else None


def annotated(text: str) -> bool:
    """Whether the kit made this page beyond doubt: it has readings. Nothing else need be tried then."""
    page = damaged(text)
    return page is not None and page.right > 0


def marks_of(text: str) -> str:
    """What stands for a lost byte on this page: U+FFFD, ? or nothing."""
    lost = text.count("\ufffd")
    if lost and lost >= len(EATEN.findall(text)):
        return "\ufffd"
    return "?" if "?" in text else ""


def _traditional(counts: Counter[str]) -> bool:
    """Written in traditional characters, but for what shifted runs show by chance."""
    table = kit()
    different = "".join(counts)
    if HANGUL.search(different):
        return False
    han = sum(counts[char] for char in HAN_CHARS.findall(different))
    kana = sum(counts[char] for char in KANA.findall(different))
    traditional = sum(counts[char] for char in counts.keys() & table.simplified.keys())
    simplified = sum(number for char, number in counts.items() if char in table.impossible)
    lost = counts["\ufffd"] + counts["?"]
    enough = traditional >= max(2, LEAST_TRADITIONAL * han)
    return enough and kana <= 0.05 * han + min(4 * lost, 0.15 * han) and simplified <= 0.5 * traditional + 3 * lost


def _narrowed(counts: Counter[str], narrow: int, lost: int) -> bool:
    """The kit leaves no full-width mark; a few may come up in shifted runs."""
    wide = sum(counts[mark] for mark in WIDE.values())
    return wide == 0 or (lost > 0 and wide <= max(1, 0.15 * narrow))


def _evidence(counts: Counter[str], page: Annotations, narrow: int, lost: int) -> bool:
    """Points for and against; readings weigh no more than the rest of the page allows."""
    genuine = sum(number for char, number in counts.items() if char in GENUINE)
    if page.wrong > 0.15 * page.right + 0.2 * lost + 0.5:
        return False
    telling = sum(counts[char] for char in TELLING)
    if not (narrow or telling or lost) and page.right < max(2, 0.1 * (counts.total() - 4 * page.right)):
        return False  # a few readings, and no mark and no character that says whose they are
    by_chance = lost if narrow or page.right else 0  # in the kit's shifted runs
    if genuine > by_chance + 0.15 * page.right + 0.5 * telling + 0.5:
        return False
    points = 1.0 * narrow + 2.0 * telling + 2.0 * min(page.right, 3 + narrow + telling) + 2.0 * lost * (narrow > 0)
    if page.right and page.share < 0.7:
        points -= 6
    foreign = sum(counts[mark] for mark in "「」『』")
    return points - 2 * foreign >= 1
