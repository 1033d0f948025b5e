"""A linear pass over a page before any parser sees it: depth, attributes and sizes are bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.items import TooLarge

MAX_CHARS = 16 << 20
MAX_DEPTH = 200
"""libxml2 gives up at 256 and then returns an empty page without an error."""
MAX_TAG = 16_384
MAX_TAGS = 150_000
TEXT_NODE = 4 << 20
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})([^<>]*)>")
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
# Blocks that a page without closing tags repeats; they close each other, so they do not nest.
LOOSE = frozenset(["p", "li", "dt", "dd", "tr", "td", "th", "option"])


@dataclass(frozen=True, slots=True)
class Bounded:
    """A page that a parser can take, and what was cut to make it so."""

    text: str
    notes: tuple[str, ...] = ()


def bound(text: str) -> Bounded:
    """``text`` with what no parser survives taken out. Raises `TooLarge` over 16 Mi characters."""
    if len(text) > MAX_CHARS:
        raise TooLarge(f"{len(text)} characters, {MAX_CHARS} are read")
    notes: list[str] = []
    if "\0" in text:
        text = text.replace("\0", "")
        notes.append("nul removed")
    if text.count("<!--") > text.count("-->"):
        text = _comments(text)
        notes.append("unclosed comment")
    if re.search(rf"<[a-zA-Z][^<>]{{{MAX_TAG}}}", text):
        text = re.sub(rf"(<[a-zA-Z][a-zA-Z0-9]{{0,30}})[^<>]{{{MAX_TAG},}}>?", r"\1>", text)
        notes.append("tag cut")
    if text.count("<") > MAX_DEPTH and (bounded := _structure(text)) is not None:
        text = bounded
        notes.append("structure flattened")
    if len(text) > TEXT_NODE:
        text = _long_runs(text)
    return Bounded(text, tuple(notes))


def _comments(text: str) -> str:
    """Comments that close are taken out, openings that never close are taken out alone."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        parts.append(text[at:start])
        end = text.find("-->", start + 4)
        if end < 0:
            parts.append(text[start + 4 :].replace("<!--", ""))
            return "".join(parts)
        at = end + 3
    return "".join((*parts, text[at:]))


def _structure(text: str) -> str | None:
    """The page with tags below `MAX_DEPTH` and after `MAX_TAGS` left out; None where nothing has to go."""
    depth = deepest = tags = 0
    for match in TAG.finditer(text):
        tags += 1
        name = match.group(2).lower()
        if name in VOID or name in LOOSE or match.group(3).endswith("/"):
            continue
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        deepest = max(deepest, depth)
    return _flatten(text) if deepest > MAX_DEPTH or tags > MAX_TAGS else None


def _flatten(text: str) -> str:
    out, at, depth = [], 0, 0
    for tags, match in enumerate(TAG.finditer(text), 1):
        out.append(text[at : match.start()])
        at = match.end()
        closing, name = match.group(1), match.group(2).lower()
        nested = name not in VOID and not match.group(3).endswith("/")
        if nested and closing:
            depth = max(0, depth - 1)
        if tags > MAX_TAGS or (nested and depth >= MAX_DEPTH - 20):
            out.append("\n" if name in VOID else " ")
        else:
            out.append(match.group(0))
        if nested and not closing:
            depth += 1
    return "".join((*out, text[at:]))


def _long_runs(text: str) -> str:
    """A comment between pieces of a text node over 4 Mi characters: libxml2 drops nodes over 10 MB."""
    return re.sub(rf"([^<>]{{{TEXT_NODE // 4}}})", r"\1<!---->", text)
