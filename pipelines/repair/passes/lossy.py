"""Whole lines written in one encoding and read in another, also where reading lost bytes."""

from __future__ import annotations

from itertools import chain

from crawler.items import Edit
from pipelines.repair.kit_page import annotated
from pipelines.repair.kit_table import simplification
from pipelines.repair.lost_bytes import Reread, solve
from pipelines.repair.misread import Slot, readings
from pipelines.repair.model import model
from pipelines.repair.oddity import OTHER, odd
from pipelines.repair.passes.apply import edit

PAIRS = (
    ("gbk", "utf-8"), ("gb18030", "utf-8"), ("cp1252", "utf-8"), ("big5", "gbk"), ("cp949", "gbk"), ("cp932", "gbk"),
    ("gbk", "big5"),
)  # fmt: skip
"""(read as, written in)"""
PLAUSIBLE, POSSIBLE, GAIN = -7.0, -10.0, 1.5
"""Mean log P a character of Chinese text, at the least; where the bytes are UTF-8, which nothing else is by chance; and how
much better the new reading must be."""
SOLVED = -6.0
"""The same of the new text, at the least, where so much was lost that what is known tells little: Big5 read as GBK."""
MOST_LOST, MOST_LOST_BIG5, FEW_LOST, LEAST_KNOWN = 0.4, 0.5, 0.2, 6
"""Of the characters that are not ASCII. A few lost ones among ASCII could be anything."""
ODD_SHARE = 0.12


def whole(text: str) -> list[Edit]:
    """Lines re-read, when another reading is far more plausible; what cannot be told stays lost."""
    if text.isascii() or "锟斤拷" in text or not any(map(suspicious, text.split("\n"))) or annotated(text):
        return []  # a page of the kit's is another matter
    found, at = [], 0
    for line in text.split("\n"):
        if suspicious(line) and (new := reread(line)) is not None:
            found.append(edit(f"mojibake/{new[0]}", at, line, new[1].text, max(0.5, 0.95 - 0.02 * new[1].lost)))
        at += len(line) + 1
    return found


def suspicious(line: str) -> bool:
    """Whether the beginning of a line is full of characters that text in any language hardly has so close together."""
    if line.isascii():
        return False
    if "\ufffd" in line:
        return True
    sample = line[:60]
    if len(sample) > 12 and sample.count(" ") > 0.08 * len(sample):
        return False  # letters and Hangul with spaces between words
    number = odd(sample)
    return number >= max(3, ODD_SHARE * len(sample)) and len(OTHER.findall(sample)) <= 0.5 * number


def reread(line: str) -> tuple[str, Reread] | None:
    """(pair, text) of the most plausible other reading."""
    possible = ((read_as, written, found) for read_as, written in PAIRS if (found := readings(line, read_as, written)))
    first = next(possible, None)
    if first is None or (now := model().mean(line)) > PLAUSIBLE:
        return None
    best: tuple[str, Reread] | None = None
    for read_as, written, found in chain((first,), possible):
        if not _promising(found, now, written):
            continue
        new = solve(found, read_as, written)
        if written == "big5" and model().mean(new.text.translate(simplification())) < SOLVED:
            continue
        if best is None or new.mean > best[1].mean:
            best = (f"{written}-as-{read_as}", new)
            if written == "utf-8":
                break  # bytes that are UTF-8 are nothing else
    return best


def _promising(found: list[Slot], now: float, written: str) -> bool:
    wide = [slot for slot in found if not slot.char.isascii() or slot.pattern]
    lost = sum(1 for slot in wide if not slot.char or slot.char == "\ufffd")
    big5 = written == "big5"
    if len(wide) - lost < LEAST_KNOWN or lost > (MOST_LOST_BIG5 if big5 else MOST_LOST) * len(wide):
        return False
    known = "".join(slot.char for slot in found)
    if big5:  # traditional text, and the model knows simplified characters
        known = known.translate(simplification())
    told = written == "utf-8" or (big5 and lost > FEW_LOST * len(wide))
    return model().mean(known) > max(POSSIBLE if told else PLAUSIBLE, now + GAIN)
