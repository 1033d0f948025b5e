"""Families of a list of documents, by the code that a crawl uses."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from storage.archive import Archive
from storage.families import index, ledger
from storage.families.arrive import Newcomer, place_all

GROUP = 64
"""Documents that are placed together, as many as a crawl commits at once."""
STORE = (
    "INSERT INTO articles (id, position, url_key, url, title, text, content_hash, sort_at, first_seen_at, last_seen_at, checked_at,"
    " text_extracted, authors, images, attachments, tags, quality, rules, damage, lost, version, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '[]', '[]', '[]', '[]', 'ok', '', 0, 0, 1, 'live')"
)


def assign(documents: list[dict[str, Any]]) -> list[int]:
    """One family id a document, in order of arrival, in one pass over a fresh SQLite archive.

    ``documents`` have ``text`` and may have ``title`` and ``url``.
    """
    now = datetime.now(UTC)
    numbered = list(enumerate(documents, 1))
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(f"sqlite:///{Path(folder) / 'families.db'}")
        with archive, archive.transaction() as connection:
            store(connection, numbered, now)
            newcomers = [Newcomer(number, document.get("title"), document.get("text") or "", now) for number, document in numbered]
            for n in range(0, len(newcomers), GROUP):
                place_all(connection, newcomers[n : n + GROUP])
            return families(connection)


def store(connection: Connection, numbered: Iterable[tuple[int, dict[str, Any]]], now: datetime) -> None:
    """Write (id, document) pairs as articles, with what a row must have."""
    at = ledger.stamp(connection, now)
    rows = [(number, number, number.to_bytes(16), document.get("url") or "", document.get("title"), document.get("text") or "", b"", at, at, at, at) for number, document in numbered]
    index.run_many(connection, STORE, rows)


def families(connection: Connection) -> list[int]:
    """The family of every article, by id."""
    return [int(row[0]) for row in connection.exec_driver_sql("SELECT family_id FROM articles ORDER BY id")]
