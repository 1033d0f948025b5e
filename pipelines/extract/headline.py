"""The headline: what H1, meta and <title> agree on, without the site's name."""

from __future__ import annotations

import re
from typing import Any

from pipelines.extract.body import squash

SUFFIX = re.compile(r"\s*(?:--+|__+|_|\s[-–—|]\s|[|｜]|—{1,2}|-(?=[^-]{2,20}$))\s*")
SPACE = re.compile(r"[\s\u00a0\u3000]+")
BAD = re.compile(r"^(?:首页|正文|新闻|详细页|无标题|untitled|home)?$", re.I)


def find_title(root: Any, metas: dict[str, str], hint: str | None = None) -> str | None:
    """The headline, white space folded; None when the page has none."""
    whole = _clean(root.findtext(".//title") or "")
    heads = [_clean("".join(h.itertext())) for h in root.iter("h1", "h2", "h3")]
    marked = [_clean("".join(e.itertext())) for e in _titled(root)]
    meta = _clean(metas.get("og:title") or metas.get("articletitle") or metas.get("title") or "")
    candidates = [c for c in (*heads, *marked) if 4 <= len(c) <= 120 and not BAD.match(c)]
    reference = squash(whole) + "\n" + squash(meta)
    for candidate in sorted(candidates, key=len, reverse=True):
        flat = squash(candidate)
        if len(flat) >= 4 and (squash(whole).startswith(flat) or squash(meta).startswith(flat)):
            return candidate
    h1 = [_clean("".join(h.itertext())) for h in root.iter("h1")]
    h1 = [h for h in h1 if 4 <= len(h) <= 120 and not BAD.match(h)]
    if len(h1) == 1 and (not whole or _overlap(squash(h1[0]), reference)):
        return h1[0]
    for candidate in candidates:
        if len(squash(candidate)) >= 8 and squash(candidate) in reference:
            return candidate
    return (_without_site(meta) if meta else None) or _without_site(whole) or (h1[0] if h1 else None) or hint


def _overlap(a: str, b: str) -> bool:
    return len(set(a) & set(b)) >= 0.5 * len(set(a))


def _titled(root: Any) -> list[Any]:
    path = "//*[self::div or self::p or self::td or self::span or self::strong or self::font][contains(@class,'title') or contains(@id,'title') or contains(@class,'tit') or contains(@class,'Title')]"
    return [e for e in root.xpath(path)[:30] if len(e) < 6]


def _clean(text: str) -> str:
    return SPACE.sub(" ", text).strip()


def _without_site(title: str) -> str | None:
    """The first part of ``<title>`` that is long enough; site and channel names follow it."""
    if not title:
        return None
    kept = title
    for _ in range(3):
        marks = [m for m in SUFFIX.finditer(kept) if m.start() and m.end() < len(kept)]
        if not marks or len(kept) - marks[-1].end() > max(14, marks[-1].start()) or len(squash(kept[: marks[-1].start()])) < 6:
            break
        kept = kept[: marks[-1].start()]
    return kept.strip() or None
