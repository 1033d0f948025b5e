"""The crawl: addresses, hosts, runs, how fetches ended, where the bytes lie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import BigId, Table


class RunRow(Table):
    """One run of one site (or of an import or replay)."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(default="crawl")
    """crawl, backfill, import, replay."""
    state: Mapped[str] = mapped_column(default="running")
    """running, finished, degraded, failed, lost."""
    token: Mapped[int | None] = mapped_column(BigInteger)
    owner: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    exit_code: Mapped[int | None]
    reason: Mapped[str | None]
    counts: Mapped[dict[str, Any] | None]
    """{outcome: number}, ``fetched`` and what else the run counted."""
    log: Mapped[str | None]
    firing_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The planned start that it belongs to; None for a run that a person started."""


class FrontierRow(Table):
    """One address, its state and when it is due next."""

    __tablename__ = "frontier"
    site: Mapped[str] = mapped_column(primary_key=True)
    """Two sites may both list an address; each has its own row."""
    url_key: Mapped[bytes] = mapped_column(primary_key=True)
    """First 16 bytes of SHA-256 of the canonical URL."""
    host: Mapped[str] = mapped_column(default="")
    """Host name of the address; what a host asks of us (`HostRow`) holds for all its rows."""
    url: Mapped[str]
    kind: Mapped[str]
    """section, feed, sitemap, article, epaper, page (page 2 … of an article)."""
    state: Mapped[str] = mapped_column(default="pending")
    """pending, leased, done, failed, forgotten."""
    token: Mapped[int | None] = mapped_column(BigInteger)
    """Lease token of the run that holds the row."""
    priority: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    """When it may be fetched (again); None: never."""
    attempts: Mapped[int] = mapped_column(default=0)
    visits: Mapped[int] = mapped_column(default=0)
    depth: Mapped[int] = mapped_column(default=0)
    found_on: Mapped[bytes | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[bytes | None]
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    """The newest capture that holds a body; a ``revisit`` record refers to it."""
    capture_digest: Mapped[str | None]
    captured_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    context: Mapped[dict[str, Any] | None]
    """What the listing said (title, date, edition); given to the Page."""
    yield_count: Mapped[int] = mapped_column(default=0)
    """Listings: new articles found at the last visit."""
    interval: Mapped[int | None]
    """Listings: seconds until the next visit, adapted to how often new articles appear."""
    first_seen_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index("ix_frontier_due", "site", "state", "next_at", "priority"),
    )  # fmt: skip


class HostRow(Table):
    """What a host asked of us, kept across restarts."""

    __tablename__ = "hosts"
    host: Mapped[str] = mapped_column(primary_key=True)
    not_before: Mapped[datetime | None]
    """No request before this (Retry-After, back-off)."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row; back-off grows with it."""
    day: Mapped[str | None]
    fetched: Mapped[int] = mapped_column(default=0)
    """Requests on ``day`` (UTC, YYYY-MM-DD)."""


class OutcomeRow(Table):
    """How one fetch of one address in one run ended."""

    __tablename__ = "outcomes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("runs.id"), index=True)
    url_key: Mapped[bytes]
    url: Mapped[str]
    outcome: Mapped[str]
    """stored, unchanged, revised, joined, listing, redirected, gone, dropped, failed."""
    reason: Mapped[str | None]
    at: Mapped[datetime]
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    article_id: Mapped[int | None] = mapped_column(BigInteger)


class CaptureRow(Table):
    """Index of the WARC records."""

    __tablename__ = "captures"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_key: Mapped[bytes] = mapped_column(index=True)
    url: Mapped[str]
    fetched_at: Mapped[datetime]
    status: Mapped[int]
    content_type: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="response")
    """response, revisit."""
    refers_to: Mapped[int | None] = mapped_column(BigInteger)
    """Of a revisit: the capture that holds the body."""
    file: Mapped[str]
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    truncated: Mapped[str | None]
    """Why the body is not whole, in WARC/1.1's words: length, disconnect."""
    broken: Mapped[str | None]
    """What `scrapy fsck` found wrong with the record; None: nothing."""
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (Index("uq_captures_file_offset", "file", "offset", unique=True),)


class DeadLetterRow(Table):
    """A page whose processing raised; kept with traceback until it is retried."""

    __tablename__ = "dead_letters"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_key: Mapped[bytes] = mapped_column(index=True)
    url: Mapped[str]
    site: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    step: Mapped[str]
    error: Mapped[str]
    traceback: Mapped[str]
    at: Mapped[datetime]
    retried_at: Mapped[datetime | None]


class ForgottenRow(Table):
    """A deletion on a rightful request: that it happened, not what was deleted."""

    __tablename__ = "forgotten"
    url_key: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    reason: Mapped[str]
