"""Stories and their copies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import BigId, Table


class FamilyRow(Table):
    """A story and its copies."""

    __tablename__ = "families"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    head_id: Mapped[int | None] = mapped_column(BigInteger)
    """Article that had it first."""
    size: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class FamilyLinkRow(Table):
    """How an article stands to another; ``same`` and ``lead_of`` join families, the others do not.

    "a lead_of b": a is the beginning of b. "a part_of b": a stands whole in b (a story in a round-up, a further page).
    "a excerpt_of b": they share a passage.
    """

    __tablename__ = "family_links"
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    other_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)
    relation: Mapped[str]
    """same, lead_of, excerpt_of, part_of."""
    contained: Mapped[float]
    """Weighted share of this article's fingerprint that the other has."""
    contains: Mapped[float]
    substituted: Mapped[float]
    numbers: Mapped[float]
    scheme: Mapped[int]
    at: Mapped[datetime]


class FamilyMergeRow(Table):
    """Articles that went from one family to another: a merge of two, or a split; undoable."""

    __tablename__ = "family_merges"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kept_id: Mapped[int] = mapped_column(BigInteger)
    gone_id: Mapped[int] = mapped_column(BigInteger)
    moved: Mapped[list[Any]]
    """Article ids that went from ``gone_id`` to ``kept_id``."""
    because_of: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(server_default="merge")
    """merge, split."""
    batch: Mapped[int | None] = mapped_column(BigInteger)
    """The batch pass it belongs to; None: on arrival."""


class SignatureRow(Table):
    """What the family search keeps of an article."""

    __tablename__ = "signatures"
    article_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    family_id: Mapped[int] = mapped_column(BigInteger)
    scheme: Mapped[int]
    """Version of normalisation and hashing; hashes of different schemes are never compared."""
    size: Mapped[int]
    """Number of its hashes, kept for it or for others, without those that many stories share."""


class FingerprintRow(Table):
    """One kept hash of one article."""

    __tablename__ = "fingerprints"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = {"sqlite_with_rowid": False}
