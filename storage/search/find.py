"""Articles that match a query: candidates from the index, each read again, in exact order of time."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Any

from sqlalchemy import Connection, bindparam, text

from storage.search.positions import youngest
from storage.search.query import And, BadQuery, Field, Node, Not, Or, Term, parse
from storage.search.snippet import Snippet, snippet
from storage.search.tokens import normalise, searchable
from storage.search.walk import candidates, plan
from storage.tables import UTCDateTime

COLUMNS = "id, position, title, url, site, region, source, authors, published_at, published_offset, sort_at, family_id, text"
LARGEST = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found."""

    id: int
    title: str | None
    url: str
    site: str | None
    source: str | None
    published_at: datetime | None
    """Aware, UTC."""
    sort_at: datetime
    """`published_at`, else when it was first seen: the order of a search."""
    family_id: int | None
    snippet: Snippet


def search(connection: Connection, query: str, limit: int = 20, seconds: float | None = None) -> list[Hit]:
    """Up to ``limit`` articles that match, the newest first (``sort_at``, then ``id``, both falling).

    Raises `BadQuery` where the query cannot be read, or takes longer than ``seconds``.
    """
    tree = parse(query)
    terms = _highlighted(tree)
    found = islice(ordered(connection, tree, limit, seconds), max(0, limit))
    return [_hit(row, terms) for row in found]


def _hit(row: Any, terms: list[str]) -> Hit:
    same = {name: row[name] for name in ("id", "title", "url", "site", "source", "published_at", "sort_at", "family_id")}
    return Hit(**same, snippet=snippet(row["text"], terms))


def ordered(connection: Connection, tree: Node, expected: int, seconds: float | None = None) -> Iterator[Any]:
    """Rows of every article that matches, the newest first.

    A row waits until no article that is still to come can be younger.
    """
    waiting: list[tuple[float, int, Any]] = []
    for row in matching(connection, tree, expected, seconds):
        reached = youngest(row["position"]).timestamp()
        while waiting and -waiting[0][0] >= reached:
            yield heapq.heappop(waiting)[2]
        heapq.heappush(waiting, (-row["sort_at"].timestamp(), -row["id"], row))
    while waiting:
        yield heapq.heappop(waiting)[2]


def matching(connection: Connection, tree: Node, expected: int, seconds: float | None = None) -> Iterator[Any]:
    """Rows of every article that matches, by falling position: nearly the newest first, held nowhere."""
    if connection.dialect.name == "postgresql":
        # Its estimates know nothing of our numbers, and a sequential scan reads every text. What is ruled out so has a huge cost
        # in the plans, for which the server would compile each query first: 20 ms a query.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL jit = off"))
    ends = monotonic() + seconds if seconds else None
    places, size = candidates(connection, plan(connection, tree)), expected + 12
    while batch := list(islice(places, size)):
        rows = _rows(connection, batch)
        for place in batch:
            row = rows.get(place)
            if row is not None and matches(tree, _Read(row)):
                yield row
        if ends and monotonic() > ends:
            raise BadQuery(f"the query looks at too many articles for {seconds:g} s; add a rarer word, site: or after:")
        size = min(LARGEST, size * 2)


def _rows(connection: Connection, places: list[int]) -> dict[int, Any]:
    query = text(f"SELECT {COLUMNS} FROM articles WHERE position IN :places").bindparams(bindparam("places", expanding=True))
    typed = query.columns(published_at=UTCDateTime(), sort_at=UTCDateTime())
    return {row["position"]: row for row in connection.execute(typed, {"places": places}).mappings()}


class _Read:
    """An article's values as they are compared, each made when first asked for."""

    def __init__(self, row: Any) -> None:
        self.row = row
        self.known: dict[str, str] = {}

    def value(self, name: str) -> str:
        if name not in self.known:
            row = self.row
            if name == "body":
                self.known[name] = searchable(row["title"], row["text"])
            elif name == "author":
                self.known[name] = normalise(_authors(row["authors"]))
            else:
                self.known[name] = normalise(row[name] or "")
        return self.known[name]

    @property
    def day(self) -> date:
        """Of the place where it was published."""
        moment: datetime = self.row["sort_at"]
        return (moment.astimezone(UTC).replace(tzinfo=None) + timedelta(minutes=self.row["published_offset"] or 0)).date()


def _authors(stored: Any) -> str:
    return "\n".join(json.loads(stored) if isinstance(stored, str) else stored)


def matches(node: Node, article: _Read) -> bool:
    if isinstance(node, Term):
        return node.text in article.value("body")
    if isinstance(node, Field):
        return _field_matches(node, article)
    if isinstance(node, Not):
        return not matches(node.part, article)
    if isinstance(node, And):
        return all(matches(part, article) for part in node.parts)
    return any(matches(part, article) for part in node.parts)


def _field_matches(field: Field, article: _Read) -> bool:
    if field.name == "family":
        return bool(article.row["family_id"] == field.value)
    if isinstance(field.value, date):
        return article.day >= field.value if field.name == "after" else article.day < field.value
    if field.name in ("site", "region"):
        return article.value(field.name) == field.value
    return str(field.value) in article.value(field.name)


def _highlighted(node: Node) -> list[str]:
    if isinstance(node, Term):
        return [node.text]
    if isinstance(node, And | Or):
        return [term for part in node.parts for term in _highlighted(part)]
    return []
