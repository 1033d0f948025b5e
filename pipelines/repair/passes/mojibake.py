"""Text written in one encoding and read in another, undone where nothing was lost on the way."""

from __future__ import annotations

import re

from crawler.decode.plausible import score
from crawler.items import Edit
from pipelines.repair.kit_page import annotated
from pipelines.repair.misread import twofold
from pipelines.repair.model import model
from pipelines.repair.oddity import OTHER, european, odd
from pipelines.repair.passes.apply import edit

# (read as, written in)
PAIRS = (
    ("latin-1", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "gb18030"), ("cp1252", "gb18030"), ("gb18030", "utf-8"),
    ("big5", "gb18030"), ("big5hkscs", "gb18030"), ("gb18030", "big5hkscs"), ("cp949", "gb18030"), ("cp932", "gb18030"), ("big5hkscs", "utf-8"),
)  # fmt: skip
MARGIN = 0.35
PLAUSIBLE = -9.0
"""log P a character; Chinese text of any kind is above, Han characters at random are below."""
SAMPLE, ODD_SHARE, SPACES = 200, 0.05, 0.08
HANGUL = re.compile("[\uac00-\ud7a3]")


def whole(text: str) -> list[Edit]:
    """The text re-read, when another reading is far more plausible; line by line, since pages mix."""
    if text.isascii() or not any(map(suspicious, text.split("\n"))) or annotated(text):
        return []
    found, at = [], 0
    for line in text.split("\n"):
        if suspicious(line) and (new := reread(line)):
            found.append(edit(f"mojibake/{new[0]}", at, line, new[1], 0.9))
        at += len(line) + 1
    return found


def suspicious(line: str) -> bool:
    """Whether more than a few characters at the beginning are odd. Cheap: every line of every page is asked."""
    sample = line[:SAMPLE]
    if sample.isascii() or (number := odd(sample)) < max(2, ODD_SHARE * len(sample)) or len(OTHER.findall(sample)) > 0.5 * number:
        return False
    return sample.count(" ") < SPACES * len(sample) or HANGUL.search(sample) is None  # Korean has spaces between words


def reread(line: str) -> tuple[str, str] | None:
    """(pair, text) of the most plausible other reading; None where the line is as good as any."""
    if "\ufffd" in line or len(line) - len(line.encode("ascii", "ignore")) < 4 or european(line):
        return None
    now, best = score(line), None
    for read_as, written in PAIRS:
        new = _other(line, read_as, written)
        if new is None or "\ufffd" in new or not _chinese(new):
            continue
        value = score(new)
        if value > now + MARGIN and (best is None or value > best[0]) and model().mean(new) > PLAUSIBLE:
            best = (value, f"{written}-as-{read_as}", new)
    return (best[1], best[2]) if best else None


def _other(line: str, read_as: str, written: str) -> str | None:
    if not twofold(read_as).keys().isdisjoint(line):
        return None  # which of its codes it was, is for the lossy pass to weigh
    try:
        new = _bytes(line, read_as).decode(written)
        # Twice through the same mistake leaves Latin letters still.
        return _bytes(new, read_as).decode(written) if (read_as, written) == ("latin-1", "utf-8") and max(new) < "\u0100" else new
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _bytes(line: str, encoding: str) -> bytes:
    if encoding != "cp1252":
        return line.encode(encoding)
    # Browsers read the five bytes that cp1252 leaves open as C1 controls.
    return b"".join(char.encode("latin-1") if char in "\x81\x8d\x8f\x90\x9d" else char.encode("cp1252") for char in line)


def _chinese(text: str) -> bool:
    han = sum(1 for char in text if "\u4e00" <= char <= "\u9fff")
    return han >= 2 and han > 0.4 * sum(1 for char in text if char > "\x7f")
