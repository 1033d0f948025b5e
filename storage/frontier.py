"""The frontier's SQL: a site held by one run, addresses leased under its token, every fetch ended in one outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage.clean import clean
from storage.keys import canonical, url_key
from storage.tables import FrontierRow, OutcomeRow, RunRow, SiteRow
from storage.writer import INSERT

LEASE = timedelta(minutes=2)
LISTINGS = ("section", "feed", "sitemap", "epaper")
PRIORITY = {"feed": 30, "sitemap": 25, "section": 20, "epaper": 20, "page": 15, "article": 10}


class SiteHeld(RuntimeError):
    """Another run holds the site."""


class LeaseLost(RuntimeError):
    """The site was taken over by another run; nothing of this one is written any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address that a listing or redirect named."""

    url: str
    kind: str
    depth: int = 0
    context: dict[str, Any] = field(default_factory=dict)


def acquire(connection: Connection, site: str, owner: str, now: datetime) -> int:
    """Take the site's lease; its fencing token. Raises `SiteHeld` while another run's lease lasts."""
    row = INSERT[connection.dialect.name](SiteRow).values(name=site, title="", paused=False, lease_token=0)
    connection.execute(row.on_conflict_do_nothing())
    free = (SiteRow.lease_expires_at.is_(None)) | (SiteRow.lease_expires_at < now)
    taken = connection.scalar(
        update(SiteRow).where(SiteRow.name == site, free).values(lease_token=SiteRow.lease_token + 1, lease_owner=owner, lease_expires_at=now + LEASE).returning(SiteRow.lease_token)
    )
    if taken is None:
        held = connection.execute(select(SiteRow.lease_owner, SiteRow.lease_expires_at).where(SiteRow.name == site)).one()
        raise SiteHeld(f"{site} is being crawled by {held[0]} (lease until {held[1]:%H:%M:%S} UTC); wait, or end that run")
    connection.execute(update(FrontierRow).where(FrontierRow.site == site, FrontierRow.state == "leased").values(state="pending", token=None))
    assert isinstance(taken, int)
    return taken


def check(connection: Connection, site: str, token: int, now: datetime) -> None:
    """Renew the lease inside the caller's transaction. Raises `LeaseLost` when the token is no longer the site's."""
    where = (SiteRow.name == site, SiteRow.lease_token == token)
    row = update(SiteRow).where(*where).values(lease_expires_at=now + LEASE).returning(SiteRow.name)
    if connection.scalar(row) is None:
        raise LeaseLost(f"{site}: another run has taken over")


def release(connection: Connection, site: str, token: int) -> None:
    where = (SiteRow.name == site, SiteRow.lease_token == token)
    connection.execute(update(SiteRow).where(*where).values(lease_expires_at=None, lease_owner=None))


def seed(connection: Connection, site: str, found: Iterable[Found], now: datetime) -> None:
    """Put start addresses in; they and the site's other listings are due at once, past e-paper issues are not."""
    found = list(found)
    add(connection, site, found, now)
    again = FrontierRow.kind.in_(("section", "feed", "sitemap")) | FrontierRow.url_key.in_([url_key(one.url) for one in found])
    where = (FrontierRow.site == site, again, FrontierRow.state.in_(("done", "failed")))
    connection.execute(update(FrontierRow).where(*where).values(state="pending", next_at=now))


def add(connection: Connection, site: str, found: Iterable[Found], now: datetime, found_on: bytes | None = None) -> int:
    """Put addresses in that are not there yet; how many were new."""
    rows = {}
    for one in found:
        key = url_key(one.url)
        rows[key] = {
            "url_key": key, "site": site, "url": clean(one.url), "kind": one.kind, "state": "pending",
            "priority": PRIORITY.get(one.kind, 0) - one.depth, "next_at": now, "attempts": 0, "visits": 0, "depth": one.depth,
            "found_on": found_on, "context": clean(one.context) or None, "yield_count": 0, "first_seen_at": now,
        }  # fmt: skip
    new = 0
    for row in rows.values():
        statement = INSERT[connection.dialect.name](FrontierRow).values(**row).on_conflict_do_nothing()
        new += connection.scalar(statement.returning(FrontierRow.url_key)) is not None
    return new


def add_part(connection: Connection, site: str, url: str, now: datetime, found_on: bytes) -> bytes:
    """The key of a further page of an article; it is never fetched for itself, even if a listing names it."""
    add(connection, site, [Found(url=url, kind="page")], now, found_on)
    connection.execute(update(FrontierRow).where(FrontierRow.url_key == url_key(url)).values(kind="page"))
    return url_key(url)


def lease(connection: Connection, site: str, token: int, now: datetime, limit: int) -> list[Any]:
    """Up to ``limit`` due addresses, marked as this run's."""
    due = (
        select(FrontierRow.url_key).where(FrontierRow.site == site, FrontierRow.state == "pending", FrontierRow.next_at <= now).order_by(FrontierRow.priority.desc(), FrontierRow.next_at).limit(limit)
    )
    taken = update(FrontierRow).where(FrontierRow.url_key.in_(due)).values(state="leased", token=token).returning(*FrontierRow.__table__.columns)
    return sorted(connection.execute(taken).all(), key=lambda row: -row.priority)


def due(connection: Connection, site: str, now: datetime) -> bool:
    """Whether anything may be fetched now."""
    where = (FrontierRow.site == site, FrontierRow.state == "pending", FrontierRow.next_at <= now)
    return connection.scalar(select(FrontierRow.url_key).where(*where).limit(1)) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the fetch of one address ended."""

    key: bytes
    url: str
    outcome: str
    reason: str | None = None
    next_at: datetime | None = None
    """When it is fetched again; None: not in the course of things."""
    capture_id: int | None = None
    article_id: int | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    """etag, last_modified, body_hash, yield_count, attempts."""


def end(connection: Connection, run_id: int, ending: Ending, now: datetime) -> None:
    """Write the one outcome of a fetch, and free its row."""
    values = {
        "state": "failed" if ending.outcome == "failed" and ending.next_at is None else "done" if ending.next_at is None else "pending",
        "token": None, "next_at": ending.next_at, "outcome": ending.outcome, "reason": ending.reason, "checked_at": now,
        "run_id": run_id, "visits": FrontierRow.visits + 1, **ending.evidence,
    }  # fmt: skip
    connection.execute(update(FrontierRow).where(FrontierRow.url_key == ending.key).values(**clean(values)))
    connection.execute(
        insert(OutcomeRow).values(
            run_id=run_id, url_key=ending.key, url=clean(ending.url), outcome=ending.outcome, reason=clean(ending.reason),
            at=now, capture_id=ending.capture_id, article_id=ending.article_id,
        )
    )  # fmt: skip


def begin_run(connection: Connection, site: str, token: int, owner: str, now: datetime) -> int:
    run = connection.scalar(insert(RunRow).values(site=site, kind="crawl", state="running", token=token, owner=owner, started_at=now).returning(RunRow.id))
    assert isinstance(run, int)
    return run


def counts(connection: Connection, run_id: int) -> dict[str, int]:
    """{outcome: number} of a run, from its outcome rows."""
    rows = select(OutcomeRow.outcome, func.count()).where(OutcomeRow.run_id == run_id).group_by(OutcomeRow.outcome)
    return {row[0]: row[1] for row in connection.execute(rows)}


def same_address(one: str, other: str) -> bool:
    return canonical(one) == canonical(other)
