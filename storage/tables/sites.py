"""Sites, their plans and what was noticed about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import BigId, Table


class SiteRow(Table):
    """A site: its profile as last used, its lease (one run at a time, fenced by a token), its plan."""

    __tablename__ = "sites"
    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    region: Mapped[str | None]
    profile: Mapped[dict[str, Any] | None]
    paused: Mapped[bool] = mapped_column(default=False)
    lease_token: Mapped[int] = mapped_column(BigInteger, default=0)
    """Grows by one with every lease; a commit under an older token is refused."""
    lease_owner: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None]


class PlanRow(Table):
    """What a planner knows of a site: its schedule as last read, and up to when it has been planned."""

    __tablename__ = "plans"
    site: Mapped[str] = mapped_column(primary_key=True)
    schedule: Mapped[str]
    timezone: Mapped[str]
    planned_until: Mapped[datetime]
    """Planned times up to here have been served or folded."""
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    """The next planned time; None: the site has no schedule any more."""


class PauseRow(Table):
    """A time in which a site was not planned; the newest one of a site is open while ``sites.paused``."""

    __tablename__ = "pauses"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site: Mapped[str] = mapped_column(index=True)
    paused_at: Mapped[datetime]
    paused_by: Mapped[str]
    reason: Mapped[str | None]
    resumed_at: Mapped[datetime | None]
    resumed_by: Mapped[str | None]


class AlertRow(Table):
    """Something wrong with a site that people have been told of; gone when it is over."""

    __tablename__ = "alerts"
    site: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]
    since: Mapped[datetime]
    told_at: Mapped[datetime]


class FiringRow(Table):
    """One planned start of a site; (site, planned_at) is unique, so it happens once."""

    __tablename__ = "firings"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site: Mapped[str]
    planned_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="planned")
    """planned, started, done, failed, folded (into a later one)."""
    folded: Mapped[int] = mapped_column(default=0)
    """How many earlier planned times it stands for."""
    since: Mapped[datetime | None]
    """The earliest of them."""
    claim: Mapped[int] = mapped_column(BigInteger, default=0)
    """Grows by one with every start; what is done under an older one is refused."""
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    owner: Mapped[str | None]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    exit_code: Mapped[int | None]
    reason: Mapped[str | None]
    log: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index("uq_firings_site_planned_at", "site", "planned_at", unique=True),
        Index("ix_firings_state", "state", "not_before"),
        Index("uq_firings_started", "site", unique=True, sqlite_where=text("state = 'started'"), postgresql_where=text("state = 'started'")),
    )  # fmt: skip


class LearnedLineRow(Table):
    """A line that recurs over a site's articles, as counted last."""

    __tablename__ = "learned_lines"
    site: Mapped[str] = mapped_column(primary_key=True)
    line_hash: Mapped[bytes] = mapped_column(primary_key=True)
    line: Mapped[str]
    articles: Mapped[int]
    """Articles that have it; copies of one story count once."""
    first_article: Mapped[int | None] = mapped_column(BigInteger)
    head: Mapped[int] = mapped_column(server_default="0")
    """Of these, how many have it among their first two lines."""
    tail: Mapped[int] = mapped_column(server_default="0")
    """How many among their last three."""
