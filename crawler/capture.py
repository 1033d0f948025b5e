"""Every response into a WARC/1.1 file, request and response records, before anything can lose it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from crawler.items import CaptureRef

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ROTATE_AT = 1 << 30


class WarcWriter:
    """One new file a process start, one gzip member a record, rotated at 1 GB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stream: BinaryIO | None = None
        self.name = ""

    def write(self, kind: str, headers: dict[str, str], block: bytes) -> tuple[str, int, int]:
        """Append a record; (file name, offset, length of its gzip member)."""
        stream = self._open()
        head = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
            **headers,
            "Content-Length": str(len(block)),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        offset = stream.tell()
        stream.write(gzip.compress(f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n", compresslevel=6))
        stream.flush()
        return self.name, offset, stream.tell() - offset

    def sync(self) -> None:
        """On the disk; called before the SQL commit that names a record."""
        if self.stream is not None:
            os.fsync(self.stream.fileno())

    def close(self) -> None:
        if self.stream is not None:
            self.sync()
            self.stream.close()
            self.stream = None

    def _open(self) -> BinaryIO:
        if self.stream is not None and self.stream.tell() > ROTATE_AT:
            self.close()
        if self.stream is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
            self.name = f"fangzhi-{stamp}-{os.getpid()}.warc.gz"
            self.stream = (self.folder / self.name).open("xb")
            info = b"software: fangzhi/0.1\r\nformat: WARC File Format 1.1\r\n"
            self.write("warcinfo", {"WARC-Date": _now(), "Content-Type": "application/warc-fields"}, info)
        return self.stream


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


class Capture:
    """Downloader middleware; stands where the body's Content-Encoding is undone already, and says so in the record."""

    def __init__(self, writer: WarcWriter) -> None:
        self.writer = writer

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Capture:
        from crawler.recorder import Recorder

        return cls(Recorder.of(crawler).writer)

    def process_response(self, request: Request, response: Response) -> Response:
        if "frontier" in request.meta:
            request.meta["capture"] = self._save(request, response)
            request.meta["fetched_at"] = datetime.now(UTC)
        return response

    def _save(self, request: Request, response: Response) -> CaptureRef:
        common = {
            "WARC-Target-URI": response.url,
            "WARC-Date": _now(),
            "Content-Type": "application/http;msgtype=response",
        }
        payload = digest(response.body)
        block = _block(f"HTTP/1.1 {response.status} {_phrase(response.status)}", response.headers, response.body)
        name, offset, length = self.writer.write("response", {**common, "WARC-Payload-Digest": payload, "WARC-Block-Digest": digest(block)}, block)
        asked = _block(f"{request.method} {request.url} HTTP/1.1", request.headers, request.body)
        self.writer.write("request", {**common, "Content-Type": "application/http;msgtype=request"}, asked)
        return CaptureRef(file=name, offset=offset, length=length, digest=payload)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _block(start: str, headers: object, body: bytes) -> bytes:
    """An HTTP message; headers that no longer hold, since the body is stored undone, are kept under another name."""
    lines = [start.encode()]
    for name, values in headers.items():  # type: ignore[attr-defined]  # Scrapy's Headers
        lower = name.lower()
        shown = b"X-Archive-Orig-" + name if lower in (b"content-encoding", b"transfer-encoding", b"content-length") else name
        lines += [shown + b": " + value for value in values]
    lines.append(b"Content-Length: " + str(len(body)).encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
