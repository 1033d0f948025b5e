"""WARC/1.1 records as this project writes them: one gzip member each, read strictly.

ISO 28500:2017, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import base64
import hashlib
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

LARGEST = 96 << 20
"""Bytes of a record undone; ours are smaller (DOWNLOAD_MAXSIZE)."""
CHUNK = 1 << 16


class BadRecord(ValueError):
    """A record that is torn, damaged or not what its index says; the message says which."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record and where it lies."""

    offset: int
    length: int
    """Bytes of its gzip member."""
    headers: Mapping[str, str]
    """WARC headers, lower-case names."""
    block: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "")

    @property
    def url(self) -> str:
        return self.headers.get("warc-target-uri", "").strip("<>")

    @property
    def date(self) -> datetime:
        return datetime.fromisoformat(self.headers["warc-date"]).astimezone(UTC)

    def check(self) -> None:
        """Raises `BadRecord` when a digest is not the one that the record names."""
        named = self.headers.get("warc-block-digest")
        if named and named.startswith("sha1:") and named != digest(self.block):
            raise BadRecord(f"block digest is {digest(self.block)}, the record says {named}")
        payload = self.headers.get("warc-payload-digest")
        if payload and self.kind == "response" and payload.startswith("sha1:") and payload != digest(split(self.block)[2]):
            raise BadRecord(f"payload digest is not {payload}")


def digest(data: bytes) -> str:
    """``sha1:BASE32``, as WARC tools write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def stamp(when: datetime) -> str:
    """WARC-Date."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def head_of(kind: str, headers: Mapping[str, str], length: int) -> bytes:
    """A record's header block; a record id is made where ``headers`` has none."""
    lines = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>", **headers, "Content-Length": str(length)}
    return ("WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode()


def split(block: bytes) -> tuple[bytes, list[tuple[str, str]], bytes]:
    """(start line, headers, body) of an HTTP message."""
    head, _, body = block.partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    pairs = (line.partition(b":") for line in lines)
    return start, [(name.decode("latin-1").strip(), value.decode("latin-1").strip()) for name, _, value in pairs], body


def read_at(path: Path, offset: int, length: int) -> Record:
    """The record at an offset, whole. Raises `BadRecord`, or OSError when the file cannot be read."""
    with path.open("rb") as stream:
        stream.seek(offset)
        record = next(_records(stream, offset), None)
    if record is None:
        raise BadRecord(f"{path.name} ends before byte {offset}")
    if length and record.length != length:
        raise BadRecord(f"the record at byte {offset} of {path.name} has {record.length} bytes, its index says {length}")
    return record


def scan(path: Path, start: int = 0) -> Iterator[Record]:
    """Every record of a file of ours from an offset on. Raises `BadRecord` at the first that is not whole."""
    with path.open("rb") as stream:
        stream.seek(start)
        yield from _records(stream, start)


def _records(stream: BinaryIO, offset: int) -> Iterator[Record]:
    rest = b""
    while True:
        member = zlib.decompressobj(wbits=31)
        parts, size, used = [], 0, 0
        while not member.eof:
            data = rest or stream.read(CHUNK)
            rest = b""
            if not data and not used:
                return
            if not data:
                raise BadRecord(f"torn: the record at byte {offset} is cut after {used} bytes")
            try:
                parts.append(member.decompress(data, LARGEST - size))
            except zlib.error as error:
                raise BadRecord(f"damaged: the record at byte {offset}: {error}") from None
            size += len(parts[-1])
            if member.unconsumed_tail:
                raise BadRecord(f"the record at byte {offset} is over {LARGEST} bytes")
            used += len(data) - len(member.unused_data)
        rest = member.unused_data
        yield _parse(offset, used, b"".join(parts))
        offset += used


def _parse(offset: int, length: int, data: bytes) -> Record:
    head, found, rest = data.partition(b"\r\n\r\n")
    version, *lines = head.split(b"\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.decode("utf-8", "replace").strip().lower()] = value.decode("utf-8", "replace").strip()
    size = headers.get("content-length", "")
    if not found or not version.startswith(b"WARC/") or not size.isdigit():
        raise BadRecord(f"the member at byte {offset} is no WARC record")
    if len(rest) != int(size) + 4:
        raise BadRecord(f"the record at byte {offset} holds {len(rest)} bytes, its header says {size} and an empty line")
    return Record(offset, length, headers, rest[: int(size)])
