"""Articles that are new to the archive, put into their families together: one look-up and few statements for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from crawler.items import Article
from storage.bulk import new_ids
from storage.families import index, ledger
from storage.families.fingerprint import Fingerprint, fingerprint
from storage.families.place import candidates, lock, match, merge_all, place
from storage.families.reading import Reading, read
from storage.tables import FamilyRow
from storage.writer import Saved


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An article that ``articles`` holds and that was never placed."""

    article_id: int
    title: str | None
    body: str
    now: datetime


@dataclass(slots=True)
class Waiting:
    """What is to be written of articles that are alone in their families."""

    signed: index.Signed = field(default_factory=dict)
    founded: list[tuple[int, int, datetime]] = field(default_factory=list)
    """(family, its first article, when)"""
    kept: list[tuple[int, int]] = field(default_factory=list)
    """(hash, article)"""

    def write(self, connection: Connection) -> None:
        """Bring the tables up to date: whoever reads them next finds every article so far."""
        ledger.found_all(connection, self.founded)
        index.sign_all(connection, self.signed)
        index.run_many(connection, index.KEEP, self.kept)
        self.signed, self.founded, self.kept = {}, [], []


def place_all(connection: Connection, newcomers: Sequence[Newcomer]) -> None:
    """Put articles into families, in their order; what comes of it is what `place` makes of them one by one."""
    if not newcomers:
        return
    lock(connection)
    known = [(one, own, fingerprint(own)) for one in newcomers for own in (read(one.title, one.body),)]
    kept = index.known(connection, (prints for _, _, prints in known))
    families = iter(new_ids(connection, FamilyRow.__table__, len(known)))
    waiting = Waiting()
    for one, own, prints in known:
        found = index.weigh(connection, prints, kept, waiting.signed)
        if candidates(found):
            waiting.write(connection)
            _join(connection, (one, own, prints), found, (next(families), kept))
        else:
            _found(connection, (one, prints), found, (next(families), kept), waiting)
    waiting.write(connection)


def place_saved(connection: Connection, written: Sequence[tuple[Saved, Article, datetime]]) -> None:
    """Put what `storage.writer` has just written into its families: new articles together, then new versions one by one."""
    place_all(connection, [Newcomer(made.article_id, one.title, one.text, now) for made, one, now in written if made.outcome == "stored"])
    for made, one, now in written:
        if made.outcome == "revised":
            place(connection, made.article_id, one.title, one.text, now)


Into = tuple[int, index.Known]
"""(number of a new family, what is kept of the hashes)"""


def _found(connection: Connection, known: tuple[Newcomer, Fingerprint], found: index.Found, into: Into, waiting: Waiting) -> None:
    """A story that nobody had."""
    (one, prints), (family, kept) = known, into
    waiting.founded.append((family, one.article_id, one.now))
    waiting.signed[one.article_id] = (family, index.size(prints, found))
    new, common = index.worth_keeping(family, prints, found)
    waiting.kept += [(hash_, one.article_id) for hash_ in new]
    if common:
        waiting.write(connection)
    _keep(connection, one.article_id, (new, common), kept)


def _join(connection: Connection, known: tuple[Newcomer, Reading, Fingerprint], found: index.Found, into: Into) -> None:
    """A story that others may have."""
    (one, own, prints), (family, kept) = known, into
    matches = match(connection, one.article_id, (own, prints), found)
    joining = next((m.family for m in matches if m.joins), None)
    if joining is None:
        ledger.found_all(connection, [(family, one.article_id, one.now)])
    else:
        family = joining
        ledger.count(connection, family)
        ledger.join(connection, one.article_id, family)
    index.sign_all(connection, {one.article_id: (family, index.size(prints, found))})
    new, common = index.worth_keeping(family, prints, found)
    index.run_many(connection, index.KEEP, [(hash_, one.article_id) for hash_ in new])
    _keep(connection, one.article_id, (new, common), kept)
    ledger.link(connection, one.article_id, [(m.other, m.relation) for m in matches], one.now)
    merge_all(connection, (one.article_id, own), family, matches, one.now)


def _keep(connection: Connection, article_id: int, hashes: tuple[list[int], list[int]], kept: index.Known) -> None:
    """Note what later ones of the group will find."""
    new, common = hashes
    for hash_ in new:
        kept[hash_].append(article_id)
    index.for_everybody(connection, common)
    for hash_ in common:
        kept[hash_] = [index.EVERYBODY]
