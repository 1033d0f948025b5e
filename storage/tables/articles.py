"""Articles, their versions, their repairs; what the search keeps beside its index."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import BigId, Table


class ArticleRow(Table):
    """An article, its current version."""

    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_key: Mapped[bytes] = mapped_column(unique=True)
    """First 16 bytes of SHA-256 of the article's identity: rel=canonical within the site, else the canonical URL."""
    url: Mapped[str]
    canonical_url: Mapped[str | None]
    site: Mapped[str | None] = mapped_column(index=True)
    region: Mapped[str | None]
    title: Mapped[str | None]
    title_raw: Mapped[str | None]
    subtitle: Mapped[str | None]
    text: Mapped[str]
    text_extracted: Mapped[str]
    summary: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_offset: Mapped[int | None]
    """Minutes east of UTC as printed."""
    published_precision: Mapped[str | None]
    published_raw: Mapped[str | None]
    published_from: Mapped[str | None]
    modified_at: Mapped[datetime | None]
    modified_offset: Mapped[int | None]
    """Minutes east of UTC as printed."""
    authors: Mapped[list[Any]]
    editor: Mapped[str | None]
    source: Mapped[str | None]
    section: Mapped[str | None]
    language: Mapped[str | None]
    script: Mapped[str | None]
    dateline: Mapped[str | None]
    images: Mapped[list[Any]]
    attachments: Mapped[list[Any]]
    tags: Mapped[list[Any]]
    edition_date: Mapped[date | None]
    edition_page: Mapped[str | None]
    edition_section: Mapped[str | None]
    encoding: Mapped[dict[str, Any] | None]
    quality: Mapped[str] = mapped_column(default="ok")
    extractor: Mapped[str | None]
    rules: Mapped[str]
    """Version of the rules that read and repaired it."""
    content_hash: Mapped[bytes] = mapped_column(index=True)
    """SHA-256 of title and text, normalised (NFKC, white space and punctuation out)."""
    damage: Mapped[int] = mapped_column(default=0)
    """Number of repair edits."""
    lost: Mapped[int] = mapped_column(default=0)
    """Number of edits of kind ``lost``."""
    family_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="live")
    """live, revised, gone."""
    sort_at: Mapped[datetime] = mapped_column(index=True)
    """published_at, else first_seen_at: newest first."""
    position: Mapped[int] = mapped_column(BigInteger)
    """Place in the order of ``sort_at``, to ten minutes: see `storage.search.positions`."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    extra: Mapped[dict[str, Any] | None]
    __table_args__ = (Index("ix_articles_position", "position", unique=True),)


class SearchStateRow(Table):
    """The search table's version and reach; one row."""

    __tablename__ = "search_state"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scheme: Mapped[int]
    """The `storage.search.index.SCHEME` that the tokens were made by."""
    spill: Mapped[int] = mapped_column(BigInteger)
    """Ten-minute buckets that an article was at most moved to find a free position."""
    sampled: Mapped[int] = mapped_column(server_default="0")
    """Articles whose characters were counted."""
    counts: Mapped[str] = mapped_column(server_default="{}")
    """{character: how many of them have it}, as JSON."""
    common: Mapped[str] = mapped_column(server_default="")
    """Characters that are no tokens: see `storage.search.common`."""


class VersionRow(Table):
    """One version of an article; the newest is also in ``articles``."""

    __tablename__ = "versions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("articles.id"))
    version: Mapped[int]
    title: Mapped[str | None]
    text: Mapped[str]
    text_extracted: Mapped[str]
    fields: Mapped[dict[str, Any]]
    """The other fields, as JSON."""
    content_hash: Mapped[bytes]
    rules: Mapped[str]
    valid_from: Mapped[datetime]
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (Index("uq_versions_article_id_version", "article_id", "version", unique=True),)


class EditRow(Table):
    """The repair ledger: one change of one field by one step."""

    __tablename__ = "edits"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("versions.id"), index=True)
    ordinal: Mapped[int]
    step: Mapped[str]
    rule: Mapped[str]
    field: Mapped[str]
    pass_: Mapped[int] = mapped_column("pass")
    start: Mapped[int]
    before: Mapped[str]
    after: Mapped[str]
    confidence: Mapped[float]
    kind: Mapped[str]


class AddressRow(Table):
    """Other addresses of an article (redirects, rel=canonical, print views)."""

    __tablename__ = "addresses"
    url_key: Mapped[bytes] = mapped_column(primary_key=True)
    url: Mapped[str]
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("articles.id"), index=True)
