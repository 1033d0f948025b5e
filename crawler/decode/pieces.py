"""Pages that no single strict decoding reads: two encodings in one page, bad bytes, lost bytes.

A page is taken apart at ``<``, ``>`` and line ends, which are never part of a character in any encoding that is tried, so
that damage stays inside its text node.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import numpy as np

from crawler.decode.likelihood import likelihood

PIECE = re.compile(rb"[^<>\n]+[<>\n]?|[<>\n]")
UTF8_CHAR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Written out, not repeated as a group: the engine then skips to the next possible first byte, three times as fast.
UTF8_RUN = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf][\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf][\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf]")
DOUBLE = ("gb18030", "big5hkscs", "euc_jp", "cp932", "cp949")
CHUNK = 4096
LONGEST = 3000
"""Bytes of a broken piece that are aligned anew; a longer one is read on from each bad byte."""
BUDGET = 30_000
"""Bytes of one page that are aligned anew (about 3 µs each)."""
BAD = -14.0
"""Cost of giving a byte up, in the measure of `crawler.decode.likelihood`."""


def high(body: bytes) -> int:
    """Number of bytes outside ASCII."""
    return len(body.translate(None, bytes(range(128))))


def covered(body: bytes) -> int:
    """Number of bytes outside ASCII that are part of well-formed UTF-8."""
    return sum(map(len, UTF8_CHAR.findall(body)))


def has_run(body: bytes) -> bool:
    """Whether `UTF8_RUN` is somewhere in a page; in a tenth of the time that the pattern takes in a long one.

    >>> has_run("<p>今天的</p>".encode()), has_run("<p>今天</p>".encode())
    (True, False)
    """
    page = np.frombuffer(body, np.uint8)
    trail = (page & 0xC0) == 0x80
    lead = ((page >= 0xE3) & (page <= 0xE9)) | (page == 0xEF)
    char = lead[:-2] & trail[1:-1] & trail[2:]
    return bool((char[:-6] & char[3:-3] & char[6:]).any())


def read(body: bytes, encoding: str) -> tuple[str, str | None]:
    """(text, second encoding or None): piece by piece; a bad or lost byte costs one U+FFFD where that can be."""
    reader = Reader(encoding, second_of(body) if encoding == "utf-8" else "utf-8")
    text = "".join(reader.chunk(chunk) for chunk in _chunks(body))
    return text, reader.second if reader.seen else None


def _chunks(body: bytes) -> Iterator[bytes]:
    """The body cut at a ``<`` about every `CHUNK` bytes, so that a whole chunk without damage is read at once."""
    at = 0
    while at < len(body):
        end = body.find(b"<", at + CHUNK)
        yield body[at : end if end > 0 else None]
        at = end if end > 0 else len(body)


def second_of(body: bytes) -> str | None:
    """The encoding of the pieces of a UTF-8 page that are not UTF-8; None where there are only single bad bytes."""
    from crawler.decode.evidence import best

    strange = b"".join(piece for chunk in _chunks(body) if not _reads(chunk, "utf-8") for piece in PIECE.findall(chunk) if _foreign(piece))
    return best(strange, ()).encoding if strange else None


def _reads(chunk: bytes, encoding: str) -> str | None:
    try:
        return chunk.decode(encoding)
    except UnicodeDecodeError:
        return None


def _foreign(piece: bytes) -> bool:
    if piece.isascii():
        return False
    number = high(piece)
    return number > 3 and covered(piece) < 0.6 * number


class Reader:
    """Reads pieces in a main encoding, those that speak for the second one in that."""

    def __init__(self, main: str, second: str | None) -> None:
        self.main, self.second = main, second
        self.seen = False
        self.budget = BUDGET

    def chunk(self, chunk: bytes) -> str:
        text = _reads(chunk, self.main)
        if text is not None and not (self.second == "utf-8" and UTF8_RUN.search(chunk)):
            return text
        return "".join(self.piece(piece) for piece in PIECE.findall(chunk))

    def piece(self, piece: bytes) -> str:
        if piece.isascii():
            return piece.decode("ascii")
        other = self._other(piece)
        if other is not None:
            self.seen = True
            return other
        text = _reads(piece, self.main)
        return self._damaged(piece, self.main) if text is None else text

    def _other(self, piece: bytes) -> str | None:
        """The piece in the second encoding, where that reads better."""
        if self.second == "utf-8":
            if not UTF8_RUN.search(piece):
                return None
            text = piece.decode("utf-8", "replace")
            return text if likelihood(text) > likelihood(piece.decode(self.main, "replace")) else None
        if self.second is None or not _foreign(piece):
            return None
        text = self._damaged(piece, self.second)
        return text if likelihood(text) > likelihood(piece.decode("utf-8", "replace")) else None

    def _damaged(self, piece: bytes, encoding: str) -> str:
        text = piece.decode(encoding, ONE)
        if "\ufffd" not in text or encoding not in DOUBLE or len(piece) > LONGEST or self.budget < len(piece):
            return text
        self.budget -= len(piece)
        return aligned(piece, encoding)


def realigned(part: bytes, encoding: str) -> str:
    """A sample in an encoding, with what is shifted by lost bytes aligned anew."""
    reader = Reader(encoding, None)
    return "".join(reader.piece(piece) for piece in PIECE.findall(part))


def aligned(piece: bytes, encoding: str) -> str:
    """The most likely division of a piece into characters and bad bytes.

    A byte lost inside double-byte text shifts all that follows it, mostly without any error: the division that gives
    up one byte and reads the rest well wins.

    >>> aligned("修建一条新的公路".encode("gbk")[1:] + b"<", "gb18030")
    '\ufffd建一条新的公路<'
    """
    size = len(piece)
    value = [0.0] * (size + 1)
    step: list[tuple[int, str]] = [(1, "")] * size
    for at in range(size - 1, -1, -1):
        best, choice = value[at + 1] + BAD, (1, "\ufffd")
        for length in (1,) if piece[at] < 0x80 else (1, 2, 3, 4):
            char = _char(piece[at : at + length], encoding, length)
            if char is None:
                continue
            gain = value[at + length] + (0.0 if char < "\x80" else likelihood(char))
            if gain > best:
                best, choice = gain, (length, char)
        value[at], step[at] = best, choice
    out, at = [], 0
    while at < size:
        length, char = step[at]
        out.append(char)
        at += length
    return "".join(out)


def _char(raw: bytes, encoding: str, length: int) -> str | None:
    """The one character that the bytes are."""
    if len(raw) < length:
        return None
    try:
        char = raw.decode(encoding)
    except UnicodeDecodeError:
        char = _extra(raw, encoding) or ""
    return char if len(char) == 1 else None


def _extra(raw: bytes, encoding: str) -> str | None:
    """Characters that pages use and Python's codecs leave out."""
    if encoding == "gb18030" and raw == b"\x80":
        return "€"  # as the WHATWG standard reads it: Windows code page 936
    if encoding == "big5hkscs" and len(raw) == 2 and raw[0] in (0xC6, 0xC7):
        return _eten(raw)
    return None


def _eten(pair: bytes) -> str | None:
    """Hiragana and katakana of the ETEN extension."""
    lead, trail = pair
    row = trail - 0x40 if trail < 0x7F else trail - 0x62
    number = (lead - 0xC6) * 157 + row - (0xE7 - 0x62)
    if number < 0:
        return None
    if number < 83:
        return chr(0x3041 + number)
    return chr(0x30A1 + number - 83) if number < 83 + 86 else None


def _one(error: UnicodeError) -> tuple[str, int]:
    """Decoding error handler: one U+FFFD a bad byte (in UTF-8, a bad sequence), then on with the next."""
    assert isinstance(error, UnicodeDecodeError)
    for length in (1, 2):
        raw = error.object[error.start : error.start + length]
        if len(raw) == length and (char := _extra(raw, error.encoding)):
            return char, error.start + length
    return "\ufffd", error.end if error.encoding == "utf-8" else error.start + 1


ONE = "fangzhi-one"
codecs.register_error(ONE, _one)
