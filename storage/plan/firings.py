"""A firing from its claim to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from storage.frontier import LEASE, LeaseLost
from storage.tables import FiringRow, RunRow, SiteRow, UTCDateTime

CLAIM = LEASE
"""A claim that is not renewed for so long is lost; renew it every quarter of that."""
TRIES = 3
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5))
STARTS = 10
"""A firing whose launchers die so often is given up: its site may be what kills them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A firing in somebody's hands."""

    firing: int
    token: int
    site: str
    planned_at: datetime

    def __str__(self) -> str:
        return f"{self.firing}:{self.token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the crawl of a firing ended."""

    exit_code: int
    """As a shell gives it: 0 finished, 128 + n ended by signal n."""
    reason: str | None = None
    log: str | None = None


NOW: BindParameter[datetime] = bindparam("now", type_=UTCDateTime())
FREE = or_(SiteRow.lease_expires_at.is_(None), SiteRow.lease_expires_at < NOW)
OTHER = aliased(FiringRow)
# Built once: a planner looks every two seconds, and building these costs more than running them.
WAITING = (
    select(FiringRow.id)
    .join(SiteRow, SiteRow.name == FiringRow.site)
    .where(FiringRow.state == "planned", FiringRow.not_before <= NOW, ~SiteRow.paused, FREE)
    .where(~exists().where(OTHER.site == FiringRow.site, OTHER.state == "started"))
    .order_by(FiringRow.planned_at, FiringRow.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
WAITING_OF_SITE = WAITING.where(FiringRow.site == bindparam("site"))
ABANDONED = (
    select(FiringRow.id, FiringRow.claim, FiringRow.site, FiringRow.planned_at, FiringRow.run_id, FiringRow.owner)
    .join(SiteRow, SiteRow.name == FiringRow.site)
    .where(FiringRow.state == "started", FiringRow.heartbeat_at < bindparam("stale", type_=UTCDateTime()), FREE)
    .with_for_update(skip_locked=True)
)


def claim(connection: Connection, owner: str, now: datetime, site: str | None = None) -> Claim | None:
    """Take the firing that waits longest (of one site, where one is named) and may be started now; None where there is none.

    A site that is paused, is being crawled or has a firing started is passed over.
    """
    chosen = connection.scalar(WAITING_OF_SITE, {"now": now, "site": site}) if site else connection.scalar(WAITING, {"now": now})
    if chosen is None:
        return None
    taken = (
        update(FiringRow)
        .where(FiringRow.id == chosen, FiringRow.state == "planned")
        .values(state="started", owner=owner, claim=FiringRow.claim + 1, attempts=FiringRow.attempts + 1, started_at=now, heartbeat_at=now, ended_at=None, run_id=None)
        .returning(FiringRow.id, FiringRow.claim, FiringRow.site, FiringRow.planned_at)
    )
    try:
        with connection.begin_nested():
            row = connection.execute(taken).first()
    except IntegrityError:  # another planner started one of the same site in this moment
        return None
    return Claim(row.id, row.claim, row.site, row.planned_at) if row else None


def _held(held: Claim) -> tuple[Any, ...]:
    return FiringRow.id == held.firing, FiringRow.claim == held.token, FiringRow.state == "started"


def beat(connection: Connection, held: Claim, now: datetime) -> bool:
    """Renew a claim; False when it is lost."""
    row = update(FiringRow).where(*_held(held)).values(heartbeat_at=now).returning(FiringRow.id)
    return connection.scalar(row) is not None


def enter(connection: Connection, held: tuple[int, int], run_id: int, now: datetime) -> None:
    """A run says that it is the one of this firing. Raises `LeaseLost` when the firing has been given to another."""
    firing, token = held
    where = (FiringRow.id == firing, FiringRow.claim == token, FiringRow.state == "started")
    row = update(FiringRow).where(*where).values(run_id=run_id, heartbeat_at=now).returning(FiringRow.site)
    if connection.scalar(row) is None:
        raise LeaseLost(f"firing {firing}: it was given to another launcher; nothing is crawled here")
    connection.execute(update(RunRow).where(RunRow.id == run_id).values(firing_id=firing))


def finish(connection: Connection, held: Claim, ended: Ended, now: datetime) -> str | None:
    """Write how a firing ended; its new state, None when the claim was lost and nothing was written.

    Exit code 0 is done; any other is tried again (state planned) after a pause, `TRIES` times in all, then failed. Where
    a later firing of the site waits already, that is the next try.
    """
    attempts = connection.scalar(select(FiringRow.attempts).where(*_held(held)))
    if attempts is None:
        return None
    again = ended.exit_code != 0 and attempts < TRIES and _later(connection, held) is None
    state = "done" if ended.exit_code == 0 else "planned" if again else "failed"
    not_before = now + BACK_OFF[min(attempts, len(BACK_OFF)) - 1] if again else None
    values = {"state": state, "ended_at": now, "exit_code": ended.exit_code, "reason": ended.reason, "log": ended.log, "not_before": not_before}
    row = connection.execute(update(FiringRow).where(*_held(held)).values(**values).returning(FiringRow.run_id)).first()
    if row is None:
        return None
    if row.run_id is not None:
        where = RunRow.id == row.run_id
        connection.execute(update(RunRow).where(where).values(exit_code=ended.exit_code, log=ended.log))
        _lose_run(connection, row.run_id, ended.reason or "ended without a word", now)
    return state


def give_back(connection: Connection, held: Claim, reason: str, now: datetime) -> bool:
    """Let a firing go that was not its crawl's fault to end; it may be started again at once, and the try does not count."""
    later = _later(connection, held)
    if later is not None:
        return fold(connection, _held(held), later, now)
    values = {"state": "planned", "not_before": now, "attempts": FiringRow.attempts - 1, "reason": reason, "ended_at": now}
    return connection.scalar(update(FiringRow).where(*_held(held)).values(**values).returning(FiringRow.id)) is not None


def fold(connection: Connection, which: tuple[Any, ...], into: int, now: datetime) -> bool:
    """The firings ``which`` are served by a later one; False when there were none."""
    folded = update(FiringRow).where(*which).values(state="folded", ended_at=now).returning(FiringRow.folded, FiringRow.since)
    gone = connection.execute(folded).all()
    if gone:
        values = {"folded": FiringRow.folded + sum(row.folded + 1 for row in gone), "since": min(row.since for row in gone)}
        connection.execute(update(FiringRow).where(FiringRow.id == into).values(**values))
    return bool(gone)


def _later(connection: Connection, held: Claim) -> int | None:
    where = (FiringRow.site == held.site, FiringRow.state == "planned", FiringRow.planned_at > held.planned_at)
    return connection.scalar(select(FiringRow.id).where(*where).order_by(FiringRow.planned_at.desc()).limit(1))


def _lose_run(connection: Connection, run_id: int, reason: str, now: datetime) -> None:
    lost = {"state": "lost", "ended_at": now, "reason": reason}
    connection.execute(update(RunRow).where(RunRow.id == run_id, RunRow.state == "running").values(**lost))


def reclaim(connection: Connection, now: datetime) -> list[str]:
    """Take firings from launchers that are gone; the sites that may be started again.

    A launcher is gone when neither it has renewed its claim nor its crawl the site's lease. Where the crawl came to its
    end all the same, that end counts, and nothing is run twice.
    """
    abandoned = connection.execute(ABANDONED, {"now": now, "stale": now - CLAIM}).all()
    return [row.site for row in abandoned if _reclaim(connection, row, now)]



def _reclaim(connection: Connection, row: Any, now: datetime) -> bool:
    held = Claim(row.id, row.claim, row.site, row.planned_at)
    run = connection.execute(select(RunRow.state, RunRow.reason).where(RunRow.id == row.run_id)).first() if row.run_id else None
    if run is not None and run.state in ("finished", "degraded", "failed"):
        finish(connection, held, Ended(exit_code=0 if run.state == "finished" else 1, reason=run.reason), now)
        return bool(run.state != "finished")
    # The crawl may be alive yet, and only late: from here on nothing of it is written.
    revoked = {"lease_token": SiteRow.lease_token + 1, "lease_owner": None, "lease_expires_at": None}
    connection.execute(update(SiteRow).where(SiteRow.name == row.site).values(**revoked))
    reason = f"{row.owner} is gone"
    if row.run_id is not None:
        _lose_run(connection, row.run_id, reason, now)
    if row.claim < STARTS:
        return give_back(connection, held, reason, now)
    given_up = {"state": "failed", "ended_at": now, "reason": f"given up: {STARTS} launchers died with it"}
    connection.execute(update(FiringRow).where(*_held(held)).values(**given_up))
    return False
