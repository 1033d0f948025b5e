"""Dates as Chinese news pages print them. Never invented, never a copyright year."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from crawler.items import Precision

LONGEST = 400
"""Characters that are searched; a date line is shorter."""
DIGIT = re.compile(r"\d")
DIGITS = {ord(a): b for a, b in zip("〇○零一二三四五六七八九０１２３４５６７８９：", "000123456789" + "0123456789:", strict=True)}

HALF = r"(上午|下午|晚上?|早上|早晨|清晨|凌晨|中午|傍晚|夜间|AM|PM|am|pm)"
CLOCK = (
    rf"(?:[^\d\n]{{0,4}}?{HALF}?\s*(\d{{1,2}})(?:\s*[:：]\s*(\d{{1,2}})(?:\s*[:：]\s*(\d{{1,2}}))?"
    r"|\s*[时時点點](?:\s*(\d{1,2})\s*分?(?:\s*(\d{1,2})\s*秒)?)?)(?:\s*(AM|PM|am|pm|a\.m\.|p\.m\.)\b)?)?"
)
"""A clock: half of the day, hour, then minute and second after colons or after 时 and 分; seven groups."""
FULL = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:\s*(?:[-/.]|年)\s*|\s+(?=\d{1,2}\s?/))(0?[1-9]|1[0-2])\s*(?:[-/.]|月)\s*(3[01]|[12]\d|0?[1-9])(?!\d)\s*[日号]?"
    r"(?:T|\s|&nbsp;|,|，|\||\(|（|星期.|周.|\)|）)*" + CLOCK + r"(?:\.\d{1,6})?\s*(Z|[+-]\d{2}:?\d{2})?"
)
COMPACT_CLOCK = re.compile(r"(?<!\d)(20\d{2})[-/.]?(0[1-9]|1[0-2])[-/.]?(3[01]|[12]\d|0[1-9])\s*(\d{2}):(\d{2})(?::(\d{2}))?")
ROC = re.compile(r"(?:民[國国]\s*|(?<!\d)(?=1\d\d\s*年))(\d{2,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日" + CLOCK)
HANZI = re.compile(r"([〇○Ｏ０零一二三四五六七八九]{4}|(?:19|20)\d{2})\s*年\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*月\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*日" + CLOCK)
MONTH_FIRST = re.compile(r"(?<!\d)([一二三四五六七八九十]{1,2}|1?\d)\s?月\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d{2})(?!\d)" + CLOCK)
DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\s+([一二三四五六七八九十]{1,2}|1?\d)\s?月,?\s+((?:19|20)\d{2})(?!\d)" + CLOCK)
"""十一月 6th, 2009: a weblog's English order with Chinese months."""
WIDE = re.compile("[０-９]")
STAMP = re.compile(r"\s*(20\d{2})(0[1-9]|1[0-2])(3[01]|[12]\d|0[1-9])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d))?\s*")
"""20240501102030 and nothing else, as a page's head gives it."""
AGO = re.compile(r"(\d{1,3})\s*(秒|分钟|分鐘|小时|小時|天)\s*(?:之)?前")
NAMED_DAY = re.compile(r"(今天|今日|昨天|昨日|前天)" + CLOCK)
MONTH_DAY = re.compile(r"(?<![\d./年-])(0?[1-9]|1[0-2])\s*(?:-|月)\s*(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?\s*" + CLOCK)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
ENGLISH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d{2})"
    r"(?:,?\s+(?:at\s+)?(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*([ap])\.?m|(?=\s+(?:GMT|UTC|CST)\b)))?", re.I
)  # fmt: skip
ENGLISH_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+((?:19|20)\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d{2}))?", re.I
)  # fmt: skip
RFC822 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC)")
IN_URL = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/_]?(0[1-9]|1[0-2])[-/_]?(3[01]|[12]\d|0[1-9])(?!\d)")
MONTH_IN_URL = re.compile(r"/((?:19|20)\d{2})[-/]?(0?[1-9]|1[0-2])/(3[01]|[12]\d|0?[1-9])/")
AFTERNOON = frozenset(["下午", "晚", "晚上", "傍晚", "夜间", "pm", "p.m."])
MORNING = frozenset(["凌晨", "am", "a.m."])
EARLIEST = 1990
"""No page on the web is older."""
FIRST_URL = 1995
Clock = tuple[int, int, int | None]
"""Hour, minute and, where it is printed, second."""


@dataclass(frozen=True, slots=True)
class Found:
    """A date on a page."""

    when: datetime
    precision: Precision
    raw: str


def find_date(text: str, *, zone: ZoneInfo, fetched_at: datetime | None = None) -> Found | None:
    """The first date in ``text``; None where there is none that can be.

    Relative dates and dates without a year are read against ``fetched_at`` only.

    >>> find_date("发布时间：2022年02月13日07:48", zone=ZoneInfo("Asia/Shanghai")).when.isoformat()
    '2022-02-13T07:48:00+08:00'
    """
    text = text[:LONGEST]
    if WIDE.search(text):
        found = find_date(text.translate(DIGITS), zone=zone, fetched_at=fetched_at)
        at = text.translate(DIGITS).find(found.raw) if found else 0
        return replace(found, raw=text[at : at + len(found.raw)]) if found else None
    for reader in (_rfc822, _full, _roc, _hanzi, _mixed, _english) if DIGIT.search(text) or "年" in text else ():
        found = reader(text, zone)
        if found and possible(found.when, fetched_at):
            return found
    found = _relative(text, zone, fetched_at) if fetched_at else None
    return found if found and possible(found.when, fetched_at) else None


def possible(when: datetime, fetched_at: datetime | None) -> bool:
    """Whether a page can be of that date: not before the web had newspapers, not after its fetch."""
    latest = (fetched_at or datetime.now(when.tzinfo)) + timedelta(days=2)
    return when.year >= EARLIEST and when <= latest


def date_from_url(url: str, *, zone: ZoneInfo, fetched_at: datetime | None = None) -> Found | None:
    """The day in an address such as ``/2026-03/18/content_1.htm`` or ``/t20260318_1.html``.

    Not before 1995, nor after the fetch: other digits in addresses are numbers of articles.

    >>> date_from_url("http://n.example/html/2026-03/18/content_1.htm", zone=ZoneInfo("Asia/Shanghai")).raw
    '2026-03/18'
    """
    for pattern in (IN_URL, MONTH_IN_URL):
        for match in pattern.finditer(url):
            found = _made(match.group(0).strip("/"), zone, [int(x) for x in match.groups()], None)
            if found and found.when.year >= FIRST_URL and possible(found.when, fetched_at):
                return found
    return None


def _made(raw: str, zone: ZoneInfo | timezone, day: list[int], clock: Clock | None) -> Found | None:
    hour, minute, second = clock or (0, 0, None)
    precision: Precision = "day" if clock is None else "minute" if second is None else "second"
    try:
        return Found(datetime(day[0], day[1], day[2], hour, minute, second or 0, tzinfo=zone), precision, raw.strip(" \t\n|,，(（"))
    except ValueError:
        return None


def _clock(groups: tuple[str | None, ...]) -> Clock | None:
    """The time of day in the groups of `CLOCK`; None where none is printed or none can be.

    >>> _clock(("凌晨", "12", None, None, "5", None, None)), _clock(("下午", "3", None, None, None, None, None))
    ((0, 5, None), (15, 0, None))
    """
    half, h, colon_minute, colon_second, minute, second, suffix = groups
    if h is None:
        return None
    hour, m = int(h), int(colon_minute or minute or 0)
    s = colon_second or second
    part = (half or suffix or "").lower()
    if part in AFTERNOON and hour < 12 or part == "中午" and hour < 10:
        hour += 12
    elif part in MORNING and hour == 12:
        hour = 0
    return (hour, m, int(s) if s else None) if hour < 24 and m < 60 and int(s or 0) < 60 else None


def _rfc822(text: str, zone: ZoneInfo) -> Found | None:
    match = RFC822.search(text)
    if not match:
        return None
    try:
        return Found(parsedate_to_datetime(match.group(0)), "second", match.group(0))
    except ValueError:
        return None


def _full(text: str, zone: ZoneInfo) -> Found | None:
    for match in FULL.finditer(text):
        year, month, day, *clock, offset = match.groups()
        if _copyright(text, match.start()):
            continue
        found = _made(match.group(0), _zone(offset) or zone, [int(year), int(month), int(day)], _clock(tuple(clock)))
        if found:
            return found
    if stamp := STAMP.fullmatch(text):
        year, month, day, h, m, s = stamp.groups()
        return _made(stamp.group(0), zone, [int(year), int(month), int(day)], (int(h), int(m), int(s)) if h else None)
    if compact := COMPACT_CLOCK.search(text):
        year, month, day, h, m, s = compact.groups()
        return _made(compact.group(0), zone, [int(year), int(month), int(day)], (int(h), int(m), int(s) if s else None))
    return None


def _copyright(text: str, at: int) -> bool:
    before = text[max(0, at - 12) : at].lower()
    return any(mark in before for mark in ("copyright", "©", "(c)", "版权所有"))


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset == "Z":
        return timezone(timedelta(0))
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "")
    if int(digits[:2]) > 14 or int(digits[2:]) > 59:
        return None
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _roc(text: str, zone: ZoneInfo) -> Found | None:
    match = ROC.search(text)
    if not match:
        return None
    year, month, day, *clock = match.groups()
    return _made(match.group(0), zone, [int(year) + 1911, int(month), int(day)], _clock(tuple(clock)))


def _hanzi(text: str, zone: ZoneInfo) -> Found | None:
    match = HANZI.search(text)
    if not match:
        return None
    year, month, day, *clock = match.groups()
    return _made(match.group(0), zone, [int(year.translate(DIGITS)), _number(month), _number(day)], _clock(tuple(clock)))


def _mixed(text: str, zone: ZoneInfo) -> Found | None:
    if "月" not in text:
        return None
    if match := MONTH_FIRST.search(text):
        month, day, year, *clock = match.groups()
    elif match := DAY_FIRST.search(text):
        day, month, year, *clock = match.groups()
    else:
        return None
    return _made(match.group(0), zone, [int(year), _number(month), int(day)], _clock(tuple(clock)))


def _number(text: str) -> int:
    """1 to 99 in Chinese numerals.

    >>> _number("二十三"), _number("十"), _number("五")
    (23, 10, 5)
    """
    tens, ten, ones = text.rpartition("十")
    value = int(ones.translate(DIGITS)) if ones else 0
    return value + (10 * (int(tens.translate(DIGITS)) if tens else 1) if ten else 0)


def _english(text: str, zone: ZoneInfo) -> Found | None:
    if match := ENGLISH.search(text):
        month, day, year, h, m, half = match.groups()
        number = MONTHS.index(month[:3].lower()) + 1
        return _made(match.group(0), zone, [int(year), number, int(day)], _twelve(h, m, half))
    if match := ENGLISH_DAY_FIRST.search(text):
        day, month, year, h, m = match.groups()
        clock = (int(h), int(m), None) if h else None
        return _made(match.group(0), zone, [int(year), MONTHS.index(month[:3].lower()) + 1, int(day)], clock)
    return None


def _twelve(h: str | None, m: str | None, half: str | None) -> Clock | None:
    if not h or not m:
        return None
    if not half:
        return int(h), int(m), None
    return int(h) % 12 + (12 if half.lower() == "p" else 0), int(m), None


UNITS = {"秒": "seconds", "分钟": "minutes", "分鐘": "minutes", "小时": "hours", "小時": "hours", "天": "days"}
BACK = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}


def _relative(text: str, zone: ZoneInfo, fetched_at: datetime) -> Found | None:
    now = fetched_at.astimezone(zone)
    if match := AGO.search(text):
        number, unit = match.groups()
        precision: Precision = "day" if unit == "天" else "minute"
        return Found(now - timedelta(**{UNITS[unit]: int(number)}), precision, match.group(0))
    if match := NAMED_DAY.search(text):
        day = now - timedelta(days=BACK[match.group(1)])
        return _made(match.group(0), zone, [day.year, day.month, day.day], _clock(match.groups()[1:]))
    if match := MONTH_DAY.search(text):
        month, day_, *clock = match.groups()
        year = now.year if (int(month), int(day_)) <= (now.month, now.day) else now.year - 1
        return _made(match.group(0), zone, [year, int(month), int(day_)], _clock(tuple(clock)))
    return None
