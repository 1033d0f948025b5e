"""Sites that are not planned for a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from storage.tables import PauseRow, SiteRow
from storage.writer import INSERT


class AlreadyPaused(RuntimeError):
    """The site is paused."""


class NotPaused(RuntimeError):
    """The site is not paused."""


def pause(connection: Connection, site: str, who: str, reason: str | None, now: datetime) -> None:
    """Plan and start nothing of a site until `resume`; a crawl that runs goes on. Raises `AlreadyPaused`."""
    row = INSERT[connection.dialect.name](SiteRow).values(name=site, title="", paused=False, lease_token=0)
    connection.execute(row.on_conflict_do_nothing())
    if connection.scalar(update(SiteRow).where(SiteRow.name == site, ~SiteRow.paused).values(paused=True).returning(SiteRow.name)) is None:
        raise AlreadyPaused(f"{site} is paused already; `scrapy resume {site}` lets it run again")
    connection.execute(insert(PauseRow).values(site=site, paused_at=now, paused_by=who, reason=reason))


def resume(connection: Connection, site: str, who: str, now: datetime) -> None:
    """Plan a site again; what it missed is folded into one catch-up. Raises `NotPaused`."""
    if connection.scalar(update(SiteRow).where(SiteRow.name == site, SiteRow.paused).values(paused=False).returning(SiteRow.name)) is None:
        raise NotPaused(f"{site} is not paused")
    connection.execute(update(PauseRow).where(PauseRow.site == site, PauseRow.resumed_at.is_(None)).values(resumed_at=now, resumed_by=who))
