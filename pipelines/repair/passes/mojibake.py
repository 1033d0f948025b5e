"""Text written in one encoding and read in another, undone where nothing was lost on the way."""

from __future__ import annotations

import re

from crawler.decode.plausible import score
from crawler.items import Edit
from pipelines.repair.model import model
from pipelines.repair.passes.apply import edit

# (read as, written in)
PAIRS = (
    ("latin-1", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "gb18030"), ("cp1252", "gb18030"), ("gb18030", "utf-8"),
    ("big5hkscs", "gb18030"), ("gb18030", "big5hkscs"), ("cp949", "gb18030"), ("cp932", "gb18030"), ("big5hkscs", "utf-8"),
)  # fmt: skip
MARGIN = 0.35
PLAUSIBLE = -9.0
"""log P a character; Chinese text of any kind is above, Han characters at random are below."""
SUSPECT = re.compile("[\x80-\u00ff\u0152-\u0192\u02c6-\u02dc\u2013-\u203a\u20ac\u2122\uac00-\ud7a3\uff61-\uff9f\ue000-\uf8ff]|[缁鍙鐨勬垜浠鏄锛銆鈥鎴涓浜哄]")
C1 = {code: code for code in range(0x80, 0xA0)}


def whole(text: str) -> list[Edit]:
    """The text re-read, when another reading is far more plausible; line by line, since pages mix."""
    if text.isascii() or not SUSPECT.search(text):
        return []
    found, at = [], 0
    for line in text.split("\n"):
        if new := reread(line):
            found.append(edit(f"mojibake/{new[0]}", at, line, new[1], 0.9))
        at += len(line) + 1
    return found


def reread(line: str) -> tuple[str, str] | None:
    """(pair, text) of the most plausible other reading; None where the line is as good as any."""
    wide = sum(1 for char in line if char > "\x7f")
    if wide < 4 or "\ufffd" in line:
        return None
    now, best = score(line), None
    for read_as, written in PAIRS:
        new = _other(line, read_as, written)
        if new is None or "\ufffd" in new or not _chinese(new) or model().mean(new) < PLAUSIBLE:
            continue
        value = score(new)
        if value > now + MARGIN and (best is None or value > best[0]):
            best = (value, f"{written}-as-{read_as}", new)
    return (best[1], best[2]) if best else None


def _other(line: str, read_as: str, written: str) -> str | None:
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
