"""The fingerprint index in SQL: who shares hashes with an article, and what of it is worth keeping.

The statements go to the driver as they are: they run for every article, and building them anew costs more than
running them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from storage.families.fingerprint import SCHEME, Fingerprint

HOT = 48
"""Articles that a hash is kept for; one that more families share finds nothing."""
UNIT = 1 << 20
"""Weight of a hash that at most `RARE` families have; whole numbers, so that their sum has no order."""
RARE = 2
WHOLE, TITLE = 64, 4
"""A whole text, a title in common weigh as much as so many hashes."""

LOOK_UP = {
    "sqlite": "SELECT f.hash, f.article_id, s.family_id FROM json_each(?) j CROSS JOIN fingerprints f ON f.hash = j.value"
    f" CROSS JOIN signatures s ON s.article_id = f.article_id WHERE s.scheme = {SCHEME}",
    "postgresql": "SELECT f.hash, f.article_id, s.family_id FROM fingerprints f JOIN signatures s ON s.article_id = f.article_id"
    f" WHERE f.hash = ANY(CAST(? AS bigint[])) AND s.scheme = {SCHEME}",
}
READ = {
    "sqlite": "SELECT id, title, text FROM articles WHERE id IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT id, title, text FROM articles WHERE id = ANY(CAST(? AS bigint[]))",
}
KEEP = "INSERT INTO fingerprints (hash, article_id) VALUES (?, ?)"
SIGN = f"INSERT INTO signatures (article_id, family_id, scheme) VALUES (?, ?, {SCHEME})"
DROP = "DELETE FROM fingerprints WHERE hash = ? AND article_id = ?"
UNSIGN = "DELETE FROM signatures WHERE article_id = ? RETURNING family_id"


@dataclass(slots=True)
class Found:
    """What the index knows about an article's hashes."""

    families: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """hash -> families that have it."""
    crowd: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """hash -> number of articles it is kept for."""
    scores: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """article -> weight of what it shares, in `UNIT`."""
    family_of: dict[int, int] = field(default_factory=dict)


@lru_cache
def statement(sql: str, dialect: str) -> str:
    """``sql`` with the driver's own placeholders."""
    return sql if dialect == "sqlite" else sql.replace("?", "%s")


def run(connection: Connection, sql: str, *values: Any) -> Any:
    """Execute one statement, written with question marks."""
    return connection.exec_driver_sql(statement(sql, connection.dialect.name), values)


def run_many(connection: Connection, sql: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(statement(sql, connection.dialect.name), rows)


def numbers(connection: Connection, values: list[int]) -> Any:
    """A list of whole numbers as one parameter of `LOOK_UP` and `READ`."""
    return str(values) if connection.dialect.name == "sqlite" else values


def look_up(connection: Connection, own: Fingerprint) -> Found:
    """The articles that share hashes, each hash weighed by how few families have it."""
    found = Found()
    sharing: dict[int, list[int]] = defaultdict(list)
    for hash_, article, family in run(connection, LOOK_UP[connection.dialect.name], numbers(connection, own.asked)).all():
        sharing[hash_].append(article)
        found.families[hash_].add(family)
        found.family_of[article] = family
    for hash_, articles in sharing.items():
        found.crowd[hash_] = len(articles)
        weight = min(UNIT, UNIT * RARE // len(found.families[hash_]))
        weight *= WHOLE if hash_ == own.whole else TITLE if hash_ == own.title else 1
        for article in articles:
            found.scores[article] += weight
    return found


def texts(connection: Connection, articles: list[int]) -> dict[int, tuple[str | None, str]]:
    """Title and text of articles."""
    rows = run(connection, READ[connection.dialect.name], numbers(connection, articles)).all()
    return {article: (title, text) for article, title, text in rows}


def keep(connection: Connection, article: int, family: int, own: Fingerprint, found: Found) -> None:
    """Enter an article with those of its hashes that its family has not yet and that few articles have."""
    run(connection, SIGN, article, family)
    new = [(hash_, article) for hash_ in own.stored if found.crowd[hash_] < HOT and family not in found.families[hash_]]
    run_many(connection, KEEP, new)


def drop(connection: Connection, article: int, stored: list[int]) -> int | None:
    """Take an article out; the family it was in, None when it was in none."""
    row = run(connection, UNSIGN, article).first()
    if row is None:
        return None
    run_many(connection, DROP, [(hash_, article) for hash_ in stored])
    return int(row[0])
