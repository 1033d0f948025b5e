"""Which family an article belongs to, found when it arrives. Inside the writer's transaction, across all sites."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from storage.families import index, ledger
from storage.families.fingerprint import Fingerprint, fingerprint
from storage.families.reading import Reading, read
from storage.families.relate import JOINING, Relation, relate

LOCK = 70211
FAMILIES, MEMBERS = 4, 2
"""Families that are read, and members of each."""
COMMON = 6
"""Articles of other families that share a hash, from which on it belongs to no story."""


Texts = dict[int, tuple[str | None, str]]


@dataclass(frozen=True, slots=True)
class Match:
    """How an article stands to one that was there before."""

    other: int
    family: int
    relation: Relation

    @property
    def joins(self) -> bool:
        return self.relation.kind in JOINING


def place(connection: Connection, article_id: int, title: str | None, body: str, now: datetime) -> int:
    """Put an article, or its new version, into its family, a new one if need be; the family's id.

    ``articles`` must hold it; ``title`` and ``body`` are its current version.
    """
    lock(connection)
    own = read(title, body)
    prints = fingerprint(own)
    before = ledger.family(connection, article_id)
    stays = before is not None and _leave(connection, article_id, own)
    found = index.look_up(connection, prints)
    matches = match(connection, article_id, (own, prints), found)
    family = before if stays else _choose(connection, article_id, matches, before, now)
    assert family is not None
    _enter(connection, article_id, family, (prints, found), before)
    ledger.link(connection, article_id, [(m.other, m.relation) for m in matches], now)
    merge_all(connection, (article_id, own), family, matches, now)
    return family


def merge_all(connection: Connection, article: tuple[int, Reading], family: int, matches: list[Match], now: datetime) -> None:
    """An article that belongs to several families makes them one, unless it holds several stories itself."""
    article_id, own = article
    if own.round_up or own.further_page:
        return
    for other in sorted({m.family for m in matches if m.joins} - {family}):
        if not ledger.apart(connection, family, other):
            ledger.merge(connection, family, other, article_id, now)


def forget(connection: Connection, article_id: int) -> None:
    """Take an article out of its family and the index, before its text is deleted."""
    lock(connection)
    family = ledger.family(connection, article_id)
    if family is None:
        return
    for title, text in index.texts(connection, [article_id]).values():
        index.drop(connection, article_id, fingerprint(read(title, text)).stored)
    ledger.leave(connection, article_id, family)
    ledger.unlink(connection, article_id)


def lock(connection: Connection) -> None:
    """Two writers must not found one family twice; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")


def match(connection: Connection, article_id: int, known: tuple[Reading, Fingerprint], found: index.Found) -> list[Match]:
    """The articles that one, as ``known``, is a copy or a part of, at most one a family, copies first.

    A family's hashes are kept for whoever brought them, and that may be a cut or cluttered copy; where it does not join,
    other members are asked.
    """
    chosen = candidates(found)
    if not chosen:
        return []
    search = Search(*known, found)
    search.compare(index.texts(connection, chosen), found.family_of)
    for family in sorted({found.family_of[article] for article in chosen} - search.settled):
        others = [article for article in ledger.some_members(connection, family) if article not in (article_id, *chosen)]
        search.compare(index.texts(connection, others), dict.fromkeys(others, family))
    for family in sorted(search.weak):
        others = [article for article in ledger.some_members(connection, family) if article not in (article_id, search.matches[family].other)]
        search.confirm(family, index.texts(connection, others))
    return sorted(search.matches.values(), key=lambda m: not m.joins)


@dataclass(slots=True)
class Search:
    """One article compared with others, until their families are settled."""

    own: Reading
    prints: Fingerprint
    found: index.Found
    matches: dict[int, Match] = field(default_factory=dict)
    """By family."""
    settled: set[int] = field(default_factory=set)
    """Families that the article joins."""
    weak: set[int] = field(default_factory=set)
    """Families that it joins by boilerplate under the same name."""

    def compare(self, texts: Texts, family_of: dict[int, int]) -> None:
        for article, (title, text) in texts.items():
            family = family_of[article]
            if family in self.settled:
                continue
            relation = relate(self.own, read(title, text))
            if relation is not None:
                self._note(Match(article, family, relation))

    def _note(self, match: Match) -> None:
        if match.joins:
            if boilerplate(match.relation, self.prints, self.found):
                if not match.relation.named_alike:
                    return
                self.weak.add(match.family)
            self.settled.add(match.family)
        elif match.family in self.matches:
            return
        self.matches[match.family] = match

    def confirm(self, family: int, texts: Texts) -> None:
        """Leave a family that was joined by a weak match when other members are another story."""
        if any(relate(self.own, read(title, text)) is None for title, text in texts.values()):
            del self.matches[family]


def boilerplate(relation: Relation, prints: Fingerprint, found: index.Found) -> bool:
    """What two articles share is what many stories share: a company's self-description, a form's fixed sentences.

    Of the article's hashes within the shared blocks some are common; then enough of the others must be there too.
    """
    common = rare = rare_shared = 0
    starts = [start for start, _ in relation.spans]
    for place, hash_ in prints.places:
        span = bisect_right(starts, place) - 1
        shared = span >= 0 and place < relation.spans[span][1]
        if hash_ in found.common or len(found.sharing.get(hash_, ())) >= COMMON:
            common += shared
        else:
            rare += 1
            rare_shared += shared
    if common < 3:
        return False
    return rare_shared < 2 or (relation.kind == "same" and rare_shared < 0.4 * rare)


def candidates(found: index.Found) -> list[int]:
    """The articles worth reading: few families, few members of each, best first."""
    members: Counter[int] = Counter()
    chosen = []
    for article in found.ranked:
        family = found.family_of[article]
        if members[family] < MEMBERS and (members[family] or len(members) < FAMILIES):
            members[family] += 1
            chosen.append(article)
    return chosen


def _choose(connection: Connection, article_id: int, matches: list[Match], before: int | None, now: datetime) -> int:
    """The family of the best copy, else the one it was alone in, else a new one."""
    joining = next((m.family for m in matches if m.joins), None)
    if before is not None:
        ledger.leave(connection, article_id, before)
    if joining is None:
        return ledger.found(connection, article_id, now)
    ledger.count(connection, joining)
    return joining


def _leave(connection: Connection, article_id: int, own: Reading) -> bool:
    """Take an earlier version out of the index; whether the new one is still the same story."""
    earlier = ledger.earlier(connection, article_id)
    ledger.unlink(connection, article_id)
    hashes = sorted({hash_ for title, text in earlier for hash_ in fingerprint(read(title, text)).stored})
    index.drop(connection, article_id, hashes)
    relation = relate(own, read(*earlier[0])) if earlier else None
    return relation is not None and relation.kind in JOINING


def _enter(connection: Connection, article_id: int, family: int, known: tuple[Fingerprint, index.Found], before: int | None) -> None:
    index.keep(connection, article_id, family, *known)
    if family != before:
        ledger.join(connection, article_id, family)
