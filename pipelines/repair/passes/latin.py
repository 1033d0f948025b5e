"""GBK read as Latin-1 in a text that somebody later read as UTF-8 where that happened to fit.

示 is CABE; read as Latin-1 it is ``Ê¾``, and CABE is also the UTF-8 of U+02BE: ``ʾ``. C2 and C3 vanish likewise: 新” is
D0C2 A1B1, whose middle C2A1 is the UTF-8 of ``¡``. Each character is one byte, its UTF-8, or either; the language model
chooses.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from crawler.items import Edit
from pipelines.repair.model import Context, model
from pipelines.repair.oddity import european
from pipelines.repair.passes.apply import edit

ANOTHER = -5.0
"""log P that a byte C2 or C3 vanished before a character that Latin-1 has."""
PLAUSIBLE, POSSIBLE, WIDTH, LEAST, MOST = -6.5, -11.0, 8, 6, 20_000
LATIN, ONE_BYTE = re.compile("[\x80-\u07ff]"), re.compile("[\x80-\xff]")
LEAST_OF_ONE = 0.3
"""Two bytes of GBK are UTF-8 by chance in one of five characters; Russian and Greek would be so in all of them."""
RULE = "mojibake/gbk-as-latin-1-as-utf-8"


class State(NamedTuple):
    score: float
    waiting: int
    context: Context
    text: str


def whole(text: str) -> list[Edit]:
    """Lines of Latin letters that are GBK; short ones only beside lines that are beyond doubt."""
    if text.isascii():
        return []
    lines = _latin(text)
    if not any(wide >= LEAST for _, _, wide in lines):
        return []
    found, doubtful = list[Edit](), list[Edit]()
    for at, line, wide in lines:
        if (new := reread(line)) is not None:
            likely = model().mean(new)
            sure = wide >= LEAST and sum("\u4e00" <= char <= "\u9fff" for char in new) >= 3 and likely > PLAUSIBLE
            if sure or likely > POSSIBLE:
                (found if sure else doubtful).append(edit(RULE, at, line, new, 0.85))
    return sorted(found + doubtful, key=lambda one: one.start) if found else []


def _latin(text: str) -> list[tuple[int, str, int]]:
    """(offset, line, its Latin letters) of the lines whose characters outside ASCII are nearly all Latin letters, many of one byte, not in words."""
    at, out = 0, []
    for line in text.split("\n"):
        wide = len(LATIN.findall(line))
        odd = 2 <= wide <= MOST and wide >= 0.9 * (len(line) - len(line.encode("ascii", "ignore")))
        if odd and len(ONE_BYTE.findall(line)) >= LEAST_OF_ONE * wide and not european(line):
            out.append((at, line, wide))
        at += len(line) + 1
    return out


def reread(line: str) -> str | None:
    """The line as GBK; None where it is none, or ASCII."""
    start = model().start
    states = [State(0.0, 0, (start, start, start), "")]
    for char in line:
        moved = [new for state in states for penalty, raw in _bytes(char) for new in _step(state, raw, penalty)]
        best = dict[tuple[int, Context], State]()
        for state in sorted(moved, key=lambda state: -state.score):
            best.setdefault((state.waiting, state.context), state)
        states = list(best.values())[:WIDTH]
    ended = [state for state in states if not state.waiting]
    if not ended or not any(char > "\x7f" for char in ended[0].text):
        return None
    return ended[0].text


def _bytes(char: str) -> list[tuple[float, bytes]]:
    if char < "\x80":
        return [(0.0, char.encode())]
    if char > "\u00ff":
        return [(0.0, char.encode("utf-8", "ignore") or b"\xff")]
    return [(0.0, char.encode("latin-1")), (ANOTHER, char.encode("utf-8"))]


def _step(state: State, raw: bytes, penalty: float) -> list[State]:
    state = state._replace(score=state.score + penalty)
    for byte in raw:
        if state.waiting:
            char = bytes((state.waiting, byte)).decode("gbk", "ignore")
            if len(char) != 1 or char < "\x80":
                return []
            state = _added(state, char)
        elif byte < 0x80:
            state = _added(state, chr(byte))
        elif byte in (0x80, 0xFF):
            return []
        else:
            state = state._replace(waiting=byte)
    return [state]


def _added(state: State, char: str) -> State:
    number = model().id(char)
    score = state.score + model().logp(state.context, number)
    return State(score, 0, model().after(state.context, number), state.text + char)
