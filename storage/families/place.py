"""Which family an article belongs to, found when it arrives."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from storage.families.fingerprint import SCHEME, Fingerprint, fingerprint
from storage.families.verify import Alignment, align
from storage.tables import ArticleRow, FamilyLinkRow, FamilyRow, FingerprintRow, SignatureRow

CANDIDATE, SAME, LEAD = 0.45, 0.3, 0.12
SUBSTITUTED, NUMBERS = 0.12, 0.2
COMMON, HOT, TOP = 2, 64, 4
SHORTEST = 40
"""Normalised characters; shorter texts are joined only when they are the same."""
JOINING = ("same", "lead_of")


@dataclass(frozen=True, slots=True)
class Match:
    """How an article stands to an earlier one."""

    other: int
    family: int
    relation: str
    contained: float
    contains: float
    alignment: Alignment


def place(connection: Connection, article_id: int, title: str | None, body: str, now: datetime) -> int:
    """Put an article into its family, a new one if need be; the family's id. Inside the writer's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(70211)"))  # two writers must not found one family twice
    own = fingerprint(body)
    _forget(connection, article_id)
    best = _exact(connection, own) or _near(connection, own)
    family = best.family if best and best.relation in JOINING else _found_family(connection, article_id, now)
    _remember(connection, article_id, own, family, now, best)
    return family


def _exact(connection: Connection, own: Fingerprint) -> Match | None:
    if not own.text:
        return None
    columns = (SignatureRow.article_id, SignatureRow.family_id)
    row = connection.execute(select(*columns).where(SignatureRow.exact == own.exact, SignatureRow.scheme == SCHEME).limit(1)).first()
    return Match(row.article_id, row.family_id, "same", 1.0, 1.0, Alignment(0, 0, len(own.text))) if row else None


def _near(connection: Connection, own: Fingerprint) -> Match | None:
    if len(own.text) < SHORTEST or not own.hashes:
        return None
    rows = connection.execute(
        select(FingerprintRow.hash, FingerprintRow.article_id, SignatureRow.family_id, SignatureRow.power)
        .join(SignatureRow, SignatureRow.article_id == FingerprintRow.article_id)
        .where(FingerprintRow.hash.in_(own.hashes), SignatureRow.scheme == SCHEME)
    ).all()
    if not rows:
        return None
    families = defaultdict(set)
    for row in rows:
        families[row.hash].add(row.family_id)
    scores: Counter[int] = Counter()
    by_article: dict[int, Any] = {}
    for row in rows:
        scores[row.article_id] += min(1.0, COMMON / len(families[row.hash]))  # type: ignore[assignment]
        by_article[row.article_id] = row
    ranked = scores.most_common(TOP * 2)
    for article_id, _ in ranked[:TOP]:
        if match := _judge(connection, own, by_article[article_id], families):
            return match
    return None


def _judge(connection: Connection, own: Fingerprint, row: Any, families: dict[int, set[int]]) -> Match | None:
    packed = connection.scalar(select(SignatureRow.text).where(SignatureRow.article_id == row.article_id))
    plain = zlib.decompress(packed or b"").decode()
    theirs = fingerprint(plain)
    power = max(own.power, theirs.power)
    mask = (1 << power) - 1
    mine, hers = ({h for h in f.hashes if h & mask == 0} for f in (own, theirs))

    def weigh(hashes: set[int]) -> float:
        return sum(min(1.0, COMMON / max(1, len(families.get(h, ())))) for h in hashes)

    shared = weigh(mine & hers)
    contained, contains = shared / (weigh(mine) or 1), shared / (weigh(hers) or 1)
    if max(contained, contains) < CANDIDATE:
        return None
    alignment = align(own.text, plain)
    short = min(len(own.text), len(plain)) < 200  # in a notice every slot weighs
    if short and (alignment.numbers > 0 or alignment.substituted > SUBSTITUTED / 2):
        return None
    if alignment.substituted > SUBSTITUTED or alignment.numbers > NUMBERS or alignment.shared < SHORTEST:
        return None
    return Match(row.article_id, row.family_id, _relation(own.text, plain, contained, contains), contained, contains, alignment)


def _relation(own: str, other: str, contained: float, contains: float) -> str:
    if min(contained, contains) >= SAME:
        return "same"
    short, long = (own, other) if len(own) < len(other) else (other, own)
    if min(contained, contains) >= LEAD and long.find(short[10:40]) in range(0, max(60, len(long) // 10)):
        return "lead_of"
    return "excerpt_of" if contained > contains else "part_of"


def _found_family(connection: Connection, article_id: int, now: datetime) -> int:
    made = connection.scalar(insert(FamilyRow).values(head_id=article_id, size=0, created_at=now).returning(FamilyRow.id))
    assert isinstance(made, int)
    return made


def _remember(connection: Connection, article_id: int, own: Fingerprint, family: int, now: datetime, best: Match | None) -> None:
    connection.execute(
        insert(SignatureRow).values(
            article_id=article_id, family_id=family, scheme=SCHEME, power=own.power, size=len(own.text), exact=own.exact,
            text=zlib.compress(own.text.encode(), 1),
        )
    )  # fmt: skip
    if own.hashes and not (best and best.contained > 0.95 and best.relation == "same"):
        connection.execute(insert(FingerprintRow), [{"hash": h, "article_id": article_id} for h in own.hashes])
    connection.execute(update(FamilyRow).where(FamilyRow.id == family).values(size=FamilyRow.size + 1))
    connection.execute(update(ArticleRow).where(ArticleRow.id == article_id).values(family_id=family))
    if best:
        connection.execute(
            insert(FamilyLinkRow).values(
                article_id=article_id, other_id=best.other, relation=best.relation, contained=best.contained,
                contains=best.contains, substituted=best.alignment.substituted, numbers=best.alignment.numbers,
                scheme=SCHEME, at=now,
            )
        )  # fmt: skip


def _forget(connection: Connection, article_id: int) -> None:
    """Take an article's earlier text out of the index; called before a revised text is placed."""
    old = connection.scalar(select(SignatureRow.family_id).where(SignatureRow.article_id == article_id))
    if old is None:
        return
    connection.execute(update(FamilyRow).where(FamilyRow.id == old).values(size=FamilyRow.size - 1))
    for table, column in ((FingerprintRow, FingerprintRow.article_id), (SignatureRow, SignatureRow.article_id)):
        connection.execute(delete(table).where(column == article_id))
    connection.execute(delete(FamilyLinkRow).where(FamilyLinkRow.article_id == article_id))
