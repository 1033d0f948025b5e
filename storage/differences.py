"""What changed from one version of an article to the next, paragraph by paragraph."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

FIELDS = (
    "title", "subtitle", "published_at", "published_precision", "authors", "editor", "source", "section", "dateline", "edition_date",
    "edition_page", "language", "script",
)  # fmt: skip
ALIKE = 0.5
"""Two paragraphs less alike are one that went and one that came."""


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph, or one field, of the later version against the earlier."""

    kind: Literal["added", "removed", "changed"]
    before: str
    after: str
    paragraph: int | None = None
    """Number in the later text (of a removed one: in the earlier), from 1; None for a field."""
    field: str = "text"

    def marked(self) -> str:
        """The change in one line; what differs inside a changed paragraph stands in [- -] and {+ +}.

        >>> Change("changed", "停水三小时", "停水五小时", 2).marked()
        '¶2 停水[-三-]{+五+}小时'
        """
        place = f"¶{self.paragraph} " if self.paragraph else f"{self.field}: "
        if self.kind == "added":
            return f"{place}{{+{self.after}+}}"
        if self.kind == "removed":
            return f"{place}[-{self.before}-]"
        return place + (_inside(self.before, self.after) if self.paragraph else f"[-{self.before}-]{{+{self.after}+}}")


def _inside(before: str, after: str) -> str:
    out = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            out.append(before[a:b])
            continue
        out += [f"[-{before[a:b]}-]"] * (b > a) + [f"{{+{after[c:d]}+}}"] * (d > c)
    return "".join(out)


def paragraphs(before: str, after: str) -> list[Change]:
    """The paragraphs that differ, in the order of the later text.

    >>> [change.marked() for change in paragraphs("甲甲甲\\n乙乙乙\\n丙丙丙", "甲甲甲\\n乙乙丁\\n戊")]
    ['¶2 乙乙[-乙-]{+丁+}', '¶3 {+戊+}', '¶3 [-丙丙丙-]']
    """
    old, new = before.split("\n"), after.split("\n")
    found: list[Change] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found += _replaced(list(enumerate(old, 1))[a:b], list(enumerate(new, 1))[c:d])
    return found


def _replaced(gone: list[tuple[int, str]], came: list[tuple[int, str]]) -> Iterator[Change]:
    """Each new paragraph beside the first old one that it is like."""
    for number, text in came:
        like = next((n for n, (_, old) in enumerate(gone) if _like(old, text)), None)
        if like is None:
            yield Change("added", "", text, number)
            continue
        yield from (Change("removed", old, "", n) for n, old in gone[:like])
        yield Change("changed", gone[like][1], text, number)
        gone = gone[like + 1 :]
    yield from (Change("removed", old, "", n) for n, old in gone)


def _like(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).quick_ratio() >= ALIKE


def between(before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str] = FIELDS) -> list[Change]:
    """Fields that differ, then paragraphs."""
    found = []
    for name in names:
        old, new = _shown(before.get(name)), _shown(after.get(name))
        if old != new:
            found.append(Change("changed" if old and new else "added" if new else "removed", old, new, field=name))
    return found + paragraphs(before["text"], after["text"])


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
