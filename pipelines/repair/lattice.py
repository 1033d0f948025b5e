"""The byte lattice: the most plausible text whose bytes, damaged by the kit, look like the ones on the page.

A state is what has been read of a damaged run: whether the bytes stand in pairs as the reader saw them or are shifted by
one (then a first byte waits for its second), the last byte, and the text so far. Each token of the run moves every state on;
a state that demands an impossible character dies, the others are ranked by the language model (`model`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.repair.annotations import Annotations
from pipelines.repair.candidates import by_lead, by_reading, by_trail, emitted, marks
from pipelines.repair.kit_table import encode, kit
from pipelines.repair.model import Context, model
from pipelines.repair.tokens import Token

WIDTH = 40
"""States kept."""
TRIED = 24
"""Candidates kept for one lost byte."""
SHIFT, DOUBT, GIVE_UP, LITERAL = -3.0, -3.0, -22.0, -7.0
ANY = -1
"""A waiting first byte that was lost."""


class State(NamedTuple):
    score: float
    waiting: int
    """The first byte that waits for its second, `ANY`, or 0 when pairs are whole."""
    before: int
    """The raw byte before ``waiting`` or, when pairs are whole, the last but one; 0 after ASCII."""
    last: int
    """The last raw byte when pairs are whole."""
    context: Context
    text: str
    written: str
    """The last character as the kit wrote it, while it may still be annotated; else empty."""
    lost: int
    """Marks that stay because nothing plausible was found."""


class Found(NamedTuple):
    """A run solved."""

    text: str
    taken: int
    """Number of tokens."""
    confidence: float
    lost: int


def first_state(context: Context, last: str) -> State:
    """The state before a run; ``last`` is the character before it as the page has it."""
    before, byte = encode(last) or (0, 0) if last else (0, 0)
    return State(0.0, 0, before, byte, context, "", "", 0)


def solve(tokens: Sequence[Token], context: Context, last: str, page: Annotations) -> Found:
    """The best text for the run at the start of ``tokens`` and the few characters after it.

    Stops where all states agree again: pairs whole, and the same three characters behind.
    """
    states = [first_state(context, last)]
    calm = 0
    for number, token in enumerate(tokens):
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        moved = [new for state in states for new in step(state, token, following, page)]
        states = _best(moved, states, token)
        calm = 0 if token.kind in ("lost", "doubtful", "reading", "byte") or states[0].waiting else calm + 1
        if calm >= 3 and _agreed(states, number - calm + 1):
            return _found(states, number + 1)
    ended = [state for state in states if not state.waiting] or states
    return _found(ended, len(tokens))


def _found(states: list[State], taken: int) -> Found:
    best = states[0]
    others = [state.score for state in states[1:] if state.text != best.text]
    margin = best.score - others[0] if others else 20.0
    return Found(best.text, taken, min(0.99, 0.5 + margin / 12), best.lost)


def _agreed(states: list[State], _since: int) -> bool:
    first = states[0]
    return all(state.waiting == first.waiting == 0 and state.context == first.context for state in states)


def _best(moved: list[State], before: list[State], token: Token) -> list[State]:
    """The states worth keeping, best first; one a continuation."""
    if not moved:
        best = before[0]
        return [State(best.score + GIVE_UP, 0, 0, 0, model().context(token.text), best.text + token.text, "", best.lost + 1)]
    seen: set[tuple[int, int, Context, str]] = set()
    kept = []
    moved.sort(key=lambda state: -state.score)
    floor = moved[0].score - 25
    for state in moved:
        key = (state.waiting, state.before, state.context, state.written)
        if key not in seen:
            seen.add(key)
            kept.append(state)
            if len(kept) >= WIDTH or state.score < floor:
                break
    return kept


def step(state: State, token: Token, following: Token | None, page: Annotations) -> Iterable[State]:
    """Every state that ``token`` can lead to."""
    kind = token.kind
    if state.written and kind != "reading" and state.written in kit().readings:
        state = state._replace(score=state.score + page.bare(state.written), written="")
    if kind == "char":
        return _char(state, token)
    if kind == "ascii":
        return _ascii(state, token)
    if kind == "reading":
        return _reading(state, token, page)
    if kind in ("lost", "doubtful"):
        return _lost(state, token, following, page)
    if kind == "byte":
        return _pair(state, state.waiting, token.bytes[0], 0) if state.waiting > 0 else ()
    return [_plain(state, token.text, GIVE_UP / 2)] if not state.waiting else ()


def _char(state: State, token: Token) -> Iterable[State]:
    lead, trail = token.bytes
    if not state.waiting:
        return _pair(state, lead, trail, 0)
    if trail < 0x80:  # the second byte is a letter or mark of its own
        return [_plain(new, chr(trail), 0.0) for new in _second(state, lead, 0)]
    return _second(state, lead, trail)


def _second(state: State, byte: int, waiting: int) -> Iterable[State]:
    """The waiting first byte meets its second; ``waiting`` is the first byte that follows."""
    if state.waiting == ANY:
        return _first_lost(state, byte, waiting)
    return _pair(state, state.waiting, byte, waiting)


def _pair(state: State, lead: int, trail: int, waiting: int) -> list[State]:
    entry = emitted().get(lead << 8 | trail)
    if entry is None:
        return []
    char, meanings = entry
    lm, found = model(), []
    for one, number in meanings:
        score = state.score + lm.logp(state.context, number)
        context = (state.context[1], state.context[2], number)
        last = (trail, waiting) if waiting else (lead, trail)
        found.append(State(score, waiting, last[0], last[1], context, state.text + one, char, state.lost))
    return found


def _first_lost(state: State, trail: int, waiting: int) -> list[State]:
    table = by_trail().get(trail)
    if table is None:
        return []
    scores = model().logps(state.context, table.ids)
    found = []
    for index in scores.argsort()[::-1][:TRIED]:
        number = int(table.ids[index])
        last = (trail, waiting) if waiting else (table.other[index], trail)
        context = (state.context[1], state.context[2], number)
        found.append(
            State(state.score + float(scores[index]), waiting, last[0], last[1], context, state.text + table.chars[index], table.written[index], state.lost)
        )
    return found


def _second_lost(state: State, page: Annotations) -> list[State]:
    """The second byte of a character is gone."""
    table = by_lead().get(state.waiting)
    if table is None:
        return []
    scores = model().logps(state.context, table.ids) + page.bare_all(state.waiting)
    found = []
    for index in scores.argsort()[::-1][:TRIED]:
        number = int(table.ids[index])
        context = (state.context[1], state.context[2], number)
        found.append(
            State(state.score + float(scores[index]), 0, state.waiting, table.other[index], context, state.text + table.chars[index], "", state.lost)
        )
    return found


def _ascii(state: State, token: Token) -> Iterable[State]:
    mark = marks().get(token.text)
    if not state.waiting:
        if mark is None:
            return [_plain(state, token.text, 0.0)]
        return [_wide(state, token.text, mark)]
    found: list[State] = []
    if mark is not None:  # A3 was the second byte, and what is left of the mark waits
        found += _second(state, 0xA3, mark[0])
    if token.bytes[0] >= 0x40 and state.waiting != ANY:
        found += _pair(state, state.waiting, token.bytes[0], 0)
    return found


def _wide(state: State, text: str, mark: tuple[int, str, int]) -> State:
    """A mark that the kit narrowed where it stood; its width is decided later."""
    byte, _, number = mark
    score = state.score + model().logp(state.context, number)
    return State(score, 0, 0xA3, byte, (state.context[1], state.context[2], number), state.text + text, "", state.lost)


def _plain(state: State, text: str, penalty: float) -> State:
    lm = model()
    number = lm.id(text)
    score = state.score + lm.logp(state.context, number) + penalty
    return State(score, 0, 0, 0, (state.context[1], state.context[2], number), state.text + text, "", state.lost)


def _lost(state: State, token: Token, following: Token | None, page: Annotations) -> Iterable[State]:
    doubtful = token.kind == "doubtful"
    found: list[State] = []
    sound = following.text if following is not None and following.kind == "reading" else None
    if state.waiting > 0:
        extra = DOUBT if doubtful else 0.0
        moved = _second_read(state, sound, page) if sound else _second_lost(state, page)
        found += [new._replace(score=new.score + extra) for new in moved]
    elif not state.waiting:
        found += _shifts(state, following, sound)
        if not doubtful and token.end > token.start:
            found.append(_given_up(state, token.text))
    if doubtful:
        found += _ascii(state, token)
    return found


def _given_up(state: State, text: str) -> State:
    return State(state.score + GIVE_UP, 0, 0, 0, model().context(text), state.text + text, "", state.lost + 1)


def _shifts(state: State, following: Token | None, sound: str | None) -> Iterable[State]:
    """A first byte is gone: from here on the bytes are shifted."""
    if sound:
        leads = {second for first, second in by_reading().get(sound, ()) if first == state.last}
        return [state._replace(score=state.score + SHIFT / 2, waiting=lead, before=state.last) for lead in leads]
    if following is None or following.kind != "doubtful" and following.text not in marks():
        return []
    return [state._replace(score=state.score + SHIFT, waiting=ANY, before=state.last)]


def _second_read(state: State, sound: str, page: Annotations) -> list[State]:
    """As `_second_lost`, and the reading of the character follows."""
    found: list[State] = []
    for lead, trail in by_reading().get(sound, ()):
        if lead == state.waiting:
            found += _pair(state, lead, trail, 0)
    # The reading may also belong to the lost byte and the one that waits before it.
    return found


def _reading(state: State, token: Token, page: Annotations) -> Iterable[State]:
    """A reading vanishes behind two raw bytes that are a character so read, whether or not they are one of the text."""
    pair = (state.before, state.waiting) if state.waiting else (state.before, state.last)
    if pair in by_reading().get(token.text, ()):
        char = state.written if not state.waiting else ""
        return [state._replace(score=state.score + (page.annotated(char) if char else 0.0), written="")]
    if state.waiting:
        return ()
    text = state
    for char in f"({token.text})":
        text = _plain(text, char, 0.0)
    return [text._replace(score=state.score + LITERAL)]
