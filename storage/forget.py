"""An address deleted on a rightful request: article, versions, captures, index; that it happened is kept, not what it was."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, select, update

from storage import captures, families, warc
from storage.keys import url_key
from storage.search.index import Index
from storage.tables import AddressRow, ArticleRow, CaptureRow, DeadLetterRow, EditRow, ForgottenRow, FrontierRow, OutcomeRow, VersionRow
from storage.writer import INSERT

GONE = "(forgotten)"
NOTICE = b"This record was removed on request.\r\n"


@dataclass(slots=True)
class Forgotten:
    """What was deleted."""

    articles: int = 0
    captures: int = 0
    addresses: int = 0


def forget(connection: Connection, folder: Path, url: str, reason: str) -> Forgotten:
    """Delete an address and the article that it belongs to, all of its addresses; it is never fetched again.

    Records in WARC files are overwritten in their place, before the caller's commit: all others keep their offsets.
    Raises ValueError where ``url`` is no http(s) address, OSError or `storage.warc.BadRecord` where a file cannot be rewritten.
    """
    keys = {url_key(url)}
    other = select(AddressRow.article_id).where(AddressRow.url_key.in_(keys))
    articles = connection.execute(select(ArticleRow.__table__).where(ArticleRow.url_key.in_(keys) | ArticleRow.id.in_(other))).all()
    for row in articles:
        keys |= {row.url_key, *connection.scalars(select(AddressRow.url_key).where(AddressRow.article_id == row.id))}
    found = Forgotten(articles=len(articles), addresses=len(keys))
    for row in connection.execute(select(CaptureRow.file, CaptureRow.offset, CaptureRow.length).where(CaptureRow.url_key.in_(keys))):
        erase(captures.locate(folder, row.file), row.offset, row.length)
        found.captures += 1
    for row in articles:
        _article(connection, row)
    _traces(connection, keys, reason)
    return found


def _article(connection: Connection, row: Any) -> None:
    families.forget(connection, row.id)
    Index(connection).remove([row._mapping])
    versions = select(VersionRow.id).where(VersionRow.article_id == row.id)
    connection.execute(delete(EditRow).where(EditRow.version_id.in_(versions)))
    connection.execute(delete(VersionRow).where(VersionRow.article_id == row.id))
    connection.execute(delete(AddressRow).where(AddressRow.article_id == row.id))
    connection.execute(delete(ArticleRow).where(ArticleRow.id == row.id))


def _traces(connection: Connection, keys: set[bytes], reason: str) -> None:
    connection.execute(delete(CaptureRow).where(CaptureRow.url_key.in_(keys)))
    connection.execute(delete(DeadLetterRow).where(DeadLetterRow.url_key.in_(keys)))
    connection.execute(update(OutcomeRow).where(OutcomeRow.url_key.in_(keys)).values(url=GONE, reason=None, capture_id=None, article_id=None))
    cleared = {
        "state": "forgotten", "url": GONE, "next_at": None, "context": None, "etag": None, "last_modified": None, "body_hash": None, "reason": None,
        "capture_id": None, "capture_digest": None, "captured_at": None, "token": None,
    }  # fmt: skip
    connection.execute(update(FrontierRow).where(FrontierRow.url_key.in_(keys)).values(**cleared))
    rows = [{"url_key": key, "at": datetime.now(UTC), "reason": reason} for key in keys]
    connection.execute(INSERT[connection.dialect.name](ForgottenRow).on_conflict_do_nothing(), rows)


def erase(path: Path, offset: int, length: int) -> None:
    """Put a notice in the place of a record and of the request that belongs to it; done twice, it does no more."""
    record = warc.read_at(path, offset, length)
    if record.kind == "metadata":
        return
    places = [(offset, length)]
    try:
        behind = warc.read_at(path, offset + length, 0)
    except warc.BadRecord:
        behind = None  # the last record of its file
    if behind is not None and behind.kind == "request" and behind.url == record.url:
        places.append((behind.offset, behind.length))
    with path.open("r+b") as stream:
        for at, size in places:
            stream.seek(at)
            stream.write(_notice(size))
        captures.sync(stream)


def _notice(length: int) -> bytes:
    """A gzip member of exactly ``length`` bytes; the room that is left is filled in its header's comment (RFC 1952)."""
    head = {"WARC-Date": warc.stamp(datetime.now(UTC)), "Content-Type": "text/plain"}
    data = warc.head_of("metadata", head, len(NOTICE)) + NOTICE + b"\r\n\r\n"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    room = length - len(packed) - 19
    if room < 0:
        raise warc.BadRecord(f"a record of {length} bytes is too short for a notice")
    return b"\x1f\x8b\x08\x10" + bytes(5) + b"\xff" + b" " * room + b"\0" + packed + struct.pack("<II", zlib.crc32(data), len(data))
