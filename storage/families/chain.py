"""The chain of a story: who had it first, what each copy names as its source, what each copy changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz.distance import Indel
from sqlalchemy import Connection, select

from storage.tables import ArticleRow, FamilyLinkRow, FamilyMergeRow


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph that a copy has otherwise than the first article."""

    kind: Literal["left out", "added", "changed"]
    text: str
    """The paragraph; of a changed one, what went as [-…-] and what came as {+…+}."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One article of a family."""

    article_id: int
    url: str
    site: str | None
    title: str | None
    source: str | None
    """来源, as the page claims it."""
    at: datetime
    """Published, else first seen."""
    dated: bool
    """The page says when it was published."""
    relation: str | None
    """How it stands to another of the family (same, lead_of); None where the other links to it."""
    relation_to: int | None
    changes: tuple[Change, ...]
    """Against the first article of the chain."""


@dataclass(frozen=True, slots=True)
class Part:
    """An article of another family that holds, or is, a part of this story."""

    article_id: int
    title: str | None
    relation: str
    """How this part stands to ``member``, or the member to it: excerpt_of, part_of."""
    member: int
    within: bool
    """The article is within the member, not the member within the article."""
    share: float
    """Of what is within, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A family, its oldest article first."""

    family_id: int
    copies: tuple[Copy, ...]
    parts: tuple[Part, ...]
    merges: tuple[int, ...]
    """Numbers of the entries in the log of merges and splits that made it what it is."""


def chain(connection: Connection, article_id: int) -> Chain:
    """The family of an article. Raises `LookupError` when there is no such article, or it has no family."""
    family = connection.execute(select(ArticleRow.family_id).where(ArticleRow.id == article_id)).first()
    if family is None:
        raise LookupError(f"the archive has no article {article_id}")
    if family.family_id is None:
        raise LookupError(f"article {article_id} has no family yet; `scrapy families --recluster` gives it one")
    columns = (ArticleRow.id, ArticleRow.url, ArticleRow.site, ArticleRow.title, ArticleRow.source, ArticleRow.text, ArticleRow.published_at, ArticleRow.first_seen_at)
    rows = connection.execute(select(*columns).where(ArticleRow.family_id == family.family_id)).all()
    rows = sorted(rows, key=lambda row: (row.published_at or row.first_seen_at, row.id))
    members = [row.id for row in rows]
    joined = _joined(connection, members)
    copies = []
    for row in rows:
        relation, other = joined.get(row.id, (None, None))
        changes = () if row.id == rows[0].id else tuple(changed(rows[0].text, row.text))
        at = row.published_at or row.first_seen_at
        copies.append(Copy(row.id, row.url, row.site, row.title, row.source, at, row.published_at is not None, relation, other, changes))
    entries = select(FamilyMergeRow.id).where(FamilyMergeRow.kept_id == family.family_id, FamilyMergeRow.undone_at.is_(None))
    return Chain(family.family_id, tuple(copies), tuple(_parts(connection, members)), tuple(connection.scalars(entries.order_by(FamilyMergeRow.id))))


def _joined(connection: Connection, members: list[int]) -> dict[int, tuple[str, int]]:
    query = select(FamilyLinkRow.article_id, FamilyLinkRow.other_id, FamilyLinkRow.relation).where(
        FamilyLinkRow.article_id.in_(members), FamilyLinkRow.other_id.in_(members), FamilyLinkRow.relation.in_(("same", "lead_of"))
    )
    return {row.article_id: (row.relation, row.other_id) for row in connection.execute(query.order_by(FamilyLinkRow.other_id.desc()))}


def _parts(connection: Connection, members: list[int]) -> Iterator[Part]:
    """Links between members and articles of other families."""
    here, there = FamilyLinkRow.article_id, FamilyLinkRow.other_id
    for near, far in ((here, there), (there, here)):
        query = (
            select(near.label("near"), far.label("far"), FamilyLinkRow.relation, FamilyLinkRow.contained, ArticleRow.title)
            .join(ArticleRow, ArticleRow.id == far)
            .where(near.in_(members), far.not_in(members))
            .order_by(far, near)
        )
        for row in connection.execute(query):
            yield Part(row.far, row.title, row.relation, row.near, near is there, row.contained)


def changed(first: str, copy: str) -> Iterator[Change]:
    """What a copy has otherwise, by paragraph.

    >>> [(change.kind, change.text) for change in changed("昨天停水。\\n请储水。", "今天停水。\\n请储水。\\n责编：李明")]
    [('changed', '[-昨-]{+今+}天停水。'), ('added', '责编：李明')]
    """
    old, new = ([line.strip() for line in text.split("\n") if line.strip()] for text in (first, copy))
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        pairs = min(b - a, d - c)
        for before, after in zip(old[a : a + pairs], new[c : c + pairs], strict=True):
            yield from _paragraph(before, after)
        yield from (Change("left out", line) for line in old[a + pairs : b])
        yield from (Change("added", line) for line in new[c + pairs : d])


def _paragraph(before: str, after: str) -> Iterator[Change]:
    if Indel.normalized_similarity(before, after) < 0.4:
        yield Change("left out", before)
        yield Change("added", after)
        return
    out = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            out.append(before[a:b])
            continue
        out.append((f"[-{before[a:b]}-]" if b > a else "") + (f"{{+{after[c:d]}+}}" if d > c else ""))
    yield Change("changed", "".join(out))
