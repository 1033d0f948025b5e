"""Families, links and merges in SQL: who belongs where, why, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from storage.families.fingerprint import SCHEME
from storage.families.index import IN, numbers, run, run_many
from storage.families.relate import Relation
from storage.tables import FamilyMergeRow, VersionRow

FOUND = "INSERT INTO families (head_id, size, created_at) VALUES (?, 1, ?) RETURNING id"
JOIN = "UPDATE articles SET family_id = ? WHERE id = ?"
LINK = (
    "INSERT INTO family_links (article_id, other_id, relation, contained, contains, substituted, numbers, scheme, at)"
    f" VALUES (?, ?, ?, ?, ?, ?, ?, {SCHEME}, ?) ON CONFLICT DO NOTHING"
)


def stamp(connection: Connection, at: datetime) -> Any:
    """A time as the driver stores it: SQLite has no type for it and keeps what SQLAlchemy would write."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if connection.dialect.name == "sqlite" else at


def family(connection: Connection, article_id: int) -> int | None:
    """The family of an article; None when it was never placed."""
    row = run(connection, "SELECT family_id FROM signatures WHERE article_id = ?", article_id).fetchone()
    return int(row[0]) if row else None


def earlier(connection: Connection, article_id: int) -> list[tuple[str | None, str]]:
    """Title and text of the versions before the current one, newest first."""
    query = select(VersionRow.title, VersionRow.text).where(VersionRow.article_id == article_id).order_by(VersionRow.version.desc()).offset(1)
    return [(row.title, row.text) for row in connection.execute(query)]


def found(connection: Connection, article_id: int, now: datetime) -> int:
    """A new family; the article is the first of it."""
    return int(run(connection, FOUND, article_id, stamp(connection, now)).fetchone()[0])


def found_all(connection: Connection, founded: list[tuple[int, int, datetime]]) -> None:
    """New families, (number, first article, when) each; `storage.bulk.new_ids` gave the numbers."""
    run_many(connection, "INSERT INTO families (id, head_id, size, created_at) VALUES (?, ?, 1, ?)", [(n, head, stamp(connection, at)) for n, head, at in founded])
    run_many(connection, JOIN, [(number, head) for number, head, _ in founded])


def count(connection: Connection, family_id: int) -> None:
    """One more member."""
    run(connection, "UPDATE families SET size = size + 1 WHERE id = ?", family_id)


def join(connection: Connection, article_id: int, family_id: int) -> None:
    run(connection, JOIN, family_id, article_id)


def leave(connection: Connection, article_id: int, family_id: int) -> None:
    """Take an article that has no signature any more out of its family; a family without members goes."""
    run(connection, "UPDATE articles SET family_id = NULL WHERE id = ?", article_id)
    tidy(connection, family_id)


def members(connection: Connection, family_id: int) -> list[int]:
    """Ids of the articles of a family, ascending."""
    rows = run(connection, "SELECT id FROM articles WHERE family_id = ? ORDER BY id", family_id)
    return [int(row[0]) for row in rows]


def some_members(connection: Connection, family_id: int) -> list[int]:
    """A few articles of a family, the newest first."""
    rows = run(connection, "SELECT id FROM articles WHERE family_id = ? ORDER BY id DESC LIMIT 5", family_id)
    return [int(row[0]) for row in rows]


def tidy(connection: Connection, family_id: int) -> None:
    """Bring size and head of a family in line with its members; without members it goes."""
    left = members(connection, family_id)
    if not left:
        run(connection, "DELETE FROM families WHERE id = ?", family_id)
        return
    (head,) = run(connection, "SELECT head_id FROM families WHERE id = ?", family_id).fetchone()
    head = head if head in left else left[0]
    run(connection, "UPDATE families SET size = ?, head_id = ? WHERE id = ?", len(left), head, family_id)


def link(connection: Connection, article_id: int, relations: list[tuple[int, Relation]], now: datetime) -> None:
    """Write down how an article stands to others; what is less comes first: a lead, an excerpt, a part, of something."""
    if not relations:
        return
    at = stamp(connection, now)
    rows = []
    for other, r in relations:
        ends, shares = (article_id, other), (r.contained, r.contains)
        if r.kind != "same" and r.contained < r.contains:
            ends, shares = ends[::-1], shares[::-1]
        rows.append((*ends, r.kind, *shares, r.substituted, r.numbers, at))
    run_many(connection, LINK, rows)


def unlink(connection: Connection, article_id: int) -> None:
    """Forget how an article stood to others, since its text is another now."""
    run(connection, "DELETE FROM family_links WHERE article_id = ? OR other_id = ?", article_id, article_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Articles that go from one family to another."""

    articles: list[int]
    source: int
    target: int
    kind: Literal["merge", "split"]
    because_of: int
    """The article that showed it."""
    batch: int | None = None
    """The batch pass it belongs to."""


def merge(connection: Connection, kept: int, gone: int, because_of: int, now: datetime) -> int:
    """Move every member of family ``gone`` to ``kept``; the number of the entry that undoes it."""
    return move(connection, Move(articles=members(connection, gone), source=gone, target=kept, kind="merge", because_of=because_of), now)


def move(connection: Connection, wanted: Move, now: datetime) -> int:
    """Move articles and write it down; the number of the entry that undoes it."""
    _reassign(connection, wanted.articles, wanted.target)
    tidy(connection, wanted.source)
    tidy(connection, wanted.target)
    entry = {
        "kept_id": wanted.target, "gone_id": wanted.source, "moved": wanted.articles, "because_of": wanted.because_of, "at": now,
        "kind": wanted.kind, "batch": wanted.batch,
    }  # fmt: skip
    return connection.execute(insert(FamilyMergeRow).values(**entry).returning(FamilyMergeRow.id)).scalar_one()


def undo(connection: Connection, entry_id: int, now: datetime) -> list[int]:
    """Take back a merge or split; the articles that went back, fewer where some have moved on since.

    Raises `LookupError` when there is no such entry or it was taken back before.
    """
    entry = connection.execute(select(FamilyMergeRow.__table__).where(FamilyMergeRow.id == entry_id)).first()
    if entry is None or entry.undone_at is not None:
        raise LookupError(f"entry {entry_id} {'was undone before' if entry else 'does not exist'}")
    still = set(members(connection, entry.kept_id))
    back = [article for article in entry.moved if article in still]
    if back and run(connection, "SELECT id FROM families WHERE id = ?", entry.gone_id).fetchone() is None:
        values = (entry.gone_id, back[0], stamp(connection, now))
        run(connection, "INSERT INTO families (id, head_id, size, created_at) VALUES (?, ?, 0, ?)", *values)
    _reassign(connection, back, entry.gone_id)
    tidy(connection, entry.kept_id)
    if back:
        tidy(connection, entry.gone_id)
    connection.execute(update(FamilyMergeRow).where(FamilyMergeRow.id == entry_id).values(undone_at=now))
    return back


def apart(connection: Connection, one: int, other: int) -> bool:
    """Two families that a person took apart again stay apart."""
    pair = (one, other)
    query = select(FamilyMergeRow.id).where(FamilyMergeRow.undone_at.is_not(None), FamilyMergeRow.kept_id.in_(pair), FamilyMergeRow.gone_id.in_(pair))
    return connection.execute(query.limit(1)).first() is not None


def undone(connection: Connection) -> set[tuple[int, int]]:
    """(article, family) that a person took apart again."""
    query = select(FamilyMergeRow.moved, FamilyMergeRow.kept_id).where(FamilyMergeRow.undone_at.is_not(None))
    return {(article, row.kept_id) for row in connection.execute(query) for article in row.moved}


def entries(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The newest merges and splits, newest first."""
    query = select(FamilyMergeRow.__table__).order_by(FamilyMergeRow.id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def _reassign(connection: Connection, articles: list[int], target: int) -> None:
    within = IN[connection.dialect.name]
    for table, key in (("signatures", "article_id"), ("articles", "id")):
        run(connection, f"UPDATE {table} SET family_id = ? WHERE {key} {within}", target, numbers(connection, articles))
