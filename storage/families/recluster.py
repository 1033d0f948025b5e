"""The batch pass: every article asked again, now that the whole archive is known.

On arrival an article knows only what came before it. The batch pass knows later copies, and which sentences turned out to
be boilerplate; it joins families that a later copy shows to be one, and takes out members that nothing holds any more.
What a person undid stays undone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations, islice
from typing import Literal

from sqlalchemy import Connection, func, select

from storage.families import index, ledger
from storage.families.fingerprint import SCHEME, fingerprint
from storage.families.place import lock, match, place
from storage.families.reading import read
from storage.families.relate import JOINING, relate
from storage.tables import ArticleRow, FamilyMergeRow, SignatureRow

CHUNK = 500
PAIRS = 2000
"""Comparisons within one family."""


@dataclass(frozen=True, slots=True)
class Step:
    """Articles that would go from one family to another."""

    kind: Literal["merge", "split"]
    articles: tuple[int, ...]
    source: int
    target: int | None
    """None: a family of their own."""


class Groups:
    """Which articles belong together (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def root(self, article: int) -> int:
        parent = self._parent
        while (above := parent.setdefault(article, article)) != article:
            parent[article] = parent[above]
            article = above
        return article

    def join(self, one: int, other: int) -> None:
        one, other = self.root(one), self.root(other)
        self._parent[max(one, other)] = min(one, other)


def unsigned(connection: Connection, limit: int = CHUNK) -> list[int]:
    """Articles that the index does not know, or knows by an older scheme."""
    known = select(SignatureRow.article_id).where(SignatureRow.article_id == ArticleRow.id, SignatureRow.scheme == SCHEME)
    return list(connection.scalars(select(ArticleRow.id).where(~known.exists()).order_by(ArticleRow.id).limit(limit)))


def enter(connection: Connection, articles: list[int], now: datetime) -> None:
    """Fingerprint articles that the index does not know; one that has a family keeps it."""
    lock(connection)
    query = select(ArticleRow.id, ArticleRow.title, ArticleRow.text, ArticleRow.family_id)
    for article in articles:
        row = connection.execute(query.where(ArticleRow.id == article)).one()
        index.run(connection, index.UNSIGN, article).fetchall()  # an older scheme's
        if row.family_id is None:
            place(connection, article, row.title, row.text, now)
            continue
        prints = fingerprint(read(row.title, row.text))
        index.keep(connection, article, row.family_id, prints, index.look_up(connection, prints))


def plan(connection: Connection) -> list[Step]:
    """What would change; reads only."""
    family_of: dict[int, int] = {}
    groups = Groups()
    for article, family, title, text in _articles(connection):
        family_of[article] = family
        groups.root(article)
        for other in _copies(connection, article, title, text):
            groups.join(article, other)
    _hold_together(connection, family_of, groups)
    return list(_allowed(_steps(family_of, groups), ledger.undone(connection)))


def apply(connection: Connection, steps: list[Step], now: datetime) -> int:
    """Carry out a plan as far as it still holds; the number of its batch, by which it is undone.

    ``steps`` must not be empty.
    """
    lock(connection)
    batch = (connection.scalar(select(func.max(FamilyMergeRow.batch))) or 0) + 1
    for step in steps:
        there = set(ledger.members(connection, step.source))
        articles = [article for article in step.articles if article in there]
        if not articles:
            continue
        target = step.target if step.target is not None else ledger.found(connection, articles[0], now)
        wanted = ledger.Move(articles=articles, source=step.source, target=target, kind=step.kind, because_of=articles[0], batch=batch)
        ledger.move(connection, wanted, now)
    return batch


def undo_batch(connection: Connection, batch: int, now: datetime) -> int:
    """Take back a batch pass; the number of articles that went back. Raises `LookupError` when there is none."""
    lock(connection)
    query = select(FamilyMergeRow.id).where(FamilyMergeRow.batch == batch, FamilyMergeRow.undone_at.is_(None))
    entries = list(connection.scalars(query.order_by(FamilyMergeRow.id.desc())))
    if not entries:
        raise LookupError(f"batch {batch} does not exist, or was undone before")
    return sum(len(ledger.undo(connection, entry, now)) for entry in entries)


def _articles(connection: Connection) -> Iterator[tuple[int, int, str | None, str]]:
    query = (
        select(ArticleRow.id, SignatureRow.family_id, ArticleRow.title, ArticleRow.text)
        .join(SignatureRow, SignatureRow.article_id == ArticleRow.id)
        .where(SignatureRow.scheme == SCHEME)
        .order_by(ArticleRow.id)
        .limit(CHUNK)
    )
    last = 0
    while rows := connection.execute(query.where(ArticleRow.id > last)).all():
        for row in rows:
            yield row.id, row.family_id, row.title, row.text
        last = rows[-1].id


def _copies(connection: Connection, article: int, title: str | None, text: str) -> list[int]:
    """The articles that one joins, itself left out; a page of several stories joins none to another."""
    own = read(title, text)
    prints = fingerprint(own)
    found = index.look_up(connection, prints)
    found.leave_out(article)
    joined = [m.other for m in match(connection, article, (own, prints), found) if m.joins]
    return joined[:1] if own.round_up or own.further_page else joined


def _hold_together(connection: Connection, family_of: dict[int, int], groups: Groups) -> None:
    """An article asks until one member of a family answers; before a family is split, the others are asked."""
    members: dict[int, list[int]] = defaultdict(list)
    for article, family in family_of.items():
        members[family].append(article)
    for articles in members.values():
        if len({groups.root(article) for article in articles}) == 1:
            continue
        readings = {article: read(*row) for article, row in index.texts(connection, articles).items()}
        for one, other in islice(combinations(readings, 2), PAIRS):
            if groups.root(one) != groups.root(other) and (relation := relate(readings[other], readings[one])) and relation.kind in JOINING:
                groups.join(one, other)


def _steps(family_of: dict[int, int], groups: Groups) -> Iterator[Step]:
    """Every group goes to the family that most of it is in; a family goes with its largest group."""
    members: dict[int, list[int]] = defaultdict(list)
    for article in family_of:
        members[groups.root(article)].append(article)
    sizes = Counter(family_of.values())
    taken: set[int] = set()
    for group in sorted(members.values(), key=lambda group: (-len(group), group[0])):
        sources: dict[int, list[int]] = defaultdict(list)
        for article in group:
            sources[family_of[article]].append(article)
        ranked = sorted(sources, key=lambda family: (-len(sources[family]), family))
        target = next((family for family in ranked if family not in taken), None)
        if target is not None:
            taken.add(target)
        for source, articles in sorted(sources.items()):
            if source != target:
                whole = target is not None and len(articles) == sizes[source]
                yield Step("merge" if whole else "split", tuple(articles), source, target)


def _allowed(steps: Iterator[Step], undone: set[tuple[int, int]]) -> Iterator[Step]:
    """What a person took back is not done again."""
    for step in steps:
        articles = tuple(article for article in step.articles if step.target is None or (article, step.target) not in undone)
        if articles:
            yield replace(step, articles=articles)
