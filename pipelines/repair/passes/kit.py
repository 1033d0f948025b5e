"""The mirror kit undone: readings, traditional characters, half-width punctuation, runs shifted by a byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from crawler.items import Edit
from pipelines.repair.annotations import Annotations
from pipelines.repair.candidates import by_reading
from pipelines.repair.kit_page import damaged, marks_of
from pipelines.repair.kit_table import LETTERS, WIDE, encode, kit, translation
from pipelines.repair.lattice import Lattice
from pipelines.repair.model import model
from pipelines.repair.page_model import PageModel
from pipelines.repair.passes.apply import edit
from pipelines.repair.surroundings import Surroundings
from pipelines.repair.tokens import cut

__all__ = ["damaged", "restored", "whole"]
READING = re.compile(rf"\(([{LETTERS}]{{1,6}})\)")
WINDOW = 400
STARTS = {
    "\ufffd": re.compile("\ufffd"),
    "?": re.compile(rf"\?(?:[,:;!?]|[{LETTERS}]{{1,6}}\))"),
}
RUN = re.compile(rf"(?:\ufffd|\?(?=[,:;!?]|[{LETTERS}]{{1,6}}\)))[,:;!?({LETTERS})]*[^\x00-\x7f]*")
MARK = re.compile("[,:;!?()]")
CONVERTED = re.compile("[" + "".join(kit().simplified) + "]+")
TWOFOLD = re.compile("[" + "".join(kit().others) + "]")


class Piece(NamedTuple):
    """``line[start:end]`` becomes ``after``."""

    start: int
    end: int
    after: str
    rule: str
    confidence: float = 0.95


def whole(text: str) -> list[Edit]:
    """Edits that undo the kit on a page that it damaged."""
    page = damaged(text)
    if page is None:
        return []
    marks, edits, at = marks_of(text), list[Edit](), 0
    lattice = Lattice(page, PageModel(_roughly(text)))
    for line in text.split("\n"):
        for piece in pieces(line, lattice, marks):
            edits.append(edit(f"kit/{piece.rule}", at + piece.start, line[piece.start : piece.end], piece.after, piece.confidence))
        at += len(line) + 1
    return edits


def restored(line: str) -> str:
    """One line of a damaged page made whole."""
    out, at = [], 0
    for piece in pieces(line, Lattice(Annotations(line), PageModel(_roughly(line))), marks_of(line)):
        out += [line[at : piece.start], piece.after]
        at = piece.end
    return "".join((*out, line[at:]))


def _roughly(text: str) -> str:
    """The text without readings and shifted runs, in simplified characters."""
    return READING.sub("", RUN.sub("\n", text)).translate(translation()).translate(_WIDE)


def pieces(line: str, lattice: Lattice, marks: str) -> list[Piece]:
    """Every change of one line, ascending; neighbouring changes are one."""
    found: list[Piece] = []
    at = 0
    while marks and (start := STARTS[marks].search(line, at)) is not None:
        found += calm(line, at, start.start())
        piece = shifted(line, start.start(), found, lattice, marks)
        found.append(piece)
        at = piece.end
    found += calm(line, at, len(line))
    return _joined(line, widened(line, found))


def shifted(line: str, start: int, done: list[Piece], lattice: Lattice, marks: str) -> Piece:
    """The run at ``start`` solved."""
    behind = _rendered(line, done, max(0, start - 200), start)
    last = READING.sub("", line[max(0, start - 24) : start])[-1:]
    tokens = cut(line, start, min(len(line), start + WINDOW), marks)
    result = lattice.solve(tokens, model().context(behind), last, Surroundings(behind, line[start + 1 : start + WINDOW]))
    end = tokens[result.taken - 1].end
    return Piece(start, end, result.text, "shifted", result.confidence)


def calm(line: str, start: int, end: int) -> list[Piece]:
    """A stretch in which the bytes stand in pairs: readings go, characters become simplified."""
    found = []
    for match in READING.finditer(line, start, end):
        if _read_so(line, match.start(), match.group(1)):
            found.append(Piece(match.start(), match.end(), "", "reading", 1.0))
    for match in CONVERTED.finditer(line, start, end):
        after = match.group(0).translate(translation())
        if TWOFOLD.search(match.group(0)):
            after = _chosen(line, match.start(), match.group(0), after)
        found.append(Piece(match.start(), match.end(), after, "character", 0.98))
    return sorted(found)


def _read_so(line: str, at: int, sound: str) -> bool:
    """Whether the two bytes before a reading are a character so read: one character, or the second byte of one and a letter."""
    if sound in kit().readings.get(line[at - 1 : at], ()):
        return True
    letter, pair = line[at - 1 : at], encode(line[at - 2 : at - 1]) if at > 1 else None
    return "@" <= letter <= "~" and pair is not None and (pair[1], ord(letter)) in by_reading().get(sound, ())


def _chosen(line: str, start: int, before: str, after: str) -> str:
    """Where two simplified characters became one traditional one, the likelier of them here."""
    left = READING.sub("", line[max(0, start - 24) : start]).translate(translation())[-3:]
    right = READING.sub("", line[start + len(before) : start + len(before) + 24]).translate(translation())[:2]
    lm = model()
    for index, char in enumerate(before):
        for other in kit().others.get(char, ""):
            changed = after[:index] + other + after[index + 1 :]
            if lm.total(left + changed + right) > lm.total(left + after + right):
                after = changed
    return after


def widened(line: str, found: list[Piece]) -> list[Piece]:
    """The half-width marks of Chinese text made full-width, each judged by its neighbours in the repaired text."""
    out, starts = [], []  # stretches of the repaired text, and where each begins in it
    at = length = 0
    for piece in [*found, Piece(len(line), len(line), "", "")]:
        for text, origin in ((line[at : piece.start], at), (piece.after, -1)):
            out.append((text, origin))
            starts.append(length)
            length += len(text)
        at = piece.end
    text = "".join(part for part, _ in out)
    added = []
    changed: dict[int, list[str]] = {}
    open_wide: list[bool] = []
    for match in MARK.finditer(text):
        wide_here = open_wide.pop() if match.group(0) == ")" and open_wide else _is_wide(text, match.start())
        if match.group(0) == "(":
            open_wide.append(wide_here)
        if not wide_here:
            continue
        number = bisect_right(starts, match.start()) - 1
        part, origin = out[number]
        offset, wide = match.start() - starts[number], WIDE[match.group(0)]
        if origin >= 0:
            added.append(Piece(origin + offset, origin + offset + 1, wide, "punctuation", 0.95))
        else:
            changed.setdefault(number // 2, list(part))[offset] = wide
    kept = [piece._replace(after="".join(changed[i])) if i in changed else piece for i, piece in enumerate(found)]
    return sorted(kept + added)


def _is_wide(text: str, at: int) -> bool:
    char, before, after = text[at], text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if char in ",:" and before.isdigit() and after.isdigit():
        return False
    if char == "," and before.isalpha() and after.isalpha():
        return True
    inside = before.isascii() and after.isascii() and before.isalnum() and (after.isalnum() or after in "()/")
    return not (inside and not before.isdigit()) and not (char == ")" and before == "(" and after.isascii() and after.isalnum())


def _rendered(line: str, done: list[Piece], start: int, end: int) -> str:
    """``line[start:end]`` as repaired so far."""
    out: list[str] = []
    for piece in reversed(done):
        if piece.end <= start:
            break
        out += [line[piece.end : end], piece.after]
        end = piece.start
    return "".join(reversed([*out, line[min(start, end) : end]])).translate(_WIDE)


_WIDE = str.maketrans(WIDE)


def _joined(line: str, found: list[Piece]) -> list[Piece]:
    """Changes that touch are one, called after the gravest; what stays as it is is none."""
    gravest = {"shifted": 3, "reading": 2, "character": 1, "punctuation": 0}
    out: list[Piece] = []
    for piece in found:
        if out and out[-1].end == piece.start:
            last = out[-1]
            rule = max(last.rule, piece.rule, key=lambda name: gravest[name])
            out[-1] = Piece(last.start, piece.end, last.after + piece.after, rule, min(last.confidence, piece.confidence))
        else:
            out.append(piece)
    return [piece for piece in out if line[piece.start : piece.end] != piece.after]
