"""The byte lattice: the most plausible text whose bytes, damaged by the kit, look like the ones on the page.

A state is what has been read of a damaged run: whether the bytes stand in pairs as the reader saw them or are shifted by
one (then a first byte waits for its second), the last two bytes, and the text so far. Each token of the run moves every
state on; a state that demands an impossible character dies, the others are ranked by the language model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.repair.annotations import Annotations
from pipelines.repair.candidates import Candidates, by_lead, by_reading, by_trail, emitted, marks
from pipelines.repair.kit_table import NARROW, encode, kit
from pipelines.repair.model import Context, Floats, model
from pipelines.repair.page_model import PageModel
from pipelines.repair.surroundings import Surroundings
from pipelines.repair.tokens import EATEN, Token

WIDTH = 40
"""States kept."""
TRIED = 24
"""Candidates kept for one lost byte."""
BEHIND = 25.0
"""A state this much less likely than the best one is dropped (nat)."""
SHIFT, DOUBT, NOT_EATEN, GIVE_UP, LITERAL = -3.0, -3.0, -8.0, -22.0, -25.0
ANY = -1
"""A waiting first byte that was lost."""


class State(NamedTuple):
    score: float
    waiting: int
    """The first byte that waits for its second, `ANY`, or 0 when pairs are whole."""
    before: int
    """The raw byte before ``waiting`` or, when pairs are whole, the last but one."""
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


class Lattice:
    """Solves the damaged runs of one page."""

    def __init__(self, page: Annotations, language: PageModel) -> None:
        self.page = page
        self.language = language
        self.around = Surroundings("", "")

    def solve(self, tokens: Sequence[Token], context: Context, last: str, around: Surroundings) -> Found:
        """The best text for the run at the start of ``tokens`` and the few characters after it.

        ``context`` and ``last`` are what stands before: the last characters of the repaired text and the last one as the
        page has it. Stops where all states agree again: pairs whole, and the same three characters behind.
        """
        self.around = around
        states = [State(0.0, 0, *_raw(last), context, "", "", 0)]
        calm = 0
        for number, token in enumerate(tokens):
            following = tokens[number + 1] if number + 1 < len(tokens) else None
            states = self._moved(states, token, following)
            calm = 0 if states[0].waiting or token.kind not in ("char", "ascii", "end") else calm + 1
            if calm >= 3 and all(not state.waiting and state.context == states[0].context for state in states):
                return _found(states, number + 1)
        return _found([state for state in states if not state.waiting] or states, len(tokens))

    def _moved(self, states: list[State], token: Token, following: Token | None) -> list[State]:
        moved = [new for state in states for new in self._step(state, token, following)]
        if moved:
            return _best(moved)
        best = states[0]
        return [State(best.score + GIVE_UP, 0, 0, 0, model().context(token.text), best.text + token.text, "", best.lost + 1)]

    def _step(self, state: State, token: Token, following: Token | None) -> Iterable[State]:
        """Every state that ``token`` can lead to."""
        kind = token.kind
        if state.written and kind != "reading":
            state = state._replace(score=state.score + self.page.bare(state.written), written="")
        if kind == "char":
            return self._char(state, token)
        if kind == "ascii":
            return self._ascii(state, token)
        if kind == "reading":
            return self._reading(state, token)
        if kind == "lost":
            return self._lost(state, token, following)
        if kind == "doubtful":
            doubted = [new._replace(score=new.score + DOUBT) for new in self._lost(state, token, following)]
            return [*doubted, *self._ascii(state, token)]
        return self._odd(state, token)

    def _odd(self, state: State, token: Token) -> Iterable[State]:
        if token.kind == "euro":  # the byte 80, or A2E3
            alone = self._pair(state, state.waiting, 0x80, 0) if state.waiting > 0 else []
            return [*alone, *self._char(state, token)]
        if state.waiting:
            return ()
        if token.kind == "end":
            return [state._replace(score=state.score + self.language.logp(state.context, model().start))]
        return [self._plain(state, token.text, GIVE_UP / 2)]

    def _char(self, state: State, token: Token) -> Iterable[State]:
        lead, trail = token.bytes
        if not state.waiting:
            return self._pair(state, lead, trail, 0)
        if trail < 0x80:  # the second byte is a letter or mark of its own
            return [self._plain(new, chr(trail), 0.0) for new in self._second(state, lead, 0)]
        return self._second(state, lead, trail)

    def _second(self, state: State, byte: int, waiting: int) -> list[State]:
        """The waiting first byte meets its second; ``waiting`` is the first byte that follows."""
        if state.waiting != ANY:
            return self._pair(state, state.waiting, byte, waiting)
        table = by_trail().get(byte)
        if table is None:
            return []
        scores = self.language.logps(state.context, table.ids)
        return [
            new._replace(waiting=waiting, before=byte, last=waiting) if waiting else new._replace(before=new.last, last=byte)
            for new in self._likeliest(state, table, scores)
        ]

    def _second_lost(self, state: State) -> list[State]:
        """The second byte of a character is gone."""
        table = by_lead().get(state.waiting)
        if table is None:
            return []
        scores = self.language.logps(state.context, table.ids) + self.page.bare_all(state.waiting)
        return [new._replace(before=state.waiting, written="") for new in self._likeliest(state, table, scores)]

    def _likeliest(self, state: State, table: Candidates, scores: Floats) -> list[State]:
        """States with the likeliest candidates; ``last`` holds the byte that was lost."""
        found = []
        for index in scores.argsort()[::-1][:TRIED]:
            number, score = int(table.ids[index]), float(scores[index]) + self.around.score(table.chars[index], state.text)
            context = model().after(state.context, number)
            found.append(
                State(state.score + score, 0, 0, table.other[index], context, state.text + table.chars[index], table.written[index], state.lost)
            )
        return found

    def _pair(self, state: State, lead: int, trail: int, waiting: int) -> list[State]:
        entry = emitted().get(lead << 8 | trail)
        if entry is None:
            return []
        char, meanings = entry
        before, last = (trail, waiting) if waiting else (lead, trail)
        return [
            State(
                state.score + self.language.logp(state.context, number),
                waiting, before, last, model().after(state.context, number), state.text + one, char, state.lost,
            )
            for one, number in meanings
        ]  # fmt: skip

    def _ascii(self, state: State, token: Token) -> list[State]:
        mark = marks().get(token.text)
        if not state.waiting:
            return [self._plain(state, token.text, 0.0) if mark is None else self._wide(state, token.text)]
        # A3 was the second byte, and what is left of the mark waits.
        found = self._second(state, 0xA3, mark[0]) if mark is not None else []
        if token.bytes[0] >= 0x40 and state.waiting != ANY:
            found += self._pair(state, state.waiting, token.bytes[0], 0)
        return found

    def _wide(self, state: State, text: str) -> State:
        """A mark that the kit narrowed where it stood; whether it becomes wide again is decided later."""
        byte, _, number = marks()[text]
        score = state.score + self.language.logp(state.context, number)
        return State(score, 0, 0xA3, byte, model().after(state.context, number), state.text + text, "", state.lost)

    def _plain(self, state: State, text: str, penalty: float) -> State:
        number = model().id(text)
        score = state.score + self.language.logp(state.context, number) + penalty
        context = model().after(state.context, number)
        return State(score, 0, state.last, ord(text) & 0x7F, context, state.text + text, "", state.lost)

    def _lost(self, state: State, token: Token, following: Token | None) -> list[State]:
        sound = following.text if following is not None and following.kind == "reading" else None
        if state.waiting > 0:
            if sound:
                return [new for lead, trail in by_reading().get(sound, ()) if lead == state.waiting for new in self._pair(state, lead, trail, 0)]
            found = self._second_lost(state)
            if token.bytes == EATEN:
                found = [new._replace(score=new.score + NOT_EATEN) for new in found] + [self._wide(new, "(") for new in found]
            return found
        if state.waiting:
            return []
        found = self._shifts(state, following, sound)
        if token.kind == "lost" and token.text:
            found.append(State(state.score + GIVE_UP, 0, 0, 0, model().context(token.text), state.text + token.text, "", state.lost + 1))
        return found

    def _shifts(self, state: State, following: Token | None, sound: str | None) -> list[State]:
        """A first byte is gone: from here on the bytes are shifted."""
        if sound:
            leads = {second for first, second in by_reading().get(sound, ()) if first == state.last}
            return [state._replace(score=state.score + SHIFT / 2, waiting=lead, before=state.last) for lead in leads]
        if following is None or following.kind != "doubtful" and following.text not in marks():
            return []
        return [state._replace(score=state.score + SHIFT, waiting=ANY, before=state.last)]

    def _reading(self, state: State, token: Token) -> list[State]:
        """A reading vanishes behind two raw bytes that are a character so read, whether or not they are one of the text."""
        pair = (state.before, state.waiting) if state.waiting else (state.before, state.last)
        if pair in by_reading().get(token.text, ()):
            own = state.written if not state.waiting and state.written in kit().readings else ""
            return [state._replace(score=state.score + (self.page.annotated(own) if own else 0.0), written="")]
        if state.waiting:
            return []
        text = f"({token.text})"
        return [State(state.score + LITERAL, 0, 0, 0, model().context(text), state.text + text, "", state.lost)]


def _raw(last: str) -> tuple[int, int]:
    """The last two bytes behind a character: a half-width mark was a full-width one when the readings were put in."""
    if last in NARROW:
        return 0xA3, NARROW[last]
    return (encode(last) or (0, ord(last) & 0x7F)) if last else (0, 0)


def _best(moved: list[State]) -> list[State]:
    """The states worth keeping, best first; one a continuation."""
    seen: set[tuple[int, int, Context, str]] = set()
    kept: list[State] = []
    moved.sort(key=lambda state: -state.score)
    floor = moved[0].score - BEHIND
    for state in moved:
        if state.score < floor or len(kept) >= WIDTH:
            break
        key = (state.waiting, state.before, state.context, state.written)
        if key not in seen:
            seen.add(key)
            kept.append(state)
    return kept


def _found(states: list[State], taken: int) -> Found:
    best = states[0]
    others = [state.score for state in states[1:] if state.text != best.text]
    margin = best.score - others[0] if others else 20.0
    return Found(best.text, taken, min(0.99, 0.5 + margin / 12), best.lost)
