"""Positions of articles that may match, highest first: what the index knows of a query. Some too many, never too few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from storage.search import common, tokens
from storage.search.index import CHUNK_BITS
from storage.search.positions import BITS, FARTHEST, WIDTH, floor
from storage.search.query import And, Field, Node, Or, Term

DAY = timedelta(days=1)
"""More than any place's clock differs from UTC."""
FIRST, LARGEST = 64, 4096


@dataclass(frozen=True, slots=True)
class Tokens:
    """All of these stand in every article that matches."""

    tokens: frozenset[str]


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    parts: tuple[Condition, ...]


Condition = Tokens | Every | Any_


@dataclass(frozen=True, slots=True)
class Plan:
    """How the candidates of a query are found."""

    condition: Condition | None
    """None: the index says nothing, every article is a candidate."""
    lower: int
    upper: int
    families: tuple[int, ...]


def plan(connection: Connection, query: Node) -> Plan:
    parts = query.parts if isinstance(query, And) else (query,)
    fields = [part for part in parts if isinstance(part, Field)]
    lowest = [floor(_start(f.value) - DAY) for f in fields if f.name == "after" and isinstance(f.value, date) and f.value.year > 1]
    highest = [floor(_start(f.value) + DAY) for f in fields if f.name == "before" and isinstance(f.value, date) and f.value.year < 9999]
    upper = min(highest, default=FARTHEST)
    if highest:
        upper += WIDTH + ((connection.scalar(text("SELECT spill FROM search_state")) or 0) << BITS)
    families = tuple(int(f.value) for f in fields if f.name == "family" and isinstance(f.value, int))
    return Plan(condition(query, common.characters(connection)), max(lowest, default=-FARTHEST), upper, families)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def condition(node: Node, left_out: frozenset[str]) -> Condition | None:
    """What the index can say of a query; None where it can say nothing. Characters ``left_out`` are no tokens."""
    if isinstance(node, Term):
        return _tokens(node.text, "", left_out)
    if isinstance(node, Field):
        if node.name in ("site", "region"):
            return Tokens(frozenset({tokens.name(node.name, str(node.value))}))
        return _tokens(str(node.value), tokens.FIELDS[node.name], frozenset()) if node.name in tokens.FIELDS else None
    if isinstance(node, And):
        known = tuple(found for part in node.parts if (found := condition(part, left_out)))
        return (Every(known) if len(known) > 1 else known[0]) if known else None
    if isinstance(node, Or):
        found_all = tuple(condition(part, left_out) for part in node.parts)
        return None if None in found_all else Any_(tuple(found for found in found_all if found))
    return None


def _tokens(term: str, field: str, left_out: frozenset[str]) -> Condition | None:
    found: set[str] = set()
    for run in tokens.RUN.findall(term):
        found.update((run[n : n + 2] for n in range(len(run) - 1)) if len(run) > 1 else {run} - left_out)
    return Tokens(frozenset(field + token for token in found)) if found else None


def candidates(connection: Connection, asked: Plan) -> Iterator[int]:
    """Positions from the highest down."""
    if asked.families:
        query = text("SELECT position FROM articles WHERE family_id = :family ORDER BY position DESC")
        return iter(connection.scalars(query, {"family": asked.families[0]}).all())
    if asked.condition is None:
        return _paged(connection, "SELECT position FROM articles WHERE position BETWEEN :lower AND :upper ORDER BY position DESC LIMIT :limit", {}, asked)
    if connection.dialect.name == "sqlite":
        match = {"match": _fts(asked.condition)}
        query = text("SELECT rowid FROM article_grams WHERE article_grams MATCH :match AND rowid BETWEEN :lower AND :upper ORDER BY rowid DESC")
        result = connection.execute(query, {**match, "lower": asked.lower, "upper": asked.upper})
        return (row[0] for row in result)
    return _chunks(connection, asked, asked.condition)


def _paged(connection: Connection, sql: str, values: dict[str, Any], asked: Plan) -> Iterator[int]:
    """A query run again below its last row, each time for more rows."""
    query, upper, limit = text(sql), asked.upper, FIRST
    while True:
        found = connection.scalars(query, {**values, "lower": asked.lower, "upper": upper, "limit": limit}).all()
        yield from found
        if len(found) < limit:
            return
        upper, limit = found[-1] - 1, min(LARGEST, limit * 4)


def _fts(wanted: Condition) -> str:
    if isinstance(wanted, Tokens):
        return " AND ".join(f'"{token}"' for token in sorted(wanted.tokens))
    word = " AND " if isinstance(wanted, Every) else " OR "
    return word.join(f"({_fts(part)})" for part in wanted.parts)


def _chunks(connection: Connection, asked: Plan, wanted: Condition) -> Iterator[int]:
    """Chunk after chunk of time, more of them at once the less is found."""
    ends = connection.execute(text("SELECT min(position), max(position) FROM articles")).one()
    if ends[0] is None:
        return
    last = max(asked.lower, ends[0]) >> CHUNK_BITS
    top, width = min(asked.upper, ends[1]) >> CHUNK_BITS, 1
    while top >= last:
        low = max(last, top - width + 1)
        bounds = Plan(wanted, max(asked.lower, low << CHUNK_BITS), min(asked.upper, ((top + 1) << CHUNK_BITS) - 1), ())
        where = " OR ".join(f"({_gin(wanted, chunk)})" for chunk in range(low, top + 1))
        # Materialised, or the planner walks the order and reads every array for a token that is rarer than it believes.
        found = f"WITH found AS MATERIALIZED (SELECT position FROM article_grams WHERE {where})"
        sql = f"{found} SELECT position FROM found WHERE position BETWEEN :lower AND :upper ORDER BY position DESC LIMIT :limit"
        yield from _paged(connection, sql, {}, bounds)
        top, width = low - 1, min(64, width * 3)


def _gin(wanted: Condition, chunk: int) -> str:
    """SQL of a condition on one chunk; it holds numbers only."""
    if isinstance(wanted, Tokens):
        found = tokens.numbers(tokens.packed(sorted(wanted.tokens)), chunk)
        return f"grams @> '{{{','.join(map(str, found))}}}'::int[]"
    word = " AND " if isinstance(wanted, Every) else " OR "
    return word.join(f"({_gin(part, chunk)})" for part in wanted.parts)


