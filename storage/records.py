"""Articles as typed records, streamed: what the Python API iterates over and every export is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, select

from storage.search.find import ordered
from storage.search.query import parse
from storage.tables import ArticleRow

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An article as the archive holds it now. Times are aware; `published_at` and `modified_at` are in the zone they were printed in."""

    id: int
    url: str
    canonical_url: str | None
    site: str | None
    region: str | None
    title: str | None
    subtitle: str | None
    text: str
    """Paragraphs joined by one newline."""
    char_count: int
    """Characters of the text."""
    published_at: datetime | None
    published_precision: str | None
    """second, minute, day, month, year."""
    published_raw: str | None
    modified_at: datetime | None
    authors: tuple[str, ...]
    editor: str | None
    source: str | None
    section: str | None
    language: str | None
    script: str | None
    dateline: str | None
    edition_date: date | None
    edition_page: str | None
    family_id: int | None
    version: int
    state: str
    """live, revised, gone."""
    damage: int
    """Number of repairs made."""
    lost: int
    """Number of places whose text is lost for good."""
    rules: str
    first_seen_at: datetime
    last_seen_at: datetime


FIELDS = tuple(field.name for field in fields(Record))
COLUMNS = [getattr(ArticleRow, name) for name in FIELDS if name in ArticleRow.__table__.columns] + [ArticleRow.published_offset, ArticleRow.modified_offset]


def records(connection: Connection, query: str | None = None) -> Iterator[Record]:
    """Every article in order of its number, or those that match a query, the newest first; a few hundred in memory at a time.

    Raises `storage.search.BadQuery`.
    """
    if query is None or not query.strip():
        rows = connection.execute(select(*COLUMNS).order_by(ArticleRow.id).execution_options(yield_per=BATCH))
        return (_record(row) for row in rows)
    return _found(connection, query)


def _found(connection: Connection, query: str) -> Iterator[Record]:
    places = (row["id"] for row in ordered(connection, parse(query), BATCH))
    while ids := list(islice(places, BATCH)):
        rows = {row.id: row for row in connection.execute(select(*COLUMNS).where(ArticleRow.id.in_(ids)))}
        yield from (_record(rows[one]) for one in ids)


def _record(row: Row[Any]) -> Record:
    values = dict(row._mapping)
    for name in ("published", "modified"):
        values[f"{name}_at"] = printed(values[f"{name}_at"], values.pop(f"{name}_offset"))
    return Record(**values | {"authors": tuple(values["authors"]), "char_count": len(values["text"])})


def printed(moment: datetime | None, offset: int | None) -> datetime | None:
    """A moment in the zone it was printed in, ``offset`` minutes east of UTC."""
    return moment.astimezone(timezone(timedelta(minutes=offset))) if moment and offset is not None else moment
