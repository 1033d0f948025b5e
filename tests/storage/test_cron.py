"""Cron expressions: what is refused, and what happens when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.sites import BadSite
from crawler.sites.site import parse
from storage.cron import BadCron, Cron


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["", "* * * *", "0 * * * * *", "61 * * * *", "* 25 * * *", "0 0 31 2 *", "every day", "@daily", "*/0 * * * *", "0 0 30 2 *"])
def test_negative_is_refused_with_the_order_of_the_fields(wrong, tmp_path):
    with pytest.raises(BadCron):
        Cron(wrong, ZoneInfo("UTC"))
    with pytest.raises(BadSite, match="'schedule'"):
        parse({"start": ["https://a.example/"], "schedule": wrong}, tmp_path / "a.toml")


CHANGES = [
    ("skipped time runs right after", "30 2 * * *", "America/New_York", "2026-03-08T05:00", "2026-03-08T12:00", ["2026-03-08T07:00"]),
    ("repeated fixed time runs once", "30 1 * * *", "America/New_York", "2026-11-01T04:00", "2026-11-01T12:00", ["2026-11-01T05:30"]),
    ("repeated interval runs on", "*/30 1 * * *", "America/New_York", "2026-11-01T04:00", "2026-11-01T12:00", ["2026-11-01T05:00", "2026-11-01T05:30", "2026-11-01T06:00", "2026-11-01T06:30"]),
    ("no change in China", "0 8 * * *", "Asia/Shanghai", "2026-03-08T00:00", "2026-03-09T00:00", ["2026-03-09T00:00"]),
    ("weekday and day of month either", "0 0 13 * 5", "UTC", "2026-02-01T00:00", "2026-02-15T00:00", ["2026-02-06T00:00", "2026-02-13T00:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "zone", "since", "until", "times"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_times(expression, zone, since, until, times):
    cron, moment, found = Cron(expression, ZoneInfo(zone)), at(since), []
    while (moment := cron.after(moment)) <= at(until):
        found.append(moment)
    assert found == [at(time) for time in times]
    due = cron.due(at(since), at(until))
    assert (due.first, due.latest, due.number) == (found[0], found[-1], len(found))


def test_nothing_is_due_in_an_empty_span():
    assert Cron("0 0 1 1 *", ZoneInfo("UTC")).due(at("2026-02-01T00:00"), at("2026-03-01T00:00")) is None


def test_a_start_inside_the_repeated_hour_names_no_past_time():
    cron, inside = Cron("30 1 * * *", ZoneInfo("America/New_York")), at("2026-11-01T06:10")
    assert cron.after(inside) == at("2026-11-02T06:30")
    assert cron.due(inside - timedelta(hours=1), inside).latest == at("2026-11-01T05:30")
