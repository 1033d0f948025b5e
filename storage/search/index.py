"""The search table: which tokens stand at which position. FTS5 on SQLite; arrays of numbers under GIN on PostgreSQL.

PostgreSQL's index knows no order, so a token is another number in every chunk of time: the newest chunk is asked first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, text

from storage.search import common
from storage.search.tokens import FIELDS, Packed, name, normalise, numbers, packed, searchable, spelled, tokens_of

SCHEME = 3
"""Version of normalisation and tokens; an index of another scheme is rebuilt by `scrapy upgrade`."""
CHUNK_BITS = 21
"""Positions in a chunk: 228 days. Shorter ones make the index larger (every chunk has its own tokens), longer ones the answer slower."""

PUT = {
    "sqlite": "INSERT INTO article_grams(rowid, grams) VALUES (?, ?)",
    "postgresql": "INSERT INTO article_grams(position, grams) VALUES (%s, CAST(%s AS int[]))",
}
REMOVE = {
    # A contentless FTS5 table needs the old tokens to delete a row.
    "sqlite": "INSERT INTO article_grams(article_grams, rowid, grams) VALUES ('delete', ?, ?)",
    "postgresql": "DELETE FROM article_grams WHERE position = %s AND CAST(%s AS text) IS NOT NULL",
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
        self._write(REMOVE, articles, lambda position, single: None)

    def close(self) -> None:
        """Keep what was counted."""
        common.save(self.connection, self.common)

    def _write(self, statements: dict[str, str], articles: Iterable[Mapping[str, Any]], note: Callable[[int, Packed], None]) -> None:
        dialect, rows = self.connection.dialect.name, []
        for article in articles:
            pairs, single = tokens_of(searchable(article["title"], article["text"]))
            note(article["position"], single)
            found = np.concatenate((pairs, self.common.without(single), _of_fields(article)))
            rows.append((article["position"], _stored(found, article["position"], dialect)))
        if rows:
            self.connection.exec_driver_sql(statements[dialect], rows)


def _stored(tokens: Packed, position: int, dialect: str) -> str:
    """The tokens of an article as its database keeps them."""
    if dialect == "sqlite":
        return spelled(tokens)
    return "{" + ",".join(map(str, numbers(tokens, position >> CHUNK_BITS))) + "}"


def _of_fields(article: Mapping[str, Any]) -> Packed:
    authors = article["authors"]
    return _of_values(article["source"], tuple(json.loads(authors) if isinstance(authors, str) else authors), article["site"], article["region"])


@lru_cache(maxsize=1024)
def _of_values(source: str | None, authors: tuple[str, ...], site: str | None, region: str | None) -> Packed:
    named = packed(name(field, normalise(value)) for field, value in (("site", site), ("region", region)) if value)
    texts = (("source", source or ""), ("author", "\n".join(authors)))
    return np.concatenate((named, *(part for field, value in texts for part in tokens_of(normalise(value), FIELDS[field]))))


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
