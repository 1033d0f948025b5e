"""From schedules to firings: each planned time once, missed ones folded into one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, or_, select, update

from storage.cron import Cron
from storage.frontier import LEASE
from storage.plan.firings import BACK_OFF, NOW, fold
from storage.tables import FiringRow, PlanRow, SiteRow, UTCDateTime
from storage.writer import INSERT

BATCH = 500
CORRECTION = timedelta(hours=3)
"""A clock set back by more is a correction, as for Debian's cron: planning starts over from the new time."""


AHEAD: BindParameter[datetime] = bindparam("ahead", type_=UTCDateTime())
# Built once: a planner looks every two seconds, and building these costs more than running them.
DUE = (
    select(PlanRow.__table__)
    .join(SiteRow, SiteRow.name == PlanRow.site)
    .where(PlanRow.next_at.is_not(None), ~SiteRow.paused, or_(PlanRow.next_at <= NOW, PlanRow.planned_until > AHEAD))
    .order_by(PlanRow.next_at)
    .limit(BATCH)
    .with_for_update(skip_locked=True, of=PlanRow)
)
LEASES = update(SiteRow).where(SiteRow.lease_expires_at > AHEAD).values(lease_expires_at=NOW)
BEATS = update(FiringRow).where(FiringRow.state == "started", FiringRow.heartbeat_at > AHEAD).values(heartbeat_at=NOW)
WAITS = update(FiringRow).where(FiringRow.state == "planned", FiringRow.not_before > AHEAD).values(not_before=NOW)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a profile wants: when its site is crawled."""

    site: str
    schedule: str
    timezone: str


def adopt(connection: Connection, wanted: Iterable[Wanted], now: datetime) -> None:
    """Take over the schedules of the profiles; a site that is no longer among them is not planned any more.

    A site seen for the first time, and one whose schedule has changed, is planned from now on.
    """
    known = {row.site: row for row in connection.execute(select(PlanRow.__table__))}
    names = set()
    for one in sorted(wanted, key=lambda w: w.site):  # in one order, so that two planners do not lock crosswise
        names.add(one.site)
        row = known.get(one.site)
        if row is None or (row.schedule, row.timezone) != (one.schedule, one.timezone) or row.next_at is None:
            _adopt(connection, one, now)
    dropped = [site for site, row in known.items() if site not in names and row.next_at is not None]
    if dropped:
        connection.execute(update(PlanRow).where(PlanRow.site.in_(dropped)).values(next_at=None))


def kept(connection: Connection, others: set[str]) -> list[Wanted]:
    """The schedules in force of all sites but ``others``."""
    rows = connection.execute(select(PlanRow.__table__).where(PlanRow.next_at.is_not(None)))
    return [Wanted(row.site, row.schedule, row.timezone) for row in rows if row.site not in others]


def _adopt(connection: Connection, one: Wanted, now: datetime) -> None:
    insert = INSERT[connection.dialect.name]
    connection.execute(insert(SiteRow).values(name=one.site, title="", paused=False, lease_token=0).on_conflict_do_nothing())
    values = {"schedule": one.schedule, "timezone": one.timezone, "planned_until": now, "next_at": Cron(one.schedule, ZoneInfo(one.timezone)).after(now)}
    connection.execute(insert(PlanRow).values(site=one.site, **values).on_conflict_do_nothing())
    # Changed only where it still differs: another planner may have taken the same change over, and planned since.
    differs = or_(PlanRow.schedule != one.schedule, PlanRow.timezone != one.timezone, PlanRow.next_at.is_(None))
    connection.execute(update(PlanRow).where(PlanRow.site == one.site, differs).values(**values))


def plan_due(connection: Connection, now: datetime) -> list[str]:
    """Plan every site whose time has come; the sites that got a firing. Any number of planners may call it at once."""
    due = connection.execute(DUE, {"now": now, "ahead": now + CORRECTION}).all()
    return [row.site for row in due if _plan(connection, row, now)]



def _plan(connection: Connection, row: Any, now: datetime) -> bool:
    cron = Cron(row.schedule, ZoneInfo(row.timezone))
    until = row.planned_until if row.planned_until <= now + CORRECTION else now
    due = cron.due(until, now)
    values = {"next_at": cron.after(now), "planned_until": due.latest if due else until}
    connection.execute(update(PlanRow).where(PlanRow.site == row.site).values(**values))
    if due is None:
        return False
    made = INSERT[connection.dialect.name](FiringRow).values(
        site=row.site, planned_at=due.latest, state="planned", folded=due.number - 1, since=due.first, not_before=now,
        claim=0, attempts=0,
    )  # fmt: skip
    firing = connection.scalar(made.on_conflict_do_nothing(index_elements=["site", "planned_at"]).returning(FiringRow.id))
    if firing is None:  # this very time has been served: the clock was set back
        return False
    fold(connection, (FiringRow.site == row.site, FiringRow.state == "planned", FiringRow.id != firing), firing, now)
    return True


def mend(connection: Connection, now: datetime) -> None:
    """After the clock was set back: what was stamped by the old time is stamped anew, and ends in its own time from now.

    Nothing is taken from anyone here: whoever is alive renews, whoever is not runs out.
    """
    for statement, ahead, anew in ((LEASES, 2 * LEASE, now + LEASE), (BEATS, LEASE, now), (WAITS, 2 * BACK_OFF[-1], now)):
        connection.execute(statement, {"ahead": now + ahead, "now": anew})
