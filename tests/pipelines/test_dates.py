"""Dates as pages print them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.dates import date_from_url, find_date

ZONE = ZoneInfo("Asia/Shanghai")
FETCHED = datetime(2026, 3, 18, 4, tzinfo=UTC)
NONE = (
    "Copyright 2024-01-01", "版权所有 2019-2024", "© 2024-05-06", "13月40日", "99.99.99", "2099年1月1日", "1901-01-01", "2024-13-01", "2023-02-30", "24:00", "",
    "编号20240501号", "距今113年5个月", "上午9时30分", "共2024条", "电话 2024-1234567", "2026-03-25 10:00",
)  # fmt: skip
CASES = {
    "2022年02月13日07:48": ("2022-02-13T07:48:00+08:00", "minute"),
    "2009年11月09日00:00": ("2009-11-09T00:00:00+08:00", "minute"),
    "二〇二四年三月五日": ("2024-03-05T00:00:00+08:00", "day"),
    "二○二四年十二月三十一日": ("2024-12-31T00:00:00+08:00", "day"),
    "民國113年3月5日": ("2024-03-05T00:00:00+08:00", "day"),
    "民國113年3月5日 下午3時20分": ("2024-03-05T15:20:00+08:00", "minute"),
    "昨天 10:20": ("2026-03-17T10:20:00+08:00", "minute"),
    "前天 08:01": ("2026-03-16T08:01:00+08:00", "minute"),
    "3小时前": ("2026-03-18T09:00:00+08:00", "minute"),
    "5天前": ("2026-03-13T12:00:00+08:00", "day"),
    "3月5日 10:20": ("2026-03-05T10:20:00+08:00", "minute"),
    "12-31 10:20": ("2025-12-31T10:20:00+08:00", "minute"),
    "2022.01.20 16:31": ("2022-01-20T16:31:00+08:00", "minute"),
    "2024-03-05T08:00:00Z": ("2024-03-05T08:00:00+00:00", "second"),
    "2024-03-05T08:00:00+0900": ("2024-03-05T08:00:00+09:00", "second"),
    "2024年3月5日 下午3:20": ("2024-03-05T15:20:00+08:00", "minute"),
    "2024年3月5日 凌晨0点5分": ("2024-03-05T00:05:00+08:00", "minute"),
    "2024年3月5日 凌晨12:30": ("2024-03-05T00:30:00+08:00", "minute"),
    "2024年3月5日上午9时": ("2024-03-05T09:00:00+08:00", "minute"),
    "2024年3月5日 中午1点": ("2024-03-05T13:00:00+08:00", "minute"),
    "2024年3月5日 晚上9：05": ("2024-03-05T21:05:00+08:00", "minute"),
    "2024年3月5日凌晨": ("2024-03-05T00:00:00+08:00", "day"),
    "2024-3-5 03:15 PM": ("2024-03-05T15:15:00+08:00", "minute"),
    "2024-03-05 星期二 08:00:09": ("2024-03-05T08:00:09+08:00", "second"),
    "2019-05-1720:33:49": ("2019-05-17T20:33:49+08:00", "second"),
    "2023 11/ 17 20:52:15": ("2023-11-17T20:52:15+08:00", "second"),
    "Nov. 19, 2019 8:03 a.m.": ("2019-11-19T08:03:00+08:00", "minute"),
    "19 November 2019": ("2019-11-19T00:00:00+08:00", "day"),
    "Tue, 05 Mar 2024 08:00:00 +0800": ("2024-03-05T08:00:00+08:00", "second"),
    "十一月 6th, 2009": ("2009-11-06T00:00:00+08:00", "day"),
    "6 十一月, 2009": ("2009-11-06T00:00:00+08:00", "day"),
    "五月 1, 2024 10:20": ("2024-05-01T10:20:00+08:00", "minute"),
    "2024年五月1日": ("2024-05-01T00:00:00+08:00", "day"),
    "２０２４年５月１日 １０：２０": ("2024-05-01T10:20:00+08:00", "minute"),
    "發佈時間：113年5月1日 10:20": ("2024-05-01T10:20:00+08:00", "minute"),
    "20240501102030": ("2024-05-01T10:20:30+08:00", "second"),
    "20240501": ("2024-05-01T00:00:00+08:00", "day"),
    "Wed May 01 2024 10:20:00 GMT+0800": ("2024-05-01T10:20:00+08:00", "minute"),
    "2024年3月5日，第12届": ("2024-03-05T00:00:00+08:00", "day"),
}
URLS = {
    "http://n.example/n1/2022/0213/c1-2.html": "2022-02-13",
    "http://n.example/202202/t20220213_1234.html": "2022-02-13",
    "http://n.example/html/2026-03/18/content_1.htm": "2026-03-18",
    "http://n.example/2022/2/13/x.html": "2022-02-13",
}
NO_URLS = (
    "http://n.example/2160/99/01.htm", "http://n.example/20990101/1.htm", "http://n.example/news/1234567890.html",
    "http://n.example/19470101/1.htm", "http://n.example/20260325/1.htm", "http://n.example/doc-ihqfskcn20211305.html",
)  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_no_date_is_invented(text):
    assert find_date(text, zone=ZONE, fetched_at=FETCHED) is None


@pytest.mark.parametrize("url", NO_URLS)
def test_numbers_in_an_address_are_no_date(url):
    assert date_from_url(url, zone=ZONE, fetched_at=FETCHED) is None


@pytest.mark.parametrize("text", CASES)
def test_date(text):
    found = find_date(text, zone=ZONE, fetched_at=FETCHED)
    assert found is not None
    assert (found.when.isoformat(), found.precision) == CASES[text]


@pytest.mark.parametrize("url", URLS)
def test_date_in_an_address(url):
    found = date_from_url(url, zone=ZONE, fetched_at=FETCHED)
    assert found is not None
    assert (found.when.date().isoformat(), found.precision) == (URLS[url], "day")


@pytest.mark.parametrize("text", ["昨天 10:20", "3小时前", "3月5日 10:20"])
def test_relative_dates_stay_unread_without_a_fetch_time(text):
    assert find_date(text, zone=ZONE) is None


def test_the_characters_that_were_read_are_kept():
    found = find_date("发布时间：2022-02-13 （07:48）来源：县报", zone=ZONE)
    assert found is not None
    assert found.raw == "2022-02-13 （07:48"
