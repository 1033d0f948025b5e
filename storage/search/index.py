"""The search table: which tokens stand at which position. FTS5 on SQLite; arrays of numbers under GIN on PostgreSQL.

PostgreSQL's index knows no order, so a token is another number in every chunk of time: the newest chunk is asked first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from storage.search import common
from storage.search.tokens import FIELDS, name, normalise, numbers, pairs, searchable, singles

SCHEME = 3
"""Version of normalisation and tokens; an index of another scheme is rebuilt by `scrapy upgrade`."""
CHUNK_BITS = 21
"""Positions in a chunk: 228 days. Shorter ones make the index larger (every chunk has its own tokens), longer ones the answer slower."""

PUT = {
    "sqlite": "INSERT INTO article_grams(rowid, grams) VALUES (:position, :grams)",
    "postgresql": "INSERT INTO article_grams(position, grams) VALUES (:position, CAST(:grams AS int[]))",
}
REMOVE = {
    # A contentless FTS5 table needs the old tokens to delete a row.
    "sqlite": "INSERT INTO article_grams(article_grams, rowid, grams) VALUES ('delete', :position, :grams)",
    "postgresql": "DELETE FROM article_grams WHERE position = :position",
}


class Index:
    """The index inside one write transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.common = common.load(connection)

    def put(self, articles: Iterable[Mapping[str, Any]]) -> None:
        """Enter articles, each with ``position``, ``title``, ``text``, ``source``, ``authors``, ``site`` and ``region``."""
        self._write(PUT, articles, self.common.note)

    def remove(self, articles: Iterable[Mapping[str, Any]]) -> None:
        """Take articles out; every value as it was when they were put in.

        Their tokens may be fewer now than then, where a character has become common; of those nobody asks.
        """
        self._write(REMOVE, articles, lambda position, characters: None)

    def close(self) -> None:
        """Keep what was counted."""
        common.save(self.connection, self.common)

    def _write(self, statements: dict[str, str], articles: Iterable[Mapping[str, Any]], note: Callable[[int, set[str]], None]) -> None:
        dialect, leave_out, rows = self.connection.dialect.name, self.common.characters, []
        for article in articles:
            body = searchable(article["title"], article["text"])
            characters = singles(body)
            note(article["position"], characters)
            tokens = pairs(body) | (characters - leave_out) | _of_fields(article)
            rows.append({"position": article["position"], "grams": _stored(tokens, article["position"], dialect)})
        if rows:
            self.connection.execute(text(statements[dialect]), rows)


def _stored(tokens: set[str], position: int, dialect: str) -> str:
    """The tokens of an article as its database keeps them."""
    if dialect == "sqlite":
        return " ".join(tokens)
    return "{" + ",".join(map(str, numbers(tokens, position >> CHUNK_BITS))) + "}"


def _of_fields(article: Mapping[str, Any]) -> set[str]:
    authors = article["authors"]
    values = {
        FIELDS["source"]: normalise(article["source"] or ""),
        FIELDS["author"]: normalise("\n".join(json.loads(authors) if isinstance(authors, str) else authors)),
    }
    found = {name(field, normalise(article[field])) for field in ("site", "region") if article[field]}
    for field, value in values.items():
        found |= pairs(value, field) | singles(value, field)
    return found


def rebuild(connection: Connection) -> int:
    """Give every article its position and its tokens anew; the number of articles."""
    from storage.search.positions import Positions

    connection.execute(text("DELETE FROM article_grams" if connection.dialect.name != "sqlite" else "INSERT INTO article_grams(article_grams) VALUES ('delete-all')"))
    connection.execute(text("UPDATE articles SET position = -1000000000000 - id"))
    connection.execute(text("UPDATE search_state SET spill = 0, scheme = :scheme"), {"scheme": SCHEME})
    common.renew(connection)
    places, made, number, last = Positions(connection), Index(connection), 0, 0
    while rows := _batch(connection, last):
        for row in rows:
            row["position"] = places.take(row["sort_at"])
        connection.execute(text("UPDATE articles SET position = :position WHERE id = :id"), [{"position": r["position"], "id": r["id"]} for r in rows])
        made.put(rows)
        number, last = number + len(rows), rows[-1]["id"]
    places.close()
    return number


def _batch(connection: Connection, after: int) -> list[dict[str, Any]]:
    from storage.tables import UTCDateTime

    query = text("SELECT id, sort_at, title, text, source, authors, site, region FROM articles WHERE id > :after ORDER BY id LIMIT 500")
    return [dict(row) for row in connection.execute(query.columns(sort_at=UTCDateTime()), {"after": after}).mappings()]
