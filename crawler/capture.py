"""Every response into a WARC/1.1 file, as it came over the wire, before anything can lose it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.items import CaptureRef
from storage.captures import OPEN, sync_folder
from storage.warc import digest, head_of, stamp

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ROTATE_AT = 1 << 30
LEVEL, LEVEL_ENCODED = 3, 1
"""zlib levels: of a 56 KB page, 3 costs a third of 6 and gives files 8 % larger; what is compressed already gains nothing."""
LARGE = 256 << 10
"""Bodies over this are compressed in a thread, so that the reactor goes on."""
PROFILES = {
    "same": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
    "304": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
}


class NotCaptured(Exception):
    """The disk does not take a capture: nothing more is fetched."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A response in a WARC file."""

    ref: CaptureRef
    kind: str
    """response or revisit."""
    url: str
    at: datetime
    status: int
    content_type: str | None
    truncated: str | None


class WarcWriter:
    """One new file a process start, one gzip member a record, rotated at 1 GB, locked and called ``.open`` while written."""

    def __init__(self, folder: Path, rotate_at: int = ROTATE_AT) -> None:
        self.folder = folder
        self.rotate_at = rotate_at
        self.stream: FileIO | None = None
        self.name = ""
        self._number = 0
        self._lock = threading.Lock()
        self._unsynced = False

    def write(self, records: list[tuple[str, dict[str, str], bytes]], level: int = LEVEL) -> list[tuple[str, int, int]]:
        """Append records (kind, headers, block) that belong together; (file name, offset, length of its member) of each.

        A write that fails leaves nothing behind: the file is cut back to where it was.
        """
        packed = [_member(head_of(kind, headers, len(block)) + block + b"\r\n\r\n", level) for kind, headers, block in records]
        with self._lock:
            stream = self._open()
            offset = stream.tell()
            places = []
            for member in packed:
                places.append((self.name, offset, len(member)))
                offset += len(member)
            _append(stream, b"".join(packed))
            self._unsynced = True
            return places

    def sync(self) -> None:
        """On the disk; called before the SQL commit that names a record. Safe from any thread."""
        with self._lock:
            if self.stream is None or not self._unsynced:
                return
            handle = os.dup(self.stream.fileno())
            self._unsynced = False
        try:
            os.fsync(handle)
        except OSError:
            self._unsynced = True
            raise
        finally:
            os.close(handle)

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self.stream is not None:
            os.fsync(self.stream.fileno())
            (self.folder / (self.name + OPEN)).rename(self.folder / self.name)
            sync_folder(self.folder)
            self.stream.close()
            self.stream = None

    def _open(self) -> FileIO:
        if self.stream is not None and self.stream.tell() >= self.rotate_at:
            self._close()
        if self.stream is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._number += 1
            now = datetime.now(UTC)
            self.name = f"fangzhi-{now:%Y%m%d%H%M%S%f}-{os.getpid()}-{self._number:05}.warc.gz"
            self.stream = FileIO(self.folder / (self.name + OPEN), "x+")
            fcntl.flock(self.stream, fcntl.LOCK_EX)
            info = b"software: fangzhi/0.1\r\nformat: WARC File Format 1.1\r\n"
            head = head_of("warcinfo", {"WARC-Date": stamp(now), "WARC-Filename": self.name, "Content-Type": "application/warc-fields"}, len(info))
            _append(self.stream, _member(head + info + b"\r\n\r\n", LEVEL))
            sync_folder(self.folder)
        return self.stream


def _append(stream: FileIO, data: bytes) -> None:
    """All of it, or nothing: after a failed write the file ends where it ended before."""
    start, view = stream.tell(), memoryview(data)
    try:
        while view:
            view = view[stream.write(view) :]
    except OSError:
        stream.truncate(start)
        stream.seek(start)
        raise


def _member(data: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


class Capture:
    """Downloader middleware next to the network: bodies still have their Content-Encoding, requests all their headers."""

    def __init__(self, crawler: Crawler) -> None:
        from crawler.recorder import Recorder

        self.recorder = Recorder.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Capture:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        if "frontier" not in request.meta and "robots" not in request.meta:
            return response
        row = request.meta.get("frontier")
        try:
            if len(response.body) > LARGE:
                captured = await asyncio.to_thread(save, self.recorder.writer, request, response, row)
            else:
                captured = save(self.recorder.writer, request, response, row)
        except OSError as error:
            raise NotCaptured(f"captures cannot be written: {error}") from error
        request.meta["capture"] = captured
        return response


def save(writer: WarcWriter, request: Request, response: Response, row: Any) -> Captured:
    """Write the records of an exchange: response, or revisit where the body is the one that ``row`` was last captured with."""
    at, payload = datetime.now(UTC), digest(response.body)
    known = getattr(row, "capture_digest", None)
    profile = None
    if known and response.status == 304:
        profile, payload = PROFILES["304"], known
    elif known == payload and response.body:
        profile = PROFILES["same"]
    kind = "revisit" if profile else "response"
    truncated = "disconnect" if "partial" in response.flags else None
    body = b"" if profile else response.body
    block = _message(f"{response.protocol or 'HTTP/1.1'} {response.status} {_phrase(response.status)}", response.headers, None if response.status in (204, 304) else len(response.body)) + body
    response_id, request_id = f"<urn:uuid:{uuid.uuid4()}>", f"<urn:uuid:{uuid.uuid4()}>"
    common = {"WARC-Target-URI": request.url, "WARC-Date": stamp(at)}
    if response.ip_address:
        common["WARC-IP-Address"] = str(response.ip_address)
    head = {
        "WARC-Record-ID": response_id, **common, "Content-Type": "application/http;msgtype=response",
        "WARC-Payload-Digest": payload, "WARC-Block-Digest": digest(block),
    }  # fmt: skip
    if profile:
        head |= {"WARC-Profile": profile, "WARC-Refers-To-Target-URI": row.url, "WARC-Refers-To-Date": stamp(row.captured_at)}
    if truncated:
        head["WARC-Truncated"] = truncated
    asked = _message(f"{request.method} {_target(request.url)} HTTP/1.1", request.headers, None) + request.body
    other = {
        "WARC-Record-ID": request_id, **common, "Content-Type": "application/http;msgtype=request",
        "WARC-Concurrent-To": response_id, "WARC-Block-Digest": digest(asked),
    }  # fmt: skip
    level = LEVEL_ENCODED if response.headers.get("Content-Encoding") else LEVEL
    (name, offset, length), _ = writer.write([(kind, head, block), ("request", other, asked)], level)
    mime = response.headers.get("Content-Type")
    return Captured(
        CaptureRef(file=name, offset=offset, length=length, digest=payload), kind, request.url, at, response.status,
        mime.decode("latin-1")[:200] if mime else None, truncated,
    )  # fmt: skip


def _target(url: str) -> str:
    """What stands in the request line: path and query."""
    rest = url.partition("://")[2]
    return "/" + rest.partition("/")[2].partition("#")[0]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _message(start: str, headers: Any, length: int | None) -> bytes:
    """An HTTP header block. Chunks are joined before we see a body, so its length is told and no Transfer-Encoding."""
    lines = [start.encode()]
    told = False
    for name, values in headers.items():
        lower = name.lower()
        if lower == b"transfer-encoding":
            name = b"X-Archive-Orig-Transfer-Encoding"
        if lower == b"content-length" and length is not None:
            if told or values[0] != str(length).encode():
                name = b"X-Archive-Orig-Content-Length"
            else:
                told = True
        lines += [name + b": " + value.replace(b"\r", b" ").replace(b"\n", b" ") for value in values]
    if length is not None and not told:
        lines.append(f"Content-Length: {length}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n"
