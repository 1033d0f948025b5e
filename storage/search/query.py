"""The query language: what a user typed, taken apart into a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from storage.clean import clean
from storage.search.tokens import RUN, normalise

MAX_CHARS, MAX_TERMS, MAX_DEPTH = 256, 16, 8
NAMES = ("site", "region", "source", "author", "after", "before", "family")
FILTER = re.compile(rf"({'|'.join(NAMES)})[:：]", re.I)
QUOTES = {'"': '"', "“": "”", "„": "”", "＂": "＂"}
OPEN, CLOSE = "(（", ")）"


class BadQuery(ValueError):
    """A query that cannot be read or answered; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Term:
    """A substring of title and text, normalised."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A filter; ``value`` is normalised for names, a number for ``family``, a day for the dates."""

    name: str
    value: str | int | date


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Term | Field | And | Or | Not


def parse(query: str) -> Node:
    """The tree of a query. Raises `BadQuery`.

    Words are joined by AND; ``OR`` stands between two neighbours and binds closer; ``-`` excludes what follows; quotation
    marks hold a phrase together, parentheses a group. Full-width marks are read like ASCII ones.

    >>> parse('停水 (城关镇 OR 东关) -演练')
    And(parts=(Term(text='停水'), Or(parts=(Term(text='城关镇'), Term(text='东关'))), Not(part=Term(text='演练'))))
    """
    query = clean(query)
    if len(query) > MAX_CHARS:
        raise BadQuery(f"the query has {len(query)} characters, {MAX_CHARS} are read; shorten it")
    return _Reader(query).group(0)


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.at = 0
        self.terms = 0

    def rest(self) -> str:
        while self.at < len(self.query) and self.query[self.at].isspace():
            self.at += 1
        return self.query[self.at :]

    def group(self, depth: int) -> Node:
        """Everything up to the end, or up to the parenthesis that closes the group."""
        if depth > MAX_DEPTH:
            raise BadQuery(f"parentheses are nested {depth} deep, {MAX_DEPTH} are read; write it flatter")
        alternatives: list[list[Node]] = []
        joined = False
        while (rest := self.rest()) and not (depth and rest[0] in CLOSE):
            if re.match(r"OR(?=\s|$)", rest):
                self.at += 2
                if joined or not alternatives:
                    raise BadQuery("OR needs a word on its left; add one or leave OR out")
                joined = True
                continue
            part = self._part(depth)
            if joined:
                alternatives[-1].append(part)
            else:
                alternatives.append([part])
            joined = False
        if joined:
            raise BadQuery("OR needs a word on its right; add one or leave OR out")
        if not alternatives:
            raise BadQuery("the query is empty; give a word, a phrase or a filter such as site:NAME")
        parts = tuple(Or(tuple(group)) if len(group) > 1 else group[0] for group in alternatives)
        return And(parts) if len(parts) > 1 else parts[0]

    def _part(self, depth: int) -> Node:
        rest = self.rest()
        if rest[0] in "-－" and len(rest) > 1 and not rest[1].isspace():
            self.at += 1
            inner = self._part(depth)
            return inner.part if isinstance(inner, Not) else Not(inner)
        if rest[0] in OPEN:
            self.at += 1
            inner = self.group(depth + 1)
            if self.rest()[:1] not in tuple(CLOSE):
                raise BadQuery("a parenthesis ( is not closed; close it or put the words in quotation marks")
            self.at += 1
            return inner
        if rest[0] in CLOSE:
            raise BadQuery("a parenthesis ) has no ( before it; leave it out or put the words in quotation marks")
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise BadQuery(f"the query has more than {MAX_TERMS} terms; shorten it")
        if name := FILTER.match(rest):
            self.at += name.end()
            return _field(name[1].lower(), self._value(depth))
        return _term(self._value(depth))

    def _value(self, depth: int) -> str:
        rest = self.query[self.at :]
        if rest and (close := QUOTES.get(rest[0])):
            end = min((found for mark in {close, rest[0]} if (found := rest.find(mark, 1)) > 0), default=-1)
            if end < 0:
                raise BadQuery(f"a quotation mark ({rest[0]}) is not closed; close it or leave it out")
            self.at += end + 1
            return rest[1:end]
        end = _end_of_word(rest, inside_group=depth > 0)
        self.at += end
        return rest[:end]


def _end_of_word(rest: str, *, inside_group: bool) -> int:
    """A word ends at white space, at a quotation mark, or at the parenthesis that closes the group it stands in."""
    own = 0
    for n, char in enumerate(rest):
        if char.isspace() or (char in QUOTES and n):
            return n
        if char in OPEN:
            own += 1
        elif char in CLOSE:
            if not own and inside_group:
                return n
            own -= 1
    return len(rest)


def _term(value: str) -> Term:
    term = normalise(value).strip()
    if not RUN.search(term):
        raise BadQuery(f"{value!r} has no letter or digit to look for; add one")
    return Term(term)


def _field(name: str, value: str) -> Field:
    if not value.strip():
        raise BadQuery(f"{name}: has nothing behind it; write it as {name}:{_example(name)}, without a space")
    if name in ("after", "before"):
        return Field(name, _day(name, value))
    if name == "family":
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise BadQuery(f"family:{value} is no number; write it as family:12")
        return Field(name, int(value))
    plain = normalise(value).strip()
    if name in ("source", "author") and not RUN.search(plain):
        raise BadQuery(f"{name}:{value} has no letter or digit to look for; add one")
    return Field(name, plain)


def _example(name: str) -> str:
    return {"after": "2026-03-18", "before": "2026-03-18", "family": "12"}.get(name, "NAME")


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadQuery(f"{name}:{value} is no day; write it as {name}:2026-03-18") from None
