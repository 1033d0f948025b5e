"""What is called wrong, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.health import Expected, Facts, check
from storage.health.facts import Articles

NOW = datetime(2026, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
FULL = {"title": 40, "published": 40, "source": 38, "author": 20, "body": 40}


def run(state="finished", exit_code=0, **counts):
    return {"state": state, "exit_code": exit_code, "reason": "why", "started_at": NOW - DAY, "counts": {"fetched": 3, "stored": 2, "listing": 1, **counts}}


def facts(**known):
    base = {
        "first_run": NOW - 60 * DAY, "last_run": run(), "last_new": NOW - DAY, "week": Articles(40, dict(FULL), 2, 0, 40),
        "before": Articles(160, {name: 4 * n for name, n in FULL.items()}, 8, 0, 160), "weekly": [40, 42, 39, 39],
        "outcomes": {"stored": 40, "unchanged": 100, "dropped": 5, "failed": 1, "listing": 50},
    }  # fmt: skip
    return Facts("x", NOW, **{**base, **known})


def week(number=40, damaged=2, lost=0, by_selector=40, **has):
    return Articles(number, {**{name: min(n, number) for name, n in FULL.items()}, **has}, damaged, lost, by_selector)


NEGATIVE = [
    ("a site as usual", facts(), Expected(weekly=40, selectors=frozenset({"body", "title"}))),
    ("a site that was never crawled and has no schedule", Facts("x", NOW), Expected(weekly=40)),
    ("a new site in its first week", facts(first_run=NOW - 3 * DAY, weekly=[], before=Articles(), week=week(3)), Expected(weekly=40)),
    ("a slow week of a small site", facts(week=week(2), weekly=[4, 6, 5, 4], before=Articles(19)), Expected()),
    ("half of what is expected", facts(week=week(20)), Expected(weekly=40)),
    ("a source that never was there", facts(week=week(source=0), before=Articles(160, {**FULL, "source": 0})), Expected()),
    ("a site that always was damaged", facts(week=week(damaged=39), before=Articles(160, dict(FULL), 150)), Expected()),
    ("few outcomes, all dropped", facts(outcomes={"dropped": 5}), Expected()),
    ("late by minutes", facts(late_since=NOW - timedelta(minutes=50)), Expected()),
    ("paused, whatever else", facts(paused=True, last_run=run("failed", 1), last_new=NOW - 90 * DAY), Expected(weekly=400)),
    ("nothing was due", facts(last_run={**run(), "counts": {"fetched": 0}}), Expected()),
]
WRONG = [
    ("run", facts(last_run=run("failed", 1)), Expected()),
    ("run", facts(last_run=run("lost", None)), Expected()),
    ("run", facts(last_run=run("degraded", 1)), Expected()),
    ("run", facts(last_run=run("finished", 1)), Expected()),
    ("run", facts(last_run=None, first_run=None, last_new=None, late_since=NOW - timedelta(minutes=5)), Expected(scheduled=True)),
    ("books", facts(last_run=run(fetched=4)), Expected()),
    ("late", facts(late_since=NOW - 2 * DAY, late_why="no planner"), Expected()),
    ("silent", facts(last_new=NOW - 8 * DAY), Expected()),
    ("silent", facts(last_new=None, first_run=NOW - 8 * DAY), Expected()),
    ("silent", facts(last_new=NOW - 3 * DAY), Expected(silent=3)),
    ("expected", facts(week=week(19)), Expected(weekly=40)),
    ("usual", facts(week=week(10)), Expected()),
    ("fields", facts(week=week(published=5)), Expected()),
    ("fields", facts(week=week(body=10)), Expected()),
    ("selectors", facts(week=week(by_selector=10)), Expected(selectors=frozenset({"body"}))),
    ("selectors", facts(week=week(source=10), before=Articles()), Expected(selectors=frozenset({"source"}))),
    ("damage", facts(week=week(lost=5)), Expected()),
    ("damage", facts(week=week(damaged=20)), Expected()),
    ("dropped", facts(outcomes={"stored": 10, "dropped": 11}), Expected()),
    ("failed", facts(outcomes={"stored": 10, "failed": 3}), Expected()),
]  # fmt: skip


@pytest.mark.parametrize(("known", "expected"), [case[1:] for case in NEGATIVE], ids=[case[0] for case in NEGATIVE])
def test_negative_is_well(known, expected):
    assert check(known, expected) == []


@pytest.mark.parametrize(("name", "known", "expected"), WRONG, ids=[f"{n}-{case[0]}" for n, case in enumerate(WRONG)])
def test_is_wrong(name, known, expected):
    assert name in [finding.check for finding in check(known, expected)]


def test_every_check_has_a_case():
    from storage.health import CHECKS

    assert {case[0] for case in WRONG} == set(CHECKS)
