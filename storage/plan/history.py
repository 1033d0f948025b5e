"""What ran, and what should have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, literal, null, or_, select, union_all

from storage.plan.firings import CLAIM
from storage.tables import FiringRow, PlanRow, RunRow, SiteRow

UNSEEN = timedelta(minutes=1)
"""A planned time that no planner has looked at for so long is late; one that is at work looks every few seconds."""


@dataclass(frozen=True, slots=True)
class Late:
    """A site that should be running or done by now."""

    site: str
    since: datetime
    """The earliest planned time that has not been served."""
    why: str


def runs(connection: Connection, limit: int, site: str | None = None) -> list[Row[Any]]:
    """Runs and planned starts, newest first: each crawl once, with the firing it was for; firings that never became a run too.

    Columns: run, site, kind, planned, started, ended, owner, state, exit_code, reason, counts, log, attempts, folded.
    A run whose lease has run out shows as ``lost``, whether or not anyone has noticed.
    """
    by_hand = FiringRow.id.is_(None)
    crawls = select(
        RunRow.id.label("run"), RunRow.site, RunRow.kind, FiringRow.planned_at.label("planned"), RunRow.started_at.label("started"),
        RunRow.ended_at.label("ended"), RunRow.owner, RunRow.state, RunRow.exit_code, RunRow.reason, RunRow.counts, RunRow.log,
        FiringRow.attempts, FiringRow.folded, SiteRow.lease_token.label("site_token"), SiteRow.lease_expires_at.label("lease"),
        RunRow.token, by_hand.label("by_hand"),
    ).outerjoin(FiringRow, FiringRow.id == RunRow.firing_id).outerjoin(SiteRow, SiteRow.name == RunRow.site)  # fmt: skip
    never = select(
        null().label("run"), FiringRow.site, literal("crawl").label("kind"), FiringRow.planned_at.label("planned"), FiringRow.started_at.label("started"),
        FiringRow.ended_at.label("ended"), FiringRow.owner, FiringRow.state, FiringRow.exit_code, FiringRow.reason, null().label("counts"),
        FiringRow.log, FiringRow.attempts, FiringRow.folded, null().label("site_token"), null().label("lease"), null().label("token"), literal(value=False).label("by_hand"),
    ).where(FiringRow.run_id.is_(None), FiringRow.state != "folded")  # fmt: skip
    both = union_all(crawls, never).subquery()
    query = select(both).order_by(func.coalesce(both.c.started, both.c.planned).desc(), both.c.run.desc()).limit(limit)
    return list(connection.execute(query.where(both.c.site == site) if site else query))


def dead(row: Row[Any], now: datetime) -> bool:
    """Whether a run that says ``running`` is no more: its lease has run out, or another run has the site."""
    return bool(row.state == "running" and row.token is not None and (row.site_token != row.token or row.lease is None or row.lease < now))


def startable(connection: Connection, now: datetime) -> list[tuple[int, int, str]]:
    """(firing, claim, site) of every firing that could be claimed now."""
    query = select(FiringRow.id, FiringRow.claim, FiringRow.site).join(SiteRow, SiteRow.name == FiringRow.site)
    where = (FiringRow.state == "planned", FiringRow.not_before <= now, ~SiteRow.paused, or_(SiteRow.lease_expires_at.is_(None), SiteRow.lease_expires_at < now))
    return [(row.id, row.claim, row.site) for row in connection.execute(query.where(*where).order_by(FiringRow.planned_at))]


def late(connection: Connection, now: datetime) -> list[Late]:
    """What is late, longest first; from the schedules, not from what a planner remembers."""
    waiting = select(FiringRow.site, FiringRow.planned_at, FiringRow.since, FiringRow.state, FiringRow.reason, FiringRow.attempts, FiringRow.heartbeat_at, SiteRow.paused, SiteRow.lease_expires_at)
    waiting = waiting.join(SiteRow, SiteRow.name == FiringRow.site).where(or_(FiringRow.state == "planned", and_(FiringRow.state == "started", FiringRow.heartbeat_at < now - CLAIM)))
    found = [Late(row.site, row.since or row.planned_at, _why(row, now)) for row in connection.execute(waiting)]
    unseen = select(PlanRow.site, PlanRow.next_at).join(SiteRow, SiteRow.name == PlanRow.site).where(PlanRow.next_at < now - UNSEEN, ~SiteRow.paused)
    named = {one.site for one in found}
    found += [Late(row.site, row.next_at, "no planner has looked: is `scrapy schedule` running?") for row in connection.execute(unseen) if row.site not in named]
    return sorted(found, key=lambda one: one.since)


def _why(row: Any, now: datetime) -> str:
    if row.state == "started":
        crawling = row.lease_expires_at is not None and row.lease_expires_at > now
        return "its launcher is gone, its crawl goes on" if crawling else "its launcher is gone; a planner starts it again"
    if row.paused:
        return "paused"
    if row.lease_expires_at is not None and row.lease_expires_at > now:
        return "the site is being crawled by another run"
    if row.attempts:
        return f"tried {row.attempts} times: {row.reason or 'failed'}"
    return row.reason or "waits for a free slot"
