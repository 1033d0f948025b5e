"""The body paragraphs among a container's lines: head and tail trimmed, links, widgets and repeats left out.

Only what the layout or the line's form shows is left out here; sentences that are boilerplate by what they say
(disclaimers, editor lines, related headings) are cut by the strip steps, where each cut is an edit.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from pipelines.extract.furniture import BREADCRUMB, is_dateline, is_echo, is_furniture, squash
from pipelines.extract.lines import HEADINGS, Line
from pipelines.related import heading_of

CONTENT = re.compile(r"\w")
LATIN = re.compile(r"[A-Za-z ]")
LEAVES = frozenset(["p", "li", "dd", "dt", "td", "th", "figcaption", *HEADINGS])
SIGNED = re.compile(r"(?:\d{4}|[〇○零一二三四五六七八九]{4})\s*年\s*[\d一二三四五六七八九十]{1,2}\s*月\s*[\d一二三四五六七八九十]{1,3}\s*日")
"""The date under a notice."""
SIGNATURE = re.compile(r"(?:局|公司|委员会|政府|办公室|中心|医院|学校|学院|大学|院|厅|部|社|队|站|协会|会|法院|检察院|党委|组|处|科|镇|乡|街道办事处)$")
NUMBER = re.compile(r"[-+]?[\d.,:：%％/年月日]+")
POINTER = re.compile(r"^[▲▼△▽↑↓]")
"""A line that points at the picture beside it."""
CAPTION = 120
ORPHAN = 24
SURE = 30
"""A line of text with more characters is taken for the first paragraph."""
REPEATED = 16
ROW = frozenset(["div", "section"])
START, LETTERS = 48, 8


def body_of(lines: list[Line], title: str | None) -> list[Line]:
    """The paragraphs of the article among its container's lines."""
    trunk = _trunk(lines)
    kept = _head_cut([line for line in lines if not line.clutter], title or "", trunk)
    last = max((n for n, line in enumerate(kept) if line.prose and _athome_of(line, trunk)), default=len(kept))
    out: list[Line] = []
    flat = squash(title or "")
    for number, line in enumerate(kept):
        echo = bool(title) and not line.prose and squash(line.text) == flat
        if not echo and _is_text(kept, number, trunk, tail=number > last):
            out.append(line)
    return _once(_without_orphans(out, kept, trunk))


def home_of(line: Line) -> Any:
    """The element whose paragraphs a line is one of."""
    if line.home is None:
        block = line.block
        while block.tag in LEAVES and (above := block.getparent()) is not None:
            block = above
        line.home = block
    return line.home


def _trunk(lines: list[Line]) -> set[Any]:
    """The elements that hold the paragraphs."""
    homes: dict[Any, float] = {}
    for line in lines:
        if line.prose and not line.clutter:
            homes[home_of(line)] = homes.get(home_of(line), 0.0) + line.free
    whole = sum(homes.values())
    if not homes:
        return {home_of(line) for line in lines}  # verses, short lines: nothing else to tell them by
    small = {home for home, size in homes.items() if size < 0.1 * whole}
    trunk = set(homes) - small
    wrappers: dict[Any, float] = {}
    for home in small:
        parent = home.getparent()
        wrappers[parent] = wrappers.get(parent, 0.0) + homes[home]
    trunk |= {home for home in small if wrappers[home.getparent()] >= 0.2 * whole} | {w for w, size in wrappers.items() if size >= 0.2 * whole}
    return trunk | _row(lines, homes)


def _row(lines: list[Line], homes: dict[Any, float]) -> set[Any]:
    """Where each paragraph is a ``<div>`` or ``<section>`` among others: those of the same row that hold a short line, too."""
    rows: dict[Any, list[float]] = {}
    for home, size in homes.items():
        if home.tag in ROW:
            rows.setdefault(_outermost(home).getparent(), []).append(size)
    best = max(rows, key=lambda row: sum(rows[row]), default=None)
    if best is None or len(rows[best]) < 2 or sum(rows[best]) < 0.5 * sum(homes.values()):
        return set()
    return {home for line in lines if not line.linked and not line.clutter and (home := home_of(line)).tag in ROW and _outermost(home).getparent() is best}


def _outermost(element: Any) -> Any:
    """The widest element around one that holds nothing else."""
    while (above := element.getparent()) is not None and above.tag in ROW and len(above) == 1:
        element = above
    return element


def _athome_of(line: Line, trunk: set[Any]) -> bool:
    home = home_of(line)
    return home in trunk or (home.getparent() in trunk)


def _head_cut(lines: list[Line], title: str, trunk: set[Any]) -> list[Line]:
    """Leave out headline echo, date and source lines above the first paragraph."""
    first = _first(lines, title)
    if first is None:
        return [line for line in lines if not _is_head(line, title)]
    echo = max((n for n, line in enumerate(lines[: first + 2]) if is_echo(line.text, title) or is_dateline(line.text)), default=-1)
    head = [line for number, line in enumerate(lines[:first]) if not _is_head(line, title) and _is_lead(line, trunk) and (number > echo or line.prose)]
    return head + [line for line in lines[first : first + 2] if not _is_head(line, title)] + lines[first + 2 :]


def _first(lines: list[Line], title: str) -> int | None:
    """Where the first paragraph stands: the first sure line of text, else the first at all."""
    found: int | None = None
    for number, line in enumerate(lines):
        if line.prose and (found is None or line.free > SURE) and not _is_head(line, title):
            if line.free > SURE:
                return number
            found = number
    return found


def _is_lead(line: Line, trunk: set[Any]) -> bool:
    """Whether a line above the first paragraph is text: a headline's second line is not."""
    return home_of(line) in trunk or (line.prose and line.tag not in HEADINGS)


def _is_head(line: Line, title: str) -> bool:
    return bool(is_furniture(line.text) or is_dateline(line.text) or is_echo(line.text, title) or (BREADCRUMB.match(line.text) and line.linked and not line.ended))


def _is_text(lines: list[Line], number: int, trunk: set[Any], *, tail: bool) -> bool:
    line = lines[number]
    if not CONTENT.search(line.text) or (len(line.text) < CAPTION and POINTER.match(line.text)):
        return False
    cell = line.tag in ("td", "th") and NUMBER.fullmatch(line.text) and not tail
    if not line.prose and not cell and len(line.text) < 60 and is_furniture(line.text):
        above = lines[number - 1] if number else line
        return bool(SIGNED.fullmatch(line.text) and home_of(line) in trunk and (tail or _signs(above, trunk)))
    if line.linked > 0.5 * len(line.text):
        if home_of(line).tag in ("blockquote", "pre"):
            return True
        return not tail and _quoted_link(lines, number, trunk)
    if line.prose:
        return True
    return home_of(line) in trunk or (not tail and (line.tag in HEADINGS or _tabular(line)))


def _signs(line: Line, trunk: set[Any]) -> bool:
    """Whether a line is the signature above a date: an annex follows, as in a document that puts rules into force."""
    return SIGNATURE.search(line.text) is not None and not line.prose and home_of(line) in trunk


def _quoted_link(lines: list[Line], number: int, trunk: set[Any]) -> bool:
    """A paragraph that is one link, between paragraphs; not one of a list of links."""
    line = lines[number]
    if line.tag != "p" or home_of(line) not in trunk:
        return False
    beside = lines[max(0, number - 1) : number] + lines[number + 1 : number + 2]
    return len(LATIN.findall(line.text)) > 0.6 * len(line.text) and all(other.linked <= 0.5 * len(other.text) for other in beside)


def _tabular(line: Line) -> bool:
    """A cell of a data table or an item of a list that holds no links."""
    return line.tag in ("td", "th", "li", "dd", "dt", "p", "pre") and not line.linked


def _without_orphans(out: list[Line], lines: list[Line], trunk: set[Any]) -> list[Line]:
    """Leave out the heading of a list of links that was left out; in the midst of the text only where it stands apart."""
    index = {line.number: n for n, line in enumerate(lines)}
    kept = {line.number for line in out}
    last = max((line.number for line in out if line.prose), default=-1)
    doomed = set()
    for line in out:
        if line.number < last and home_of(line) in trunk and not heading_of(line.text):
            continue
        below = lines[index[line.number] + 1 : index[line.number] + 4]
        if line.prose or line.ended or len(line.text) > ORPHAN or len(below) < 2:
            continue
        if all(other.number not in kept and other.linked > 0.5 * len(other.text) for other in below[:2]):
            doomed.add(line.number)
    return [line for line in out if line.number not in doomed]


def _once(lines: list[Line]) -> list[Line]:
    """A long paragraph that comes again in another element is a second view of the page."""
    starts = [squash(line.text[:START])[:LETTERS] for line in lines]
    common = Counter(starts)  # lines that begin alike are few; only those are compared in full
    seen: dict[str, Any] = {}
    out = []
    for line, start in zip(lines, starts, strict=True):
        if common[start] > 1:
            flat, home = squash(line.text), home_of(line)
            if len(flat) >= REPEATED and seen.setdefault(flat, home) is not home:
                continue
        out.append(line)
    return out
