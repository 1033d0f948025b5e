"""Counts over an archive: articles by site, region and month, repairs, and weeks in which a site fell silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import Connection, text

WEEK = timedelta(days=7)
SILENT = 0.2
"""A week with less than this share of what is usual is a gap."""
LEAST_WEEKS = 4
"""A site needs so many weeks before any is called unusual."""

DAY = {
    "sqlite": "date(coalesce(published_at, first_seen_at), coalesce(published_offset, 0) || ' minutes')",
    "postgresql": "CAST(CAST(coalesce(published_at, first_seen_at) AT TIME ZONE 'UTC' + coalesce(published_offset, 0) * interval '1 minute' AS date) AS text)",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Weeks in which a site had far fewer articles than it usually has."""

    site: str
    first: date
    """Monday of the first week."""
    last: date
    """Sunday of the last."""
    articles: int
    usual: float
    """Articles a week: what the profile expects, else the median."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers of articles unless said otherwise."""

    sites: dict[str, int]
    regions: dict[str, int]
    months: dict[str, dict[str, int]]
    """{"2026-03": {site: number}}, by the day of the place of publication."""
    states: dict[str, int]
    repairs: dict[str, int]
    """{"step/rule": number of edits}"""
    lost: int
    """Articles in which some text is lost for good."""
    undated: int
    gaps: list[Gap]


def statistics(connection: Connection, expected: Mapping[str, int] | None = None) -> Statistics:
    """Count. ``expected``: articles a week by site, from the profiles."""
    days = _days(connection)
    sites: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    months: dict[str, Counter[str]] = defaultdict(Counter)
    for site, region, day, number in days:
        sites[site] += number
        regions[region] += number
        months[day[:7]][site] += number
    counted = _counted(connection)
    return Statistics(
        sites=dict(sites.most_common()), regions=dict(regions.most_common()), months={month: dict(months[month]) for month in sorted(months)},
        states=counted["state"], repairs=_repairs(connection), lost=sum(counted["lost"].values()), undated=sum(counted["undated"].values()),
        gaps=gaps([(site, date.fromisoformat(day), number) for site, _, day, number in days], expected or {}),
    )  # fmt: skip


def _days(connection: Connection) -> list[tuple[str, str, str, int]]:
    day = DAY[connection.dialect.name]
    query = f"SELECT coalesce(site, ''), coalesce(region, ''), {day} AS day, count(*) FROM articles GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    return [(site, region, day, number) for site, region, day, number in connection.execute(text(query)) if day]


def _counted(connection: Connection) -> dict[str, dict[str, int]]:
    queries = {
        "state": "SELECT state, count(*) FROM articles GROUP BY state ORDER BY state",
        "lost": "SELECT '', count(*) FROM articles WHERE lost > 0",
        "undated": "SELECT '', count(*) FROM articles WHERE published_at IS NULL",
    }
    return {name: {key: number for key, number in connection.execute(text(query))} for name, query in queries.items()}  # noqa: C416 - rows are no pairs to mypy


def _repairs(connection: Connection) -> dict[str, int]:
    """Edits of the newest versions."""
    query = """
        SELECT e.step || '/' || e.rule, count(*) FROM edits e JOIN versions v ON v.id = e.version_id
        JOIN articles a ON a.id = v.article_id AND a.version = v.version GROUP BY 1 ORDER BY 2 DESC, 1"""
    return {rule: number for rule, number in connection.execute(text(query))}  # noqa: C416 - rows are no pairs to mypy


def gaps(days: list[tuple[str, date, int]], expected: Mapping[str, int]) -> list[Gap]:
    """Runs of weeks far below a site's usual; the first and the last week of a site are never judged, they are cut.

    ``days``: (site, day, number of articles).
    """
    weeks: dict[str, Counter[date]] = defaultdict(Counter)
    for site, day, number in days:
        weeks[site][day - timedelta(days=day.weekday())] += number
    return [gap for site in sorted(weeks) for gap in _silent(site, weeks[site], expected.get(site))]


def _silent(site: str, weeks: Counter[date], expected: int | None) -> list[Gap]:
    first, last = min(weeks), max(weeks)
    inner = [first + WEEK * n for n in range(1, (last - first) // WEEK)]
    if len(inner) < LEAST_WEEKS:
        return []
    usual = float(expected or median(weeks[week] for week in weeks))
    found: list[Gap] = []
    for week in inner:
        if weeks[week] >= usual * SILENT:
            continue
        if found and found[-1].last == week - timedelta(days=1):
            before = found.pop()
            found.append(Gap(site, before.first, week + timedelta(days=6), before.articles + weeks[week], usual))
        else:
            found.append(Gap(site, week, week + timedelta(days=6), weeks[week], usual))
    return found
