"""What the archive says of each site, in a few grouped queries over all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, and_, case, cast, func, select

from storage.plan import late
from storage.tables import ArticleRow, OutcomeRow, RunRow, SiteRow

WEEK = timedelta(days=7)
WEEKS = 4
"""Weeks of a site's own history that the last one is compared with."""
FEW = 100
SHORT = 50
"""A body of fewer characters counts as missing."""
FIELDS = ("title", "published", "source", "author", "body")


@dataclass(slots=True)
class Articles:
    """Articles first seen in a span, and how many of them have what."""

    number: int = 0
    has: dict[str, int] = field(default_factory=dict)
    """{field: articles that have it}, of `FIELDS`."""
    damaged: int = 0
    lost: int = 0
    by_selector: int = 0
    """Whose body the site's own selector found."""

    def share(self, count: int) -> float:
        return count / self.number if self.number else 0.0


@dataclass(slots=True)
class Facts:
    """What is known of one site at one moment."""

    site: str
    now: datetime
    first_run: datetime | None = None
    last_run: Any = None
    """id, state, reason, exit_code, started_at, ended_at, counts of the newest crawl."""
    last_new: datetime | None = None
    """When an article was last new."""
    week: Articles = field(default_factory=Articles)
    """The last seven days."""
    before: Articles = field(default_factory=Articles)
    """The `WEEKS` before them."""
    weekly: list[int] = field(default_factory=list)
    """New articles in each of those weeks that the site was crawled in, newest first."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """Of the runs of the last seven days."""
    late_since: datetime | None = None
    late_why: str = ""
    paused: bool = False


def gather(connection: Connection, sites: list[str], now: datetime) -> dict[str, Facts]:
    """{site: facts} of the sites named."""
    found = {site: Facts(site, now) for site in sites}
    for fill in (_runs, _articles, _weeks, _outcomes, _plan):
        fill(connection, found, now)
    return found


def _of(column: Any, found: dict[str, Facts]) -> Any:
    """Only those sites, where they are few; of many, all rows are grouped."""
    return column.in_(list(found)) if len(found) <= FEW else column.is_not(None)


def _runs(connection: Connection, found: dict[str, Facts], now: datetime) -> None:
    ended = select(RunRow.site, func.min(RunRow.started_at).label("first"), func.max(RunRow.id).label("newest"))
    spans = ended.where(RunRow.kind == "crawl", RunRow.state != "running", _of(RunRow.site, found)).group_by(RunRow.site).subquery()
    for first, *run in connection.execute(select(spans.c.first, *RunRow.__table__.columns).join(RunRow, RunRow.id == spans.c.newest)):
        row = dict(zip(RunRow.__table__.columns.keys(), run, strict=True))
        if row["site"] in found:
            found[row["site"]].first_run, found[row["site"]].last_run = first, row


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _articles(connection: Connection, found: dict[str, Facts], now: datetime) -> None:
    has = {
        "title": ArticleRow.title.is_not(None), "published": ArticleRow.published_at.is_not(None), "source": ArticleRow.source.is_not(None),
        "author": func.length(cast(ArticleRow.authors, Text)) > len("[]"), "body": func.length(ArticleRow.text) >= SHORT,
    }  # fmt: skip
    columns = [_count(condition).label(name) for name, condition in has.items()]
    columns += [func.count().label("number"), _count(ArticleRow.damage > 0).label("damaged"), _count(ArticleRow.lost > 0).label("lost"), _count(ArticleRow.extractor == "site").label("by_selector")]
    spans = {"week": (now - WEEK, now), "before": (now - (WEEKS + 1) * WEEK, now - WEEK)}
    for span, (since, until) in spans.items():
        query = select(ArticleRow.site, *columns).where(ArticleRow.first_seen_at > since, ArticleRow.first_seen_at <= until, _of(ArticleRow.site, found)).group_by(ArticleRow.site)
        for row in connection.execute(query).mappings():
            if row["site"] in found:
                counted = Articles(row["number"], {name: row[name] for name in FIELDS}, row["damaged"], row["lost"], row["by_selector"])
                setattr(found[row["site"]], span, counted)
    newest = select(ArticleRow.site, func.max(ArticleRow.first_seen_at).label("at")).where(_of(ArticleRow.site, found)).group_by(ArticleRow.site)
    for site, at in connection.execute(newest).all():
        if site in found:
            found[site].last_new = at


def _weeks(connection: Connection, found: dict[str, Facts], now: datetime) -> None:
    counted: dict[str, list[int]] = defaultdict(list)
    for n in range(1, WEEKS + 1):
        since, until = now - (n + 1) * WEEK, now - n * WEEK
        query = select(ArticleRow.site, func.count().label("number")).where(ArticleRow.first_seen_at > since, ArticleRow.first_seen_at <= until, _of(ArticleRow.site, found))
        new = {row.site: row.number for row in connection.execute(query.group_by(ArticleRow.site))}
        for site, facts in found.items():
            if facts.first_run is not None and facts.first_run <= since:
                counted[site].append(new.get(site, 0))
    for site, weekly in counted.items():
        found[site].weekly = weekly


def _outcomes(connection: Connection, found: dict[str, Facts], now: datetime) -> None:
    query = select(RunRow.site, OutcomeRow.outcome, func.count().label("number")).join(RunRow, and_(RunRow.id == OutcomeRow.run_id, RunRow.kind == "crawl"))
    for row in connection.execute(query.where(RunRow.started_at > now - WEEK, _of(RunRow.site, found)).group_by(RunRow.site, OutcomeRow.outcome)):
        if row.site in found:
            found[row.site].outcomes[row.outcome] = row.number


def _plan(connection: Connection, found: dict[str, Facts], now: datetime) -> None:
    for one in late(connection, now):
        if one.site in found:
            found[one.site].late_since, found[one.site].late_why = one.since, one.why
    for site in connection.scalars(select(SiteRow.name).where(SiteRow.paused)):
        if site in found:
            found[site].paused = True
