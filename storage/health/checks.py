"""What is wrong with a site, from its facts. Each check is a function that says so in words, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from storage.health.facts import WEEK, Articles, Facts

ENOUGH = 10
"""Fewer articles or outcomes say nothing about a share."""
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the profile says of the site."""

    weekly: int | None = None
    """Articles a week."""
    selectors: frozenset[str] = frozenset()
    """Fields that it has a selector for: title, body, published, author, source."""
    scheduled: bool = False
    silent: int = 7
    """Days without a new article after which the site is silent."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    check: str
    words: str


def check(facts: Facts, expected: Expected) -> list[Finding]:
    """What is wrong with a site; empty where it is well. A paused site is not looked at."""
    if facts.paused:
        return []
    found = ((name, test(facts, expected)) for name, test in CHECKS.items())
    return [Finding(name, words) for name, words in found if words]


def _ran(facts: Facts, expected: Expected) -> str | None:
    run = facts.last_run
    if run is None:
        return "has a schedule and was never crawled" if expected.scheduled and facts.late_since else None
    if run["state"] == "finished" and run["exit_code"] in (0, None):
        return None
    code = "" if run["exit_code"] is None else f", exit {run['exit_code']}"
    return f"the last run ({run['started_at']:%Y-%m-%d %H:%M} UTC) is {run['state']}{code}: {run['reason'] or 'no reason told'}"


def _books(facts: Facts, expected: Expected) -> str | None:
    counts = (facts.last_run or {}).get("counts") or {}
    if "fetched" not in counts or facts.last_run["state"] == "lost":
        return None
    ended = sum(number for name, number in counts.items() if name in OUTCOMES)
    return None if ended == counts["fetched"] else f"books out of balance: {counts['fetched']} fetched, {ended} outcomes"


def _late(facts: Facts, expected: Expected) -> str | None:
    if facts.late_since is None or facts.now - facts.late_since < LATE:
        return None
    return f"due since {facts.late_since:%Y-%m-%d %H:%M} UTC: {facts.late_why}"


def _silent(facts: Facts, expected: Expected) -> str | None:
    since = facts.last_new or facts.first_run
    if since is None or facts.now - since < timedelta(days=expected.silent):
        return None
    return f"no new article for {(facts.now - since).days} days"


def _enough(facts: Facts, expected: Expected) -> str | None:
    if not expected.weekly or facts.first_run is None or facts.now - facts.first_run < WEEK or facts.week.number * 2 >= expected.weekly:
        return None
    return f"{facts.week.number} new articles in seven days, {expected.weekly} expected"


def _as_usual(facts: Facts, expected: Expected) -> str | None:
    usual = median(facts.weekly) if len(facts.weekly) > 1 else 0
    if usual < ENOUGH or facts.week.number >= usual * 0.4:
        return None
    return f"{facts.week.number} new articles in seven days, {usual:g} in a usual week"


def _fields(facts: Facts, expected: Expected) -> str | None:
    if facts.week.number < ENOUGH or facts.before.number < ENOUGH:
        return None
    fallen = [
        f"{name} {_percent(facts.week, name)} (was {_percent(facts.before, name)})"
        for name, count in facts.week.has.items()
        if facts.before.share(facts.before.has.get(name, 0)) - facts.week.share(count) > 0.3
    ]
    return f"fields that were there are missing: {', '.join(fallen)}" if fallen else None


def _blind(facts: Facts, expected: Expected) -> str | None:
    if facts.week.number < ENOUGH:
        return None
    found = {**facts.week.has, "body": facts.week.by_selector}
    blind = sorted(name for name in expected.selectors if name in found and facts.week.share(found[name]) < 0.5)
    return f"selectors that find nothing on most pages: {', '.join(blind)}; has the site's layout changed?" if blind else None


def _damage(facts: Facts, expected: Expected) -> str | None:
    week, before = facts.week, facts.before
    if week.number < ENOUGH:
        return None
    if week.share(week.lost) > max(0.05, 2 * before.share(before.lost)):
        return f"{week.share(week.lost):.0%} of new articles have characters that are lost for good"
    rise = week.share(week.damaged) - before.share(before.damaged)
    return f"{week.share(week.damaged):.0%} of new articles were damaged (was {before.share(before.damaged):.0%})" if before.number >= ENOUGH and rise > 0.3 else None


def _dropped(facts: Facts, expected: Expected) -> str | None:
    pages = sum(facts.outcomes.get(name, 0) for name in ("stored", "revised", "unchanged", "dropped"))
    dropped = facts.outcomes.get("dropped", 0)
    return f"{dropped} of {pages} pages were dropped" if pages >= ENOUGH and dropped * 2 > pages else None


def _failed(facts: Facts, expected: Expected) -> str | None:
    total, failed = sum(facts.outcomes.values()), facts.outcomes.get("failed", 0)
    return f"{failed} of {total} fetches failed" if total >= ENOUGH and failed * 5 > total else None


def _percent(articles: Articles, name: str) -> str:
    return f"{articles.share(articles.has.get(name, 0)):.0%}"


OUTCOMES = ("stored", "unchanged", "revised", "joined", "listing", "redirected", "gone", "dropped", "failed")
CHECKS: dict[str, Callable[[Facts, Expected], str | None]] = {
    "run": _ran, "books": _books, "late": _late, "silent": _silent, "expected": _enough, "usual": _as_usual, "fields": _fields,
    "selectors": _blind, "damage": _damage, "dropped": _dropped, "failed": _failed,
}  # fmt: skip
"""What is looked at, by the name that an alert carries."""
