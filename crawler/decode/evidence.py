"""The encoding of a page, from its bytes: the order in which evidence is heard."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crawler.decode import labels, pieces
from crawler.decode.likelihood import likelihood
from crawler.decode.plausible import COMMON_HANS

CANDIDATES = ("gb18030", "big5hkscs", "euc_jp", "cp932", "cp949")
SAMPLE = 1200
"""Bytes of text nodes that candidates are judged on."""
CLEAR, MARGIN = 300, 40.0
"""The first so many bytes decide alone where they put the winner so far ahead of the second."""
ENOUGH = 60
"""Bytes outside ASCII in a sample that is long enough for a declared encoding to be believed at first sight."""
GOOD = -8.6
"""Log-likelihood a character above which a text is one in some language. Running text has -5 to -8, misread text -10 to -15."""
DECLARED, GUESSED = 4.0, 3.0
"""What a declaration and chardet's guess are worth, in the same measure: they decide between equals, on short pages."""
BOMS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
)  # fmt: skip
HZ = re.compile(rb"~\{((?:[\x21-\x77][\x21-\x7e])+)(?:~\}|(?=[\r\n])|$)")
ISO_2022 = ((re.compile(rb"\x1b\$[@B(]"), "iso2022_jp_ext"), (re.compile(rb"\x1b\$\)C"), "iso2022_kr"))
WIDE_HEAD = 2000
HIGH = re.compile(rb"[\x80-\xff]")
NODE_END = re.compile(rb"[<>\n]")
WIDE = re.compile(r"[^\x00-\x7f]")
BEYOND_LATIN = re.compile("[\u0800-\U0010ffff]")
COMMON = re.compile(f"[{COMMON_HANS}]")
PART = 500
DECLARED_GB, UNDECLARED_GB = 0.35, 0.45
"""Least shares of `_commonly_gb`."""
LOW_HIGH = bytes(b for b in range(256) if not 0x80 <= b <= 0xA0)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page and why it was read so."""

    text: str
    encoding: str
    """Python codec name; ``mixed:MAIN+SECOND`` for a page in two encodings."""
    evidence: str
    """bom, site, utf-16, hz, iso-2022, ascii, utf-8, header, meta, score, mixed."""
    declared: str | None = None
    """The label of the header, else of the page, as given; it may be a lie or none at all."""
    confidence: float = 1.0
    """Estimated probability that the encoding is right, 0 to 1."""
    errors: int = 0
    """Number of U+FFFD that decoding put in."""


class Choice(NamedTuple):
    """The winner among candidates."""

    encoding: str
    confidence: float


class Reading(NamedTuple):
    """Text, encoding, evidence and confidence, before they are joined with what was declared."""

    text: str
    encoding: str
    evidence: str
    confidence: float


def decode(body: bytes, content_type: str | None = None, *, override: str | None = None) -> Decoded:
    """The text of ``body``; never raises. ``override`` is a site's own word and wins over everything but a BOM.

    >>> decode("<p>今天</p>".encode("gbk")).encoding
    'gb18030'
    """
    header, meta = labels.of_header(content_type), labels.of_page(body)
    found = _marked(body, override) or _seven_bit(body, header or meta) or _strict(body, header, meta) or _legacy(body, header, meta)
    return Decoded(found.text, found.encoding, found.evidence, header or meta, found.confidence, _errors(found.text, body))


def _errors(text: str, body: bytes) -> int:
    """U+FFFD in the text, without those that the page itself has (in UTF-8, in GB18030)."""
    number = text.count("\ufffd") if "\ufffd" in text else 0
    return max(0, number - body.count(b"\xef\xbf\xbd") - body.count(b"\x84\x31\xa4\x37")) if number else 0


def _marked(body: bytes, override: str | None) -> Reading | None:
    """A byte order mark, a site's word, or the zeros of a wide encoding."""
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return Reading(body[len(bom) :].decode(encoding, "replace"), encoding, "bom", 1.0)
    if override:
        return _in(body, labels.codec(override) or "utf-8", "site", 1.0)
    if wide := _wide(body[:WIDE_HEAD]):
        return Reading(body.decode(wide, "replace"), wide, "utf-16", 0.95)
    return None


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: ASCII mark-up leaves zeros at fixed places."""
    if len(head) < 8 or b"\0" not in head:
        return None
    zeros = [head[n::4].count(0) for n in range(4)]
    quarter = len(head) // 4
    if min(sorted(zeros)[1:]) > quarter * 0.9 and min(zeros) < quarter // 2:  # zeros at all four places: a hole, as broken caches leave
        return "utf-32-le" if zeros[0] < zeros[3] else "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if max(even, odd) < len(head) // 10 or min(even, odd) > max(even, odd) // 8:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _seven_bit(body: bytes, declared: str | None) -> Reading | None:
    """Nothing but ASCII bytes: plain, or an encoding that shifts by escapes."""
    if not body.isascii():
        return None
    for escape, encoding in ISO_2022:
        if escape.search(body):
            return Reading(body.decode(encoding, "replace"), encoding, "iso-2022", 0.95)
    if HZ.search(body):
        text = HZ.sub(_of_hz, body).decode("gb2312", "replace").replace("~~", "~")
        if reads_well(text):
            return Reading(text, "hz", "hz", 0.95)
    label = labels.codec(declared)
    return Reading(body.decode("ascii"), label if label in CANDIDATES else "utf-8", "ascii", 1.0)


def _of_hz(match: re.Match[bytes]) -> bytes:
    return bytes(byte | 0x80 for byte in match.group(1))


def _strict(body: bytes, header: str | None, meta: str | None) -> Reading | None:
    """UTF-8, whole or cut inside its last character; else plain GB; else UTF-8 with pieces or bytes of something else."""
    declared = header or meta
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3:
            body, text = body[: error.start], body[: error.start].decode("utf-8")
        else:
            return _plain_gb(body, header, meta) or (_in(body, "utf-8", "utf-8", 0.9) if _mostly_utf8(body) else None)
    # Two-byte sequences alone may be GBK by chance, a title of two characters for one.
    if labels.codec(declared) != "utf-8" and not BEYOND_LATIN.search(text):
        choice = best(_sample(body), (labels.codec(declared) or "utf-8", "utf-8"))
        if choice.encoding != "utf-8":
            return None
    return Reading(text, "utf-8", "utf-8", 1.0)


def _plain_gb(body: bytes, header: str | None, meta: str | None) -> Reading | None:
    """What nearly all legacy pages are: GB18030 without an error, common Chinese characters, no UTF-8 in it, declared so or not at all.

    The same answer as by the long way (`_mostly_utf8`, `_believed`, `best`), which takes 1 ms more; None where that must be asked.
    """
    witnesses = [(name, codec) for name, label in (("header", header), ("meta", meta)) if (codec := labels.codec(label)) in CANDIDATES]
    evidence, encoding = witnesses[0] if witnesses else ("score", "gb18030")
    if encoding != "gb18030" or _commonly_gb(body) < (DECLARED_GB if witnesses else UNDECLARED_GB) or _hides_utf8(body):
        return None
    try:
        return Reading(body.decode("gb18030"), "gb18030", evidence, 0.99)
    except UnicodeDecodeError:
        return None


def _commonly_gb(body: bytes) -> float:
    """Share of the commonest Han characters among those outside ASCII, at three places of the page; 0 where these are few.

    .35 to .8 in Chinese pages, .24 at most in text of another encoding or language (2 500 passages in eight encodings).
    """
    text = "".join(_part(body, start).decode("gb18030", "replace") for start in (0, len(body) // 3, len(body) * 2 // 3))
    wide = len(WIDE.findall(text))
    return len(COMMON.findall(text)) / wide if wide >= ENOUGH else 0.0


def _part(body: bytes, start: int) -> bytes:
    """Some bytes from the first text outside ASCII on, behind the first tag after ``start``."""
    high = HIGH.search(body, max(0, body.find(b"<", start)))
    return body[high.start() : high.start() + PART] if high else b""


def _mostly_utf8(body: bytes) -> bool:
    part = b"\n".join(_nodes(body, 4 * SAMPLE))
    if pieces.covered(part) < 0.5 * pieces.high(part):
        return False
    # Sequences of two bytes are common in GBK, too; only three in a row of three bytes are not.
    return pieces.UTF8_RUN.search(part) is not None or best(part, ("utf-8",)).encoding == "utf-8"


def _legacy(body: bytes, header: str | None, meta: str | None) -> Reading:
    sample = _sample(body)
    witnesses = [codec for label in (header, meta) if (codec := labels.codec(label)) is not None]
    choice = _believed(sample, witnesses) or best(sample, witnesses)
    evidence = next((name for name, label in (("header", header), ("meta", meta)) if labels.codec(label) == choice.encoding), "score")
    return _in(body, choice.encoding, evidence, choice.confidence)


def _believed(sample: bytes, witnesses: Sequence[str]) -> Choice | None:
    """A declared East Asian encoding in which the sample reads well; the others need not be tried."""
    if pieces.high(sample) < ENOUGH:
        return None
    for encoding in dict.fromkeys(witnesses):
        if encoding in CANDIDATES and reads_well(sample.decode(encoding, "replace")):
            return Choice(encoding, 0.99)
    return None


def reads_well(text: str) -> bool:
    """Whether a text's characters outside ASCII are those of running text in some language."""
    return likelihood(text) > GOOD * len(WIDE.findall(text))


def best(sample: bytes, witnesses: Sequence[str]) -> Choice:
    """The candidate in which the sample is most likely. Declared encodings are candidates, too; where the text leaves a doubt
    or reads like no East Asian one, so is what chardet says (1 ms, ten times the rest).
    """
    part = sample[:CLEAR]
    ranked = _ranked({name: part.decode(name, "replace") for name in (*CANDIDATES, *witnesses)}, witnesses, None)
    if _doubtful(ranked, part):
        part, guess = sample[:SAMPLE], _chardet(sample)
        names = (*CANDIDATES, *witnesses, *([guess] if guess else []))
        ranked = _ranked({name: pieces.realigned(part, name) for name in names}, witnesses, guess)
    margin = ranked[0][0] - ranked[1][0]
    return Choice(ranked[0][1], round(1 / (1 + math.exp(-min(20.0, margin) / 4)), 2))


def _doubtful(ranked: list[tuple[float, str]], part: bytes) -> bool:
    return ranked[0][0] - ranked[1][0] < MARGIN or not reads_well(part.decode(ranked[0][1], "replace"))


def _ranked(texts: dict[str, str], witnesses: Sequence[str], guess: str | None) -> list[tuple[float, str]]:
    """(log-likelihood with what witnesses are worth, encoding), best first. ``texts``: the same bytes in each encoding."""
    return sorted(((likelihood(text) + DECLARED * witnesses.count(name) + GUESSED * (name == guess), name) for name, text in texts.items()), reverse=True)


def _in(body: bytes, encoding: str, evidence: str, confidence: float) -> Reading:
    """The page in one encoding, or in that and a second one."""
    if encoding not in pieces.DOUBLE and encoding != "utf-8":
        return Reading(body.decode(encoding, "replace"), encoding, evidence, confidence)
    if encoding == "utf-8" or not _hides_utf8(body):
        try:
            return Reading(body.decode(encoding), encoding, evidence, confidence)
        except UnicodeDecodeError as error:
            if error.start >= len(body) - 3:  # the page is cut inside its last character
                return Reading(body[: error.start].decode(encoding) + "\ufffd", encoding, evidence, confidence)
    text, second = pieces.read(body, encoding)
    if second:
        return Reading(text, f"mixed:{encoding}+{second}", "mixed", min(confidence, 0.9))
    return Reading(text, encoding, evidence, confidence)


def _hides_utf8(body: bytes) -> bool:
    """Whether a page in another encoding has a run of UTF-8 in it. UTF-8 needs bytes that GB 2312 and Big5 do not have."""
    return bool(body.translate(None, LOW_HIGH)) and pieces.has_run(body)


def _sample(body: bytes) -> bytes:
    return b"\n".join(_nodes(body, SAMPLE))


def _nodes(body: bytes, size: int) -> Iterator[bytes]:
    """Text nodes with non-ASCII bytes from the start, the middle and the last third of a page, about ``size`` bytes."""
    for start in (0, len(body) // 3, len(body) * 2 // 3) if len(body) > 4 * size else (0,):
        at = body.find(b"<", start) if start else 0
        got = 0
        while at >= 0 and (high := HIGH.search(body, at)):
            first = high.start()
            begin = 1 + max(at - 1, *(body.rfind(mark, at, first) for mark in (b"<", b">", b"\n")))
            end = NODE_END.search(body, first)
            node = body[begin : end.start() if end else len(body)]
            at = begin + len(node)
            yield node[: size // 3]
            got += min(len(node), size // 3)
            if got >= (size // 3 if len(body) > 4 * size else size):
                break


def _chardet(sample: bytes) -> str | None:
    import chardet  # a twentieth of the time a process needs to start, and few pages ask

    try:
        name = chardet.detect(sample[:2000])["encoding"] or ""
    except (ValueError, LookupError, IndexError):
        return None
    return labels.codec(name) or (name.lower() if name.lower() in labels.LABELS else None)
