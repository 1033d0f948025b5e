"""Content-Encoding undone, bounded and whole: a stream that ends early is a failure, not a short page."""

from __future__ import annotations

import asyncio
import re
import sys
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import brotli
from scrapy.responsetypes import responsetypes

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MOST_LAYERS = 3
CHUNK = 1 << 16
LARGE = 256 << 10
"""Bodies over this are undone in a thread, so that the reactor goes on."""
ACCEPTED = b"gzip, deflate, br, zstd"
MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!doctype|<html|<\?xml|<head|<rss|<feed|<urlset|<sitemapindex)", re.I)


class BadBody(Exception):
    """A body that is not what its Content-Encoding says."""


class CutShort(BadBody):
    """A compressed body that ends before its end."""


class OverSize(BadBody):
    """A body that is larger than what is read, once undone."""


class _Undoer(Protocol):
    def __call__(self, body: bytes, limit: int) -> bytes: ...


def undo(body: bytes, encodings: list[str], limit: int) -> bytes:
    """The body with its encodings undone, last one first; unknown ones end the undoing.

    A body that is no such stream at all but starts as HTML or XML is taken as it is: some servers name an encoding that
    they did not apply. Raises `BadBody`.

    >>> undo(zlib.compress("文".encode()), ["deflate"], 100).decode()
    '文'
    """
    layers = [name for name in encodings if name not in ("", "identity", "none")]
    if len(layers) > MOST_LAYERS:
        raise BadBody(f"{len(layers)} content encodings, {MOST_LAYERS} are undone")
    for name in reversed(layers):
        step = STEPS.get(name)
        if step is None or not body:
            return body
        try:
            body = step(body, limit)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            if MARKUP.match(body):
                return body
            raise BadBody(f"no valid {name} stream: {error}") from None
    return body


def _zlib(body: bytes, limit: int, *wbits: int) -> bytes:
    for n, bits in enumerate(wbits, 1):
        try:
            return _inflate(body, limit, bits)
        except zlib.error:
            if n == len(wbits):
                raise
    raise AssertionError("wbits are given")


def _inflate(body: bytes, limit: int, wbits: int) -> bytes:
    out, size = [], 0
    while body:
        stream = zlib.decompressobj(wbits)
        while not stream.eof:
            part = stream.decompress(body, CHUNK * 16)
            size += len(part)
            if size > limit:
                raise OverSize(f"over {limit} bytes undone")
            out.append(part)
            body = stream.unconsumed_tail
            if not stream.eof and not body and not part:
                raise CutShort(f"compressed stream cut after {size} bytes undone")
        body = stream.unused_data if wbits == 31 and stream.unused_data[:2] == b"\x1f\x8b" else b""
    return b"".join(out)


def _brotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    out = [stream.process(body, output_buffer_limit=CHUNK * 16)]
    size = len(out[0])
    while not stream.is_finished():
        if size > limit:
            raise OverSize(f"over {limit} bytes undone")
        part = stream.process(b"", output_buffer_limit=CHUNK * 16)
        if not part:
            raise CutShort(f"brotli stream cut after {size} bytes undone")
        size += len(part)
        out.append(part)
    if size > limit:
        raise OverSize(f"over {limit} bytes undone")
    return b"".join(out)


def _zstd(body: bytes, limit: int) -> bytes:
    stream = zstd.ZstdDecompressor()
    out, size = [stream.decompress(body, CHUNK * 16)], 0
    while not stream.eof:
        size += len(out[-1])
        if size > limit:
            raise OverSize(f"over {limit} bytes undone")
        if stream.needs_input:
            raise CutShort(f"zstd stream cut after {size} bytes undone")
        out.append(stream.decompress(b"", CHUNK * 16))
    if size + len(out[-1]) > limit:
        raise OverSize(f"over {limit} bytes undone")
    return b"".join(out)


STEPS: dict[str, _Undoer | Callable[[bytes, int], bytes]] = {
    "gzip": lambda body, limit: _zlib(body, limit, 31),
    "x-gzip": lambda body, limit: _zlib(body, limit, 31),
    "deflate": lambda body, limit: _zlib(body, limit, 15, -15),
    "br": _brotli,
    "zstd": _zstd,
}


class ContentEncoding:
    """Downloader middleware in the place of Scrapy's, which takes a stream that ends early for a whole one."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ContentEncoding:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    async def process_response(self, request: Request, response: Response) -> Response:
        told = response.headers.getlist("Content-Encoding")
        if not told or not response.body:
            return response
        names = [name.strip().lower() for name in b",".join(told).decode("latin-1").split(",")]
        limit = request.meta.get("download_maxsize", self.limit)
        if len(response.body) > LARGE:
            body = await asyncio.to_thread(undo, response.body, names, limit)
        else:
            body = undo(response.body, names, limit)
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return response.replace(cls=kind, body=body, headers=headers)
