"""Dates as pages print them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.dates import find_date

ZONE = ZoneInfo("Asia/Shanghai")
FETCHED = datetime(2026, 3, 18, 4, tzinfo=UTC)
CASES = {
    "2022年02月13日07:48": ("2022-02-13T07:48:00+08:00", "minute"),
    "二〇二四年三月五日": ("2024-03-05T00:00:00+08:00", "day"),
    "民國113年3月5日": ("2024-03-05T00:00:00+08:00", "day"),
    "昨天 10:20": ("2026-03-17T10:20:00+08:00", "minute"),
    "3小时前": ("2026-03-18T09:00:00+08:00", "minute"),
    "2022.01.20 16:31": ("2022-01-20T16:31:00+08:00", "minute"),
    "2024-03-05T08:00:00Z": ("2024-03-05T08:00:00+00:00", "second"),
    "2024年3月5日 下午3:20": ("2024-03-05T15:20:00+08:00", "minute"),
}
NONE = ("Copyright 2024-01-01", "13月40日", "99.99.99", "版权所有 2019-2024", "2099年1月1日", "1901-01-01", "")


@pytest.mark.parametrize("text", NONE)
def test_no_date_is_invented(text):
    assert find_date(text, zone=ZONE, fetched_at=FETCHED) is None


@pytest.mark.parametrize("text", CASES)
def test_date(text):
    found = find_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found is not None
    assert (found.when.isoformat(), found.precision) == CASES[text]


def test_relative_dates_stay_unread_without_a_fetch_time():
    assert find_date("昨天 10:20", zone=ZONE) is None
