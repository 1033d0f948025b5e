"""Candidates, tried in the order of their evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass

import chardet

from crawler.decode import labels
from crawler.decode.plausible import score

SAMPLE = 6000
"""Bytes with the high bit set that are scored; more does not change the order of candidates."""
CANDIDATES = ("gb18030", "big5hkscs", "euc_jp", "cp932", "cp949")
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
UTF8_RUN = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})")
HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page and why it was read so."""

    text: str
    encoding: str
    evidence: str
    declared: str | None = None
    confidence: float = 1.0
    errors: int = 0


def decode(body: bytes, content_type: str | None = None, *, override: str | None = None) -> Decoded:
    """The text of ``body``; never raises. ``override`` is a site's own word and wins over everything but a BOM.

    >>> decode("<p>今天</p>".encode("gbk")).encoding
    'gb18030'
    """
    declared = labels.of_header(content_type) or labels.of_page(body)
    text, encoding, evidence, confidence = _decode(body, content_type, override)
    return Decoded(text, encoding, evidence, declared, confidence, text.count("\ufffd"))


def _decode(body: bytes, content_type: str | None, override: str | None) -> tuple[str, str, str, float]:
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace"), encoding, "bom", 1.0
    if override:
        encoding = labels.codec(override) or "utf-8"
        return read(body, encoding), encoding, "site", 1.0
    if wide := _utf16(body):
        return body.decode(wide, "replace"), wide, "utf-16", 0.95
    if not HIGH.search(body):
        return _seven_bit(body, content_type)
    if (found := _utf8(body)) is not None:
        return found
    return _legacy(body, content_type)


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark: ASCII mark-up leaves a zero in every second byte."""
    head = body[:2000]
    if len(head) < 8 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 10 or min(even, odd) > max(even, odd) // 8:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _seven_bit(body: bytes, content_type: str | None) -> tuple[str, str, str, float]:
    if HZ.search(body):
        text = body.decode("hz", "replace")
        if score(text) > 0.2:
            return text, "hz", "hz", 0.95
    label = labels.codec(labels.of_header(content_type) or labels.of_page(body))
    return body.decode("ascii", "replace"), label or "utf-8", "utf-8", 1.0


def _utf8(body: bytes) -> tuple[str, str, str, float] | None:
    try:
        return body.decode("utf-8"), "utf-8", "utf-8", 1.0
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3:  # cut inside the last character
            return body[: error.start].decode("utf-8"), "utf-8", "utf-8", 0.99
    high = len(HIGH.findall(body))
    covered = sum(len(run) for run in UTF8_RUN.findall(body))
    if covered < high * 0.5:
        return None
    return _by_line(body, "utf-8", high - covered)


def _by_line(body: bytes, main: str, stray: int) -> tuple[str, str, str, float]:
    """UTF-8 with lines in another encoding, or with single bad bytes."""
    out, other = [], None
    for line in body.splitlines(keepends=True):
        try:
            out.append(line.decode("utf-8"))
            continue
        except UnicodeDecodeError:
            pass
        text = line.decode("utf-8", "replace")
        high = len(HIGH.findall(line))
        if sum(map(len, UTF8_RUN.findall(line))) < high * 0.6 and high > 3:
            encoding, second, _ = _best(line, None)
            if _ > score(text):
                other, text = encoding, second
        out.append(text)
    if other:
        return "".join(out), f"mixed:{main}+{other}", "mixed", 0.8
    return "".join(out), main, "utf-8", max(0.5, 1 - stray / max(1, len(body)))


def _legacy(body: bytes, content_type: str | None) -> tuple[str, str, str, float]:
    witnesses = [labels.codec(labels.of_header(content_type)), labels.codec(labels.of_page(body))]
    encoding, text, value = _best(body, witnesses)
    evidence = "header" if encoding == witnesses[0] else "meta" if encoding == witnesses[1] else "score"
    if encoding == "gb18030" and (mixed := _with_utf8_lines(body)) is not None:
        return mixed, "mixed:gb18030+utf-8", "mixed", 0.8
    return text, encoding, evidence, max(0.3, min(1.0, 0.5 + value / 2))


def _with_utf8_lines(body: bytes) -> str | None:
    """A GB page in which whole lines are UTF-8; None when no line is."""
    out, found = [], False
    for line in body.splitlines(keepends=True):
        if len(HIGH.findall(line)) >= 9:
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                pass
            else:
                if score(text) > score(read(line, "gb18030")):
                    out.append(text)
                    found = True
                    continue
        out.append(read(line, "gb18030"))
    return "".join(out) if found else None


def _best(body: bytes, witnesses: list[str | None] | None) -> tuple[str, str, float]:
    """(codec, text, score) of the candidate whose text is most plausible."""
    sample = _sample(body)
    guess = _chardet(sample)
    ranked = []
    for encoding in CANDIDATES:
        value = score(read(sample, encoding))
        value += 0.06 * (encoding == guess) + 0.08 * (witnesses or []).count(encoding)
        ranked.append((value, encoding))
    value, encoding = max(ranked)
    if "cp1252" in (witnesses or []) and _western(sample) and value < 0.35:
        encoding = "cp1252"
    return encoding, read(body, encoding), value


def _western(sample: bytes) -> bool:
    """Single high bytes between letters, as French and German have, not runs as East Asian text has."""
    high = len(HIGH.findall(sample))
    runs = len(re.findall(rb"[\x80-\xff]{2,}", sample))
    return high > 0 and runs < high / 8


def _sample(body: bytes) -> bytes:
    """The lines that hold non-ASCII bytes, up to `SAMPLE` bytes."""
    out, size = [], 0
    for line in body.splitlines(keepends=True):
        if HIGH.search(line):
            out.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    return b"".join(out)[: SAMPLE * 4]


def _chardet(sample: bytes) -> str | None:
    try:
        return labels.codec(chardet.detect(sample[:2000])["encoding"])
    except (ValueError, LookupError, IndexError):
        return None


def read(body: bytes, encoding: str) -> str:
    """``body`` in ``encoding``; a bad byte costs one U+FFFD and the next byte is read anew."""
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        pass
    if encoding in ("gb18030", "big5hkscs"):
        return _read_double_byte(body, encoding)
    return body.decode(encoding, "replace")


def _read_double_byte(body: bytes, encoding: str) -> str:
    out, at = [], 0
    while at < len(body):
        try:
            out.append(body[at:].decode(encoding))
            break
        except UnicodeDecodeError as error:
            out.append(body[at : at + error.start].decode(encoding))
            at += error.start
        pair = body[at : at + 2]
        if encoding == "gb18030" and pair[:1] == b"\x80":
            out.append("€")
            at += 1
        elif encoding == "big5hkscs" and len(pair) == 2 and (kana := _eten(pair)):
            out.append(kana)
            at += 2
        else:
            out.append("\ufffd")
            at += 1
        if len(out) > 20_000:  # not this encoding at all
            out.append(body[at:].decode(encoding, "replace"))
            break
    return "".join(out)


def _eten(pair: bytes) -> str | None:
    """Hiragana and katakana of the ETEN extension, which Python's big5hkscs leaves out."""
    lead, trail = pair
    row = trail - 0x40 if trail < 0x7F else trail - 0x62
    number = (lead - 0xC6) * 157 + row - (0xE7 - 0x62)
    if lead not in (0xC6, 0xC7) or number < 0:
        return None
    if number < 83:
        return chr(0x3041 + number)
    return chr(0x30A1 + number - 83) if number < 83 + 86 else None
