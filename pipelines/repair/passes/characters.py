"""Small damage: entities, escapes, invisible characters, compatibility forms."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote_to_bytes

from crawler.items import Edit
from pipelines.repair.passes.apply import edit

ENTITY = re.compile(r"&#(?:x[0-9a-fA-F]{2,6}|\d{2,7});|&(?:nbsp|ldquo|rdquo|lsquo|rsquo|mdash|hellip|middot|quot|amp|lt|gt);")
U_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
PERCENT = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]|%[2-7][0-9A-Fa-f]){6,}")
INVISIBLE = re.compile("[\u200b-\u200d\ufeff\u2060\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
COMPATIBLE = re.compile("[\uf900-\ufaff\u2f00-\u2fdf]")
# Full-width letters and digits are set by some systems throughout; full-width punctuation is right and stays.
WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")


def escapes(text: str) -> list[Edit]:
    """Character entities and \\uXXXX left in text."""
    found = []
    if "&" in text:
        for match in ENTITY.finditer(text):
            new = html.unescape(match.group(0)).replace("\u00a0", " ")
            if new != match.group(0) and not new.startswith("&") and _kept(new):
                found.append(edit("entity", match.start(), match.group(0), new))
    if "\\u" in text:
        for match in U_ESCAPE.finditer(text):
            new = bytes.fromhex(match.group(0).replace("\\u", "")).decode("utf-16-be", "replace")
            if "\ufffd" not in new:
                found.append(edit("u_escape", match.start(), match.group(0), new))
    return found


def _kept(new: str) -> bool:
    return new not in ("", "\ufffd") and not unicodedata.category(new[0]).startswith("C")


def percent(text: str) -> list[Edit]:
    """Percent-escapes of East Asian text outside addresses."""
    if "%" not in text:
        return []
    found = []
    for match in PERCENT.finditer(text):
        if re.search(r"[\w/=?&.-]*[/=?&][\w/=?&.-]*$", text[max(0, match.start() - 80) : match.start()]):
            continue
        new = _unquoted(match.group(0))
        if new and any("\u2e80" <= char <= "\uffef" for char in new):
            found.append(edit("percent", match.start(), match.group(0), new, 0.95))
    return found


def _unquoted(run: str) -> str | None:
    raw = unquote_to_bytes(run)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def invisible(text: str) -> list[Edit]:
    """Zero-width and control characters between Chinese characters."""
    if text.isascii() and text.isprintable():
        return []
    return [edit("invisible", m.start(), m.group(0), "") for m in INVISIBLE.finditer(text) if _removable(text, m)]


def _removable(text: str, match: re.Match[str]) -> bool:
    """A joiner between letters of another script (or emoji) may be spelling; a C1 control may be mojibake."""
    run = match.group(0)
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    near = before + after
    if any("\x80" <= char <= "\x9f" for char in run) and any("\x80" <= char <= "\u024f" and char not in "·×÷°±" for char in near):
        return False
    joined = set(run) <= {"\u200c", "\u200d"}
    return not joined or not near or any("\u2e80" <= c <= "\uffef" for c in near) or near.isascii()


def _debris(text: str, match: re.Match[str]) -> bool:
    """Whether the match is part of what 锟斤拷 damage leaves."""
    if text.count("锟斤拷") >= 3:
        return True
    return bool({text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]} & {"锟", "斤", "拷"})


def compatibility(text: str) -> list[Edit]:
    """Compatibility ideographs; full-width letters and digits in Chinese text."""
    if text.isascii():
        return []
    found = [edit("compatibility", m.start(), m.group(0), unicodedata.normalize("NFKC", m.group(0))) for m in COMPATIBLE.finditer(text)]
    found += [edit("full_width", m.start(), m.group(0), unicodedata.normalize("NFKC", m.group(0))) for m in WIDE.finditer(text) if not _debris(text, m)]
    return [one for one in found if one.before != one.after]
