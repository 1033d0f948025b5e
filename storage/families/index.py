"""The fingerprint index in SQL: who shares hashes with an article, and what of it is worth keeping.

The statements go to the driver as they are: they run for every article, and building them anew costs more than
running them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.families.fingerprint import SCHEME, Fingerprint

HOT = 16
"""Articles that a hash is kept for; with one more it is kept once, for `EVERYBODY`: it finds nothing any more."""
EVERYBODY = 0
UNIT = 5040
"""Weight of a hash that at most `RARE` articles have; whole numbers, so that their sum has no order."""
RARE = 2
WHOLE, NAME = 64, 2
"""A whole text, a name in common weigh as much as so many hashes."""
SHARE = 0.2
"""Weight that two articles must share, of all that one of them has."""
READ_AT_MOST = 24
"""Articles whose family is looked up."""

LOOK_UP = {
    "sqlite": "SELECT f.hash, f.article_id FROM json_each(?) j CROSS JOIN fingerprints f ON f.hash = j.value",
    "postgresql": "SELECT hash, article_id FROM fingerprints WHERE hash = ANY(CAST(? AS bigint[]))",
}
IN = {"sqlite": "IN (SELECT value FROM json_each(?))", "postgresql": "= ANY(CAST(? AS bigint[]))"}
SIGNED = f"SELECT article_id, family_id, size FROM signatures WHERE scheme = {SCHEME} AND article_id "
READ = "SELECT id, title, text FROM articles WHERE id "
KEEP = "INSERT INTO fingerprints (hash, article_id) VALUES (?, ?)"
SIGN = f"INSERT INTO signatures (article_id, family_id, scheme, size) VALUES (?, ?, {SCHEME}, ?)"
FORGET = "DELETE FROM fingerprints WHERE hash = ?"
DROP = "DELETE FROM fingerprints WHERE hash = ? AND article_id = ?"
UNSIGN = "DELETE FROM signatures WHERE article_id = ? RETURNING family_id"


@dataclass(slots=True)
class Found:
    """What the index knows about an article's hashes."""

    sharing: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """hash -> articles it is kept for."""
    common: set[int] = field(default_factory=set)
    """Hashes kept for everybody."""
    ranked: list[int] = field(default_factory=list)
    """Articles that share enough to be compared, best first."""
    family_of: dict[int, int] = field(default_factory=dict)
    """Article -> family, of those that share most."""

    def leave_out(self, article: int) -> None:
        """Forget an article itself, where the index knows it already."""
        for hash_ in [hash_ for hash_, articles in self.sharing.items() if article in articles]:
            self.sharing[hash_].remove(article)
        self.ranked = [other for other in self.ranked if other != article]


@lru_cache
def statement(sql: str, dialect: str) -> str:
    """``sql`` with the driver's own placeholders."""
    return sql if dialect == "sqlite" else sql.replace("?", "%s")


def run(connection: Connection, sql: str, *values: Any) -> Any:
    """Execute one statement, written with question marks; a cursor."""
    sql = statement(sql, connection.dialect.name)
    try:
        return _driver(connection).execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, sql, error) from error


def run_many(connection: Connection, sql: str, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    sql = statement(sql, connection.dialect.name)
    try:
        _driver(connection).cursor().executemany(sql, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, sql, error) from error


def _driver(connection: Connection) -> Any:
    """The open sqlite3 or psycopg connection."""
    return connection.connection.driver_connection


def _told(connection: Connection, sql: str, error: Any) -> BaseException:
    """A driver's error as SQLAlchemy tells it: whoever waits out a database that is away knows those."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, _driver(connection), None)
    told: BaseException = DBAPIError.instance(sql, None, error, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect)
    return told


def numbers(connection: Connection, values: list[int]) -> Any:
    """A list of whole numbers as one parameter of `LOOK_UP` and `READ`."""
    return str(values) if connection.dialect.name == "sqlite" else values


Known = dict[int, list[int]]
"""hash -> articles it is kept for."""


Signed = dict[int, tuple[int, int]]
"""Article -> (family, size of its signature)."""


def known(connection: Connection, prints: Iterable[Fingerprint]) -> Known:
    """What is kept of the hashes of articles."""
    asked = {hash_ for one in prints for hash_ in one.asked}
    kept: Known = defaultdict(list)
    for hash_, article in run(connection, LOOK_UP[connection.dialect.name], numbers(connection, sorted(asked))):
        kept[hash_].append(article)
    return kept


def look_up(connection: Connection, own: Fingerprint) -> Found:
    """The articles that share hashes with one."""
    return weigh(connection, own, known(connection, [own]), {})


def weigh(connection: Connection, own: Fingerprint, kept: Known, signed: Signed) -> Found:
    """The articles that share hashes, each hash weighed by how few articles it is kept for.

    ``kept`` has what is kept of the hashes, ``signed`` articles whose signatures are not written yet.
    """
    found = Found()
    sharing = found.sharing
    for hash_ in kept.keys() & own.asked:
        if EVERYBODY in kept[hash_]:
            found.common.add(hash_)
        else:
            sharing[hash_] = list(kept[hash_])
    scores: dict[int, int] = defaultdict(int)
    total = UNIT * (len(own.asked) - len(sharing) - len(found.common))
    for hash_, articles in sharing.items():
        weight = UNIT if len(articles) <= RARE else UNIT * RARE // len(articles)
        total += weight
        weight *= WHOLE if hash_ == own.whole else NAME if hash_ in own.names else 1
        for article in articles:
            scores[article] += weight
    _rank(connection, found, (scores, total), signed)
    return found


def _rank(connection: Connection, found: Found, weighed: tuple[dict[int, int], int], signed: Signed) -> None:
    scores, total = weighed
    best = sorted((-score, article) for article, score in scores.items() if score >= UNIT)[:READ_AT_MOST]
    if not best:
        return
    sizes = {}
    written = [article for _, article in best if article not in signed]
    waiting = [(article, *signed[article]) for _, article in best if article in signed]
    for article, family, size in [*(select_in(connection, SIGNED, written) if written else ()), *waiting]:
        found.family_of[article], sizes[article] = family, size
    for score, article in best:
        if article in sizes and -score >= SHARE * min(total, sizes[article] * UNIT):
            found.ranked.append(article)


def select_in(connection: Connection, sql: str, values: list[int]) -> Any:
    """Rows of a query that ends in the name of a column, where it is one of ``values``."""
    return run(connection, sql + IN[connection.dialect.name], numbers(connection, values))


def texts(connection: Connection, articles: list[int]) -> dict[int, tuple[str | None, str]]:
    """Title and text of articles, in the order given."""
    if not articles:
        return {}
    rows = {article: (title, text) for article, title, text in select_in(connection, READ, articles)}
    return {article: rows[article] for article in articles if article in rows}


def keep(connection: Connection, article: int, family: int, own: Fingerprint, found: Found) -> None:
    """Enter an article with those of its hashes that its family has not yet and that few articles have."""
    run(connection, SIGN, article, family, size(own, found))
    new, common = worth_keeping(family, own, found)
    run_many(connection, KEEP, [(hash_, article) for hash_ in new])
    for_everybody(connection, common)


def sign_all(connection: Connection, signed: Signed) -> None:
    run_many(connection, SIGN, [(article, family, number) for article, (family, number) in signed.items()])


def size(own: Fingerprint, found: Found) -> int:
    return sum(hash_ not in found.common for hash_ in own.stored)


def worth_keeping(family: int, own: Fingerprint, found: Found) -> tuple[list[int], list[int]]:
    """(hashes to keep for the article, hashes that become everybody's)."""
    new: list[int] = []
    common: list[int] = []
    for hash_ in own.stored:
        articles = found.sharing.get(hash_)
        if articles is None:
            if hash_ not in found.common:
                new.append(hash_)
        elif all(found.family_of.get(other) != family for other in articles):
            (common if len(articles) >= HOT else new).append(hash_)
    return new, common


def for_everybody(connection: Connection, hashes: list[int]) -> None:
    run_many(connection, FORGET, [(hash_,) for hash_ in hashes])
    run_many(connection, KEEP, [(hash_, EVERYBODY) for hash_ in hashes])


def drop(connection: Connection, article: int, stored: list[int]) -> int | None:
    """Take an article out; the family it was in, None when it was in none."""
    row = run(connection, UNSIGN, article).fetchone()
    if row is None:
        return None
    run_many(connection, DROP, [(hash_, article) for hash_ in stored])
    return int(row[0])
