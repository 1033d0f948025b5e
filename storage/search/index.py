"""The search table: which tokens stand at which position. FTS5 on SQLite; arrays of numbers under GIN on PostgreSQL.

PostgreSQL's index knows no order, so a token is another number in every chunk of time: the newest chunk is asked first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from storage.search.tokens import FIELDS, name, normalise, numbers, pairs, singles

SCHEME = 2
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


def put(connection: Connection, articles: Iterable[Mapping[str, Any]]) -> None:
    """Index articles, each with ``position``, ``title``, ``text``, ``source``, ``authors``, ``site`` and ``region``."""
    _write(connection, PUT, articles)


def remove(connection: Connection, articles: Iterable[Mapping[str, Any]]) -> None:
    """Take articles out of the index; every value as it was when they were put in."""
    _write(connection, REMOVE, articles)


def _write(connection: Connection, statements: dict[str, str], articles: Iterable[Mapping[str, Any]]) -> None:
    dialect = connection.dialect.name
    rows = [{"position": article["position"], "grams": stored(article, dialect)} for article in articles]
    if rows:
        connection.execute(text(statements[dialect]), rows)


def searchable(title: str | None, body: str) -> str:
    """The text that a search looks in, normalised."""
    return normalise(f"{title or ''}\n{body}")


def stored(article: Mapping[str, Any], dialect: str) -> str:
    """The tokens of an article as its database keeps them."""
    tokens = tokens_of(article, all_singles=dialect != "sqlite")
    if dialect == "sqlite":
        return " ".join(tokens)
    return "{" + ",".join(map(str, numbers(tokens, article["position"] >> CHUNK_BITS))) + "}"


def tokens_of(article: Mapping[str, Any], *, all_singles: bool) -> set[str]:
    authors = article["authors"]
    values = {
        "": searchable(article["title"], article["text"]),
        FIELDS["source"]: normalise(article["source"] or ""),
        FIELDS["author"]: normalise("\n".join(json.loads(authors) if isinstance(authors, str) else authors)),
    }
    found: set[str] = set()
    for field, value in values.items():
        found |= pairs(value, field)
        if all_singles:
            found |= singles(value, field)
    return found | {name(field, normalise(article[field])) for field in ("site", "region") if article[field]}


def rebuild(connection: Connection) -> int:
    """Give every article its position and its tokens anew; the number of articles."""
    from storage.search.positions import Positions

    connection.execute(text("DELETE FROM article_grams" if connection.dialect.name != "sqlite" else "INSERT INTO article_grams(article_grams) VALUES ('delete-all')"))
    connection.execute(text("UPDATE articles SET position = -1000000000000 - id"))
    connection.execute(text("UPDATE search_state SET spill = 0, scheme = :scheme"), {"scheme": SCHEME})
    places, number, last = Positions(connection), 0, 0
    while rows := _batch(connection, last):
        for row in rows:
            row["position"] = places.take(row["sort_at"])
        connection.execute(text("UPDATE articles SET position = :position WHERE id = :id"), [{"position": r["position"], "id": r["id"]} for r in rows])
        put(connection, rows)
        number, last = number + len(rows), rows[-1]["id"]
    places.close()
    return number


def _batch(connection: Connection, after: int) -> list[dict[str, Any]]:
    from storage.tables import UTCDateTime

    query = text("SELECT id, sort_at, title, text, source, authors, site, region FROM articles WHERE id > :after ORDER BY id LIMIT 500")
    return [dict(row) for row in connection.execute(query.columns(sort_at=UTCDateTime()), {"after": after}).mappings()]
