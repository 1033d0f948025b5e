"""The mirror kit: readings in parentheses, traditional characters, half-width punctuation, runs shifted by a byte."""

from __future__ import annotations

import re
from collections import Counter

from crawler.items import Edit
from pipelines.repair.kit_table import kit
from pipelines.repair.passes.apply import edit
from pipelines.repair.passes.shifted import unshift

READING = re.compile(r"([\u3400-\u9fff\ufffd?€])?\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,6})\)")
TONE = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]")
FULL = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
HAN = r"[\u3400-\u9fff，。、；：？！“”‘’（）《》〉〈…—·]"
NARROW = re.compile(rf"(?<={HAN})[,:;!?()]|[,:;!?()](?={HAN})")
MINIMUM, SHARE, RIGHT = 4, 0.75, 0.85


def damaged(text: str) -> bool:
    """Whether the whole text went through the kit: it annotates what it knows wherever it stands, and nothing else."""
    if "(" not in text or not TONE.search(text):
        return False
    wide = sum(text.count(mark) for mark in FULL.values())
    if wide > max(1, 0.2 * len(NARROW.findall(text))):
        return False  # the kit leaves no full-width mark; a few may come up in shifted runs
    table = kit()
    good = wrong = 0
    annotated: Counter[str] = Counter()
    for match in READING.finditer(text):
        char, sound = match.groups()
        if char and table.reading.get(char) == sound:
            good += 1
            annotated[char] += 1
        elif char not in ("\ufffd", "?", "€", None) and TONE.search(sound):
            wrong += 1
    if not annotated or good < RIGHT * (good + wrong):
        return False
    every = sum(text.count(char) for char in annotated)
    # Shifted runs show simplified characters by chance; a page that is written in them is no page of the kit's.
    if sum(char in _simplified_only() for char in text) > 0.2 * sum(char in table.simplified for char in text):
        return False
    enough = len(annotated) >= MINIMUM or (good >= 2 and len(text) < 60)
    return enough and good >= SHARE * every and good >= 0.02 * len(text)


def _simplified_only() -> frozenset[str]:
    table = kit().simplified
    return frozenset(new for old, new in table.items() if new not in table)


def whole(text: str) -> list[Edit]:
    """Edits that undo the kit on a page that it damaged."""
    if not damaged(text):
        return []
    edits, at = [], 0
    for line in text.split("\n"):
        new = restored(line)
        if new != line:
            edits += _pieces(line, new, at)
        at += len(line) + 1
    return edits


def restored(line: str) -> str:
    """One damaged line made whole."""
    table = kit()
    line = unshift(line)
    line = READING.sub(lambda m: m.group(1) or "" if table.reading.get(m.group(1) or "") == m.group(2) else m.group(0), line)
    line = "".join(table.simplified.get(char, char) for char in line)
    return _full_width(line)


def _full_width(line: str) -> str:
    def widen(match: re.Match[str]) -> str:
        char, at = match.group(0), match.start()
        if char in ":," and line[at - 1 : at].isdigit() and line[at + 1 : at + 2].isdigit():
            return char
        return FULL[char]

    for _ in range(2):
        line = NARROW.sub(widen, line)
    return line


def _pieces(old: str, new: str, at: int) -> list[Edit]:
    """The difference as edits of a few characters each."""
    from difflib import SequenceMatcher

    if len(old) > 5000:
        return [edit("kit", at, old, new, 0.9)]
    found = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found.append(edit(_rule(old[a1:a2], new[b1:b2]), at + a1, old[a1:a2], new[b1:b2], 0.95))
    return found


def _rule(before: str, after: str) -> str:
    if not after and before.startswith("("):
        return "kit/reading"
    if "\ufffd" in before or "€" in before:
        return "kit/shifted"
    return "kit/punctuation" if before and before[0] in FULL else "kit/character"
