"""What has been told already, so that a site that is ill for a week is not told of at every run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from storage.health.checks import Finding
from storage.tables import AlertRow
from storage.writer import INSERT

AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is to be told of a site."""

    site: str
    found: tuple[Finding, ...]
    """Findings that are new, or not told of for a day."""
    over: tuple[str, ...]
    """Checks that failed when last told of, and pass now."""

    def __bool__(self) -> bool:
        return bool(self.found or self.over)


def news_of(connection: Connection, site: str, found: Iterable[Finding], now: datetime) -> News:
    """What of the findings is news."""
    known = {row.check: row.told_at for row in connection.execute(select(AlertRow.__table__).where(AlertRow.site == site))}
    finding = {one.check: one for one in found}
    new = tuple(one for name, one in finding.items() if name not in known or now - known[name] >= AGAIN)
    return News(site=site, found=new, over=tuple(sorted(known.keys() - finding.keys())))


def told(connection: Connection, news: News, now: datetime) -> None:
    """Note that it has been told."""
    for one in news.found:
        row = INSERT[connection.dialect.name](AlertRow).values(site=news.site, check=one.check, since=now, told_at=now, words=one.words)
        connection.execute(row.on_conflict_do_update(index_elements=["site", "check"], set_={"told_at": now, "words": one.words}))
    if news.over:
        connection.execute(delete(AlertRow).where(AlertRow.site == news.site, AlertRow.check.in_(news.over)))
