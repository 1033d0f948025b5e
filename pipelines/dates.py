"""Dates as Chinese news pages print them. Never invented, never a copyright year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from crawler.items import Precision

LONGEST = 400
"""Characters that are searched; a date line is shorter."""
DIGITS = {ord(a): b for a, b in zip("〇○零一二三四五六七八九０１２３４５６７８９：", "000123456789" + "0123456789:", strict=True)}

CLOCK = r"(?:\D{0,4}?(上午|下午|晚上?|早上|凌晨|中午)?\s*(\d{1,2})\s*[:时時点]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2}))?)?"
FULL = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*(?:[-/.]|年)\s*(0?[1-9]|1[0-2])\s*(?:[-/.]|月)\s*(3[01]|[12]\d|0?[1-9])(?!\d)\s*[日号]?"
    r"(?:T|\s|&nbsp;|,|，|\||\(|（|星期.|周.|\)|）)*" + CLOCK + r"(?:\.\d{1,6})?\s*(Z|[+-]\d{2}:?\d{2})?"
)
COMPACT_CLOCK = re.compile(r"(?<!\d)(20\d{2})[-/.]?(0[1-9]|1[0-2])[-/.]?(3[01]|[12]\d|0[1-9])\s*(\d{2}):(\d{2})(?::(\d{2}))?")
ROC = re.compile(r"民[國国]\s*(\d{2,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日" + CLOCK)
HANZI = re.compile(r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
AGO = re.compile(r"(\d{1,3})\s*(秒|分钟|分鐘|小时|小時|天)\s*(?:之)?前")
NAMED_DAY = re.compile(r"(今天|今日|昨天|昨日|前天)" + CLOCK)
MONTH_DAY = re.compile(r"(?<![\d./年-])(0?[1-9]|1[0-2])\s*(?:-|月)\s*(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?\s*" + CLOCK)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
ENGLISH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d{2})"
    r"(?:,?\s+(?:at\s+)?(\d{1,2}):(\d{2})\s*([ap])\.?m)?", re.I
)  # fmt: skip
ENGLISH_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+((?:19|20)\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d{2}))?", re.I
)  # fmt: skip
RFC822 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC)")
IN_URL = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/_]?(0[1-9]|1[0-2])[-/_]?(3[01]|[12]\d|0[1-9])(?!\d)")
MONTH_IN_URL = re.compile(r"/((?:19|20)\d{2})[-/]?(0[1-9]|1[0-2])/(3[01]|[12]\d|0?[1-9])/")
AFTERNOON = ("下午", "晚", "晚上")


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
    for reader in (_rfc822, _full, _roc, _hanzi, _english):
        found = reader(text, zone)
        if found and possible(found.when, fetched_at):
            return found
    found = _relative(text, zone, fetched_at) if fetched_at else None
    return found if found and possible(found.when, fetched_at) else None


def possible(when: datetime, fetched_at: datetime | None) -> bool:
    """Whether a page can be of that date: not before the web had newspapers, not after its fetch."""
    latest = (fetched_at or datetime.now(when.tzinfo)) + timedelta(days=2)
    return when.year >= 1990 and when <= latest


def date_from_url(url: str, *, zone: ZoneInfo) -> Found | None:
    """The day in an address such as ``/2026-03/18/content_1.htm`` or ``/t20260318_1.html``.

    >>> date_from_url("http://n.example/html/2026-03/18/content_1.htm", zone=ZoneInfo("Asia/Shanghai")).raw
    '2026-03/18'
    """
    for pattern in (IN_URL, MONTH_IN_URL):
        if match := pattern.search(url):
            return _made(match.group(0).strip("/"), zone, [int(x) for x in match.groups()], None)
    return None


def _made(raw: str, zone: ZoneInfo | timezone, day: list[int], clock: tuple[str | None, str, str, str | None] | None) -> Found | None:
    precision: Precision = "day"
    hour = minute = second = 0
    if clock:
        half, h, m, s = clock
        hour, minute, second = int(h), int(m), int(s or 0)
        if half in AFTERNOON and hour < 12:
            hour += 12
        precision = "second" if s else "minute"
    try:
        return Found(datetime(day[0], day[1], day[2], hour, minute, second, tzinfo=zone), precision, raw.strip())  # type: ignore[misc,arg-type]  # day has three
    except ValueError:
        return None


def _clock(groups: tuple[str | None, ...]) -> tuple[str | None, str, str, str | None] | None:
    half, h, m, s = groups
    return (half, h, m, s) if h and m and int(h) < 25 and int(m) < 60 else None


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
        read_clock = _clock(tuple(clock))
        found = _made(match.group(0), _zone(offset) or zone, [int(year), int(month), int(day)], read_clock)
        if found:
            return found
    if compact := COMPACT_CLOCK.search(text):
        year, month, day, h, m, s = compact.groups()
        return _made(compact.group(0), zone, [int(year), int(month), int(day)], (None, h, m, s))
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
    year, month, day = match.groups()
    return _made(match.group(0), zone, [int(year.translate(DIGITS)), _number(month), _number(day)], None)


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
        clock = (None, h, m, None) if h else None
        return _made(match.group(0), zone, [int(year), MONTHS.index(month[:3].lower()) + 1, int(day)], clock)
    return None


def _twelve(h: str | None, m: str | None, half: str | None) -> tuple[None, str, str, None] | None:
    if not h or not m or not half:
        return None
    return None, str(int(h) % 12 + (12 if half.lower() == "p" else 0)), m, None


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
