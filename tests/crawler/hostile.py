"""Responses as no server should give them, each from a loopback address of its own; and the outcome that each must end in.

Written after the faults that public advisories, RFC 9110/9112 and other crawlers' test servers describe.
"""

from __future__ import annotations

import gzip
import selectors
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator

import brotli
from backports import zstd
from harness import article_page

PAGE = article_page(7)
ZEROS = 40 << 20
Send = Callable[[socket.socket], None]


def answer(body: bytes = PAGE, *headers: str, status: str = "200 OK", length: int | None = -1, kind: str = "text/html; charset=utf-8") -> bytes:
    """A response; ``length`` None leaves Content-Length out, another number lies."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {kind}"] if kind else []), *headers, "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = answer(b"", "Transfer-Encoding: chunked", length=None)
    return head + b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks) + end


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def reset_after(data: bytes) -> Send:
    def send(connection: socket.socket) -> None:
        connection.sendall(data)
        time.sleep(0.05)
        reset(connection)

    return send


def slowly(data: bytes, pause: float = 0.2) -> Send:
    """A byte at a time, longer than anybody waits."""

    def send(connection: socket.socket) -> None:
        for n in range(len(data)):
            connection.sendall(data[n : n + 1])
            time.sleep(pause)

    return send


def endless(head: bytes, piece: bytes) -> Send:
    """Until the other side has enough; 200 MB at most."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range((200 << 20) // len(piece)):
            connection.sendall(piece)

    return send


def zeros(encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.compress(bytes(ZEROS), 9)
    if encoding == "deflate":
        return zlib.compress(bytes(ZEROS), 9)
    return brotli.compress(bytes(ZEROS), quality=1) if encoding == "br" else zstd.compress(bytes(ZEROS))


def packed(encoding: str, data: bytes = PAGE) -> bytes:
    steps = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}
    return steps[encoding](data)


def layers(number: int) -> bytes:
    data = PAGE
    for _ in range(number):
        data = gzip.compress(data)
    return answer(data, "Content-Encoding: " + ", ".join(["gzip"] * number))


def wrapped(inner: str) -> bytes:
    return f'<html><head><meta charset="utf-8"><title>页</title></head><body>{inner}</body></html>'.encode()


def cases() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    """(name, what is sent, outcomes that are right)."""
    yield from connections()
    yield from framing()
    yield from statuses()
    yield from encodings()
    yield from headers()
    yield from redirects()
    yield from documents()


FAILED, DROPPED, STORED = {"failed"}, {"dropped"}, {"stored"}


def connections() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    yield "closed at once", lambda connection: None, FAILED
    yield "reset at once", reset, FAILED
    yield "reset in the status line", reset_after(b"HTTP/1."), FAILED
    yield "reset in the headers", reset_after(b"HTTP/1.1 200 OK\r\nContent-Ty"), FAILED
    yield "reset in the body", reset_after(answer()[:-300]), FAILED
    yield "reset in a chunk", reset_after(chunked(PAGE)[:-300]), FAILED
    yield "a byte at a time, headers", slowly(answer()), FAILED
    yield "a byte at a time, body", lambda c: (c.sendall(answer()[:300]), slowly(answer()[300:])(c))[0], FAILED
    yield "silent for ever", lambda connection: time.sleep(8), FAILED
    for cut in (1, 10, 17, 40, 90):
        yield f"headers cut at {cut}", answer()[:cut], FAILED


def framing() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"body short, {share}", answer(PAGE[: int(len(PAGE) * share)], length=len(PAGE)), FAILED
    yield "body longer than told", answer(PAGE + b"x" * 999, length=len(PAGE)), STORED
    yield "negative length", answer(length=-5), FAILED
    yield "length no number", answer(b"", "Content-Length: many", length=None) + PAGE, FAILED | STORED
    yield "two lengths", answer(PAGE, f"Content-Length: {len(PAGE) - 5}"), FAILED
    yield "length of 2^64", answer(length=2**64), FAILED | DROPPED
    yield "no length, cut before its end", answer(PAGE[:-200], length=None), FAILED
    yield "no length, whole", answer(length=None), STORED
    yield "chunks", chunked(PAGE[:100], PAGE[100:]), STORED
    yield "chunks without an end", chunked(PAGE, end=b""), FAILED
    yield "chunk size no number", chunked(PAGE, end=b"zz\r\n"), FAILED
    yield "chunk size of 2^64", answer(b"", "Transfer-Encoding: chunked", length=None) + b"ffffffffffffffff\r\n" + PAGE, FAILED
    yield "chunk size negative", answer(b"", "Transfer-Encoding: chunked", length=None) + b"-5\r\n" + PAGE, FAILED
    yield "chunk size 100 KB long", answer(b"", "Transfer-Encoding: chunked", length=None) + b"0" * 100_000 + b"1\r\na\r\n0\r\n\r\n", FAILED
    yield "chunks and a length", chunked(PAGE).replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n", 1), FAILED | STORED
    yield "HTTP/0.9", PAGE, FAILED
    yield "noise", bytes(range(256)) * 20, FAILED
    yield "another protocol", b"SSH-2.0-OpenSSH_9.6\r\n", FAILED
    yield "HTTP/9.9", answer().replace(b"HTTP/1.1", b"HTTP/9.9", 1), FAILED | STORED
    yield "endless body", endless(answer(b"", length=None), b"<p>" + b"x" * 65_000), DROPPED | FAILED
    yield "endless chunks", endless(answer(b"", "Transfer-Encoding: chunked", length=None), b"8000\r\n" + b"x" * 0x8000 + b"\r\n"), DROPPED | FAILED
    yield "100 MB told", answer(length=100 << 20), DROPPED
    yield "endless headers", endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 1000 + b"\r\n"), FAILED
    yield "endless header line", endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 65_536), FAILED
    yield "endless 100 Continue", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), FAILED


def statuses() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    for status in (204, 205, 206, 304, 400, 401, 402, 403, 405, 406, 418, 429, 451, 500, 501, 502, 503, 504, 508, 511, 599, 600, 999):
        right = {"unchanged"} if status == 304 else FAILED
        yield f"status {status}", answer(b"" if status in (204, 205, 304) else PAGE, status=f"{status} x"), right
    for status in (404, 410):
        yield f"status {status}", answer(status=f"{status} x"), {"gone"}
    for words in ("000 x", "-1 x", "abc", "", "99999999999 x", "20 OK"):
        yield f"status line {words!r}", answer(status=words), FAILED | STORED
    yield "empty", answer(b""), FAILED
    for value in ("700", "-5", "99999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 99 Foo 9999 99:99:99", "soon", "\xff\xfe"):
        yield f"Retry-After {value!r}", answer(b"", f"Retry-After: {value}", status="503 x"), FAILED


def encodings() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    for name in ("gzip", "x-gzip", "deflate", "br", "zstd"):
        told = f"Content-Encoding: {name}"
        yield f"{name}", answer(packed(name), told), STORED
        for share in (0.3, 0.7, 0.98):
            yield f"{name} cut at {share}", answer(packed(name)[: int(len(packed(name)) * share)], told), FAILED
        yield f"{name} told, plain sent", answer(PAGE, told), STORED
        yield f"{name} told, noise sent", answer(bytes(range(256)) * 9, told), FAILED
    for name in ("gzip", "deflate", "br", "zstd"):
        yield f"{name} bomb", answer(zeros(name), f"Content-Encoding: {name}"), DROPPED
    damaged = bytearray(packed("gzip"))
    damaged[-6] ^= 0xFF
    yield "gzip with a wrong checksum", answer(bytes(damaged), "Content-Encoding: gzip"), FAILED
    yield "gzip with noise behind it", answer(packed("gzip") + b"noise", "Content-Encoding: gzip"), STORED
    yield "gzip in two members", answer(packed("gzip", PAGE[:500]) + packed("gzip", PAGE[500:]), "Content-Encoding: gzip"), STORED
    yield "two layers", layers(2), STORED
    yield "three layers", layers(3), STORED
    yield "four layers", layers(4), FAILED
    yield "a hundred layers", layers(100), FAILED
    for name in ("foo", "identity", "gzip;q=1", "\xff", ""):
        yield f"encoding {name!r}", answer(PAGE, f"Content-Encoding: {name}"), STORED | FAILED
    yield "empty body told gzip", answer(b"", "Content-Encoding: gzip"), FAILED


def headers() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    yield "20 000 headers", answer(PAGE, *["X-A: " + "a" * 50] * 20_000), FAILED
    yield "a header of 20 MB", answer(PAGE, "X-A: " + "a" * (20 << 20)), FAILED
    yield "500 cookies of 400 bytes", answer(PAGE, *[f"Set-Cookie: c{n}={'a' * 400}" for n in range(500)]), STORED | FAILED
    yield "header without a colon", answer(PAGE, "nonsense"), STORED
    yield "header with NUL", answer(PAGE, "X-A: a\0b"), STORED | FAILED
    yield "folded header", answer(PAGE, "X-A: a\r\n\tb"), STORED
    yield "bare LF", answer().replace(b"\r\n", b"\n", 9), STORED | FAILED
    charsets = ("base64_codec", "utf-7", "\xff", "a" * 5000, "utf-16")
    for kind in ("", "image/png", "application/zip", "\0", *(f"text/html; charset={charset}" for charset in charsets)):
        yield f"type {kind[:40]!r}", answer(kind=kind), STORED | DROPPED | FAILED
    yield "ETag of 100 KB", answer(PAGE, "ETag: " + '"' + "a" * 15_000 + '"'), STORED
    yield "referrer policy that names a function", answer(PAGE, "Referrer-Policy: sys.exit"), STORED
    yield "refresh header", answer(PAGE, "Refresh: 0;url=http://127.0.0.1/"), STORED
    yield "HTTP/2 upgrade", answer(PAGE, "Upgrade: h2c", "Connection: Upgrade"), STORED


def redirects() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    targets = (
        "file:///etc/passwd", "data:text/html,x", "ftp://127.0.0.1/x", "javascript:alert(1)", "gopher://127.0.0.1/", "http://", "http://[bad/", "//", "http://127.0.0.1:99999/",
        "http://169.254.169.254/latest/meta-data/", "http://other.example/", "\xe4\xb8\xad", "http://\u0000/", "http://" + "a" * 70_000, "mailto:a@b",
    )  # fmt: skip
    for target in targets:
        sent = answer(b"", status="302 x") if target == "" else answer(b"", "Location: ", status="302 x").replace(b"Location: ", b"Location: " + target.encode("utf-8"))
        yield f"redirect to {target[:40]!r}", sent, {"redirected"} | FAILED
    yield "redirect to nowhere", answer(b"", status="302 x"), {"redirected"}
    yield "redirect home", answer(b"", "Location: /", status="302 x"), {"gone"}
    yield "redirect to itself", answer(b"", "Location: ?", status="302 x"), FAILED
    yield "refresh to a file", answer(wrapped("").replace(b"<title>", b'<meta http-equiv="refresh" content="0;url=file:///etc/passwd"><title>')), {"redirected"}
    yield "refresh to another site", answer(wrapped("").replace(b"<title>", b'<meta http-equiv=refresh content="0;url=http://169.254.169.254/"><title>')), {"redirected"}


def documents() -> Iterator[tuple[str, bytes | Send, set[str]]]:
    """What a parser may choke on; reading happens in a worker, whatever it makes of it is one outcome."""
    any_of = STORED | DROPPED | FAILED
    text = PAGE.decode().partition("<h1>")[2].partition("</body>")[0]
    shapes = {
        "3 000 nested": "<div>" * 3000 + text, "100 000 nested": "<div>" * 100_000 + text, "20 000 attributes": "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">" + text,
        "300 000 breaks": "<br>" * 300_000 + text, "50 000 comments left open": "<!--" * 50_000 + text, "200 000 smaller-than": "<" * 200_000 + text, "NUL": text.replace("。", "\0。"),
        "9 M characters in a row": "字" * 3_000_000 + text, "lone surrogates": text + "&#xD800;&#xDFFF;", "bad entities": "&#99999999999;&;&#x;" * 5000 + text, "unclosed script": "<script>" + text,
        "unclosed style": "<style>" * 2000 + text, "100 000 cells": "<table>" + "<tr><td>一" * 100_000 + text, "a title of 1 MB": text + "</h1><h1>" + "题" * 300_000,
        "bidi": "\u202e" * 5000 + text, "100 000 links": "<a href=/x>文</a>" * 100_000 + text, "one paragraph of 1 MB": "<p>" + "村口的路修好了。" * 40_000,
    }  # fmt: skip
    for name, inner in shapes.items():
        yield name, answer(wrapped(inner)), any_of
    yield "a picture", answer(b"\x89PNG\r\n\x1a\n" + bytes(5000)), DROPPED
    yield "a zip", answer(b"PK\x03\x04" + bytes(5000)), DROPPED
    yield "a PDF", answer(b"%PDF-1.7\n" + bytes(5000)), DROPPED
    yield "only spaces", answer(b" " * 100_000), DROPPED
    yield "XML with a billion laughs", answer(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>', kind="text/xml"), any_of
    yield "UTF-16 without a mark", answer(PAGE.decode().encode("utf-16-le"), kind="text/html"), any_of


class HostileServer:
    """One port on many loopback addresses; which response is sent depends on the address that was connected to."""

    def __init__(self) -> None:
        self.cases = {f"127.0.{1 + n // 250}.{1 + n % 250}": case for n, case in enumerate(cases())}
        self.selector = selectors.DefaultSelector()
        first = self._listen("127.0.0.1", 0)
        self.port = first.getsockname()[1]
        for address in self.cases:
            self._listen(address, self.port)
        self.closing = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _listen(self, address: str, port: int) -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(16)
        self.selector.register(made, selectors.EVENT_READ)
        return made

    def url(self, address: str) -> str:
        return f"http://{address}:{self.port}/a/20260318_1.html"

    def _serve(self) -> None:
        while not self.closing:
            for key, _ in self.selector.select(0.1):
                connection, _ = key.fileobj.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(15)
                asked = connection.recv(65_536)
                address = connection.getsockname()[0]
                if asked.startswith(b"GET /robots.txt"):
                    connection.sendall(answer(b"", status="404 x"))
                elif address == "127.0.0.1":
                    links = "".join(f'<a href="{self.url(address)}">{number}</a>' for number, address in enumerate(self.cases))
                    connection.sendall(answer(wrapped(links)))
                else:
                    sent = self.cases[address][1]
                    sent(connection) if callable(sent) else connection.sendall(sent)
                    time.sleep(0.02)
            except OSError:
                """The crawler has had enough."""

    def close(self) -> None:
        self.closing = True
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
