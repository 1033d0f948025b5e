"""Lines that recur over the articles of one site, counted in SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import ArticleRow, LearnedLineRow

if TYPE_CHECKING:
    from storage.archive import Archive

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
BATCH = 300
"""Articles that are counted in one transaction, so that a crawl beside it waits no longer than that."""
HEAD, TAIL = 2, 3
LONGEST = 600
SHORTEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """A line, in how many articles it stands, and where in them."""

    line: str
    articles: int
    head: int
    tail: int
    first_article: int


def count(archive: Archive, site: str) -> int:
    """Count the lines of a site's articles anew; the number of articles, copies of one story counted once."""
    with archive.transaction() as connection:
        connection.execute(delete(LearnedLineRow).where(LearnedLineRow.site == site))
    families: set[int] = set()
    last = total = 0
    while True:
        with archive.transaction() as connection:
            rows = _next(connection, site, last)
            new = [row for row in rows if row.family_id is None or row.family_id not in families]
            new = list({row.family_id or -row.id: row for row in reversed(new)}.values())
            _add(connection, site, _tally(new))
        if not rows:
            break
        families.update(row.family_id for row in new if row.family_id is not None)
        last, total = rows[-1].id, total + len(new)
    with archive.transaction() as connection:
        connection.execute(delete(LearnedLineRow).where(LearnedLineRow.site == site, LearnedLineRow.articles < 2))
    return total


def recurring(connection: Connection, site: str, least: int) -> list[Recurring]:
    """The lines that stand in at least so many articles, most frequent first, as counted last."""
    row = LearnedLineRow
    query = select(row.line, row.articles, row.head, row.tail, row.first_article).where(row.site == site, row.articles >= least)
    return [Recurring(**found) for found in connection.execute(query.order_by(row.articles.desc(), row.line)).mappings()]


def examples(connection: Connection, site: str, line: str, number: int) -> list[int]:
    """Ids of articles whose text has the line."""
    query = select(ArticleRow.id, ArticleRow.text).where(ArticleRow.site == site, ArticleRow.text.contains(line, autoescape=True)).order_by(ArticleRow.id)
    found = (row.id for row in connection.execute(query) if line in map(str.strip, row.text.split("\n")))
    return [article for article, _ in zip(found, range(number), strict=False)]


def _next(connection: Connection, site: str, last: int) -> list[Any]:
    query = select(ArticleRow.id, ArticleRow.family_id, ArticleRow.text).where(ArticleRow.site == site, ArticleRow.id > last)
    return list(connection.execute(query.order_by(ArticleRow.id).limit(BATCH)))


def _tally(rows: list[Any]) -> list[dict[str, Any]]:
    """What a batch of articles adds to the table, a row a line."""
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        for line, place in _placed(row.text):
            entry = found.setdefault(line, {"line": line, "line_hash": _hash(line), "articles": 0, "head": 0, "tail": 0, "first_article": row.id})
            entry["articles"] += 1
            if place:
                entry[place] += 1
    return list(found.values())


def _placed(text: str) -> Iterator[tuple[str, str | None]]:
    """Each different line of a text once, with ``head``, ``tail`` or None."""
    lines = [line.strip() for line in text.split("\n")]
    last = {line: number for number, line in enumerate(lines)}
    for line, number in last.items():
        if SHORTEST <= len(line) <= LONGEST:
            yield line, "tail" if number >= len(lines) - TAIL and number >= HEAD else "head" if number < HEAD else None


def _hash(line: str) -> bytes:
    return hashlib.sha256(line.encode("utf-8", "replace")).digest()[:16]


def _add(connection: Connection, site: str, entries: list[dict[str, Any]]) -> None:
    if not entries:
        return
    insert = INSERT[connection.dialect.name](LearnedLineRow)
    kept = {name: getattr(LearnedLineRow, name) + insert.excluded[name] for name in ("articles", "head", "tail")}
    connection.execute(insert.on_conflict_do_update(index_elements=["site", "line_hash"], set_=kept), [{"site": site, **entry} for entry in entries])
