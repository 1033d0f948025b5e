"""The captures folder: reading a record by its index row, cutting torn tails, locks of files that are being written."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, func, select

from storage import warc
from storage.tables import CaptureRow

OPEN = ".open"
"""Suffix of a file that is being written, or whose writer was killed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An archived response: as it came over the wire, its transfer coding undone."""

    url: str
    status: int
    headers: dict[str, str]
    """Lower-case names, repeated ones joined by ``, ``."""
    body: bytes
    """With its Content-Encoding."""
    record: warc.Record


def locate(folder: Path, name: str) -> Path:
    """The path of a capture file, which is called otherwise while it is written."""
    path = folder / name
    return path if path.exists() else path.with_name(name + OPEN)


def read(connection: Connection, folder: Path, capture_id: int) -> Reply:
    """The response of a capture; of a ``revisit``, the one that it refers to.

    Raises `storage.warc.BadRecord` when record, index or digest do not agree, KeyError when there is no such capture.
    """
    row = connection.execute(select(CaptureRow.__table__).where(CaptureRow.id == capture_id)).first()
    if row is None:
        raise KeyError(f"no capture {capture_id}")
    if row.kind == "revisit" and row.refers_to:
        return read(connection, folder, row.refers_to)
    return reply(folder, row.file, row.offset, row.length)


def reply(folder: Path, name: str, offset: int, length: int) -> Reply:
    """The response in the record at a place, its digests verified."""
    try:
        record = warc.read_at(locate(folder, name), offset, length)
    except OSError as error:
        raise warc.BadRecord(f"{name}: {error.strerror}") from None
    record.check()
    return as_reply(record)


def as_reply(record: warc.Record) -> Reply:
    start, pairs, body = warc.split(record.block)
    headers: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    status = start.split(b" ")[1:2]
    return Reply(record.url, int(status[0]) if status and status[0].isdigit() else 0, headers, body, record)


@contextmanager
def claimed(path: Path) -> Iterator[BinaryIO | None]:
    """The file opened and locked, None where its writer still lives."""
    with path.open("r+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield stream


def recover(connection: Connection, folder: Path) -> list[str]:
    """Close the files that killed processes left open, their torn tails cut off and kept aside; what was done, in words."""
    done = []
    for path in sorted(folder.glob("*" + OPEN)) if folder.is_dir() else []:
        with claimed(path) as stream:
            if stream is None or not path.exists():
                continue
            name = path.name.removesuffix(OPEN)
            known = select(func.max(CaptureRow.offset + CaptureRow.length)).where(CaptureRow.file == name)
            if cut := cut_tail(path, stream, connection.scalar(known) or 0):
                done.append(f"{name}: {cut}")
            path.rename(path.with_name(name))
            sync_folder(folder)
    return done


def cut_tail(path: Path, stream: BinaryIO, start: int = 0) -> str | None:
    """Cut a file after its last whole record, looking from ``start`` on; what was cut goes to ``.torn``. None: nothing to cut."""
    end = start
    try:
        for record in warc.scan(path, start):
            end = record.offset + record.length
    except warc.BadRecord as error:
        size = path.stat().st_size
        stream.seek(end)
        name = path.name.removesuffix(OPEN)
        path.with_name(f"{name}.{end}.torn").write_bytes(stream.read())
        stream.truncate(end)
        os.fsync(stream.fileno())
        return f"{size - end} bytes cut at byte {end} ({error})"
    return None


def sync(stream: BinaryIO) -> None:
    """What was written, on the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """A file's new name on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
