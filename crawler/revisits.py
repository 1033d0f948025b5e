"""When an address is looked at again: articles by a ladder, listings as often as they bring something, failures later and later."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
TRIES, TRIES_BUSY = 4, 12
"""Fetches before an address is given up; a host that asks to wait (429, 503) is asked more often."""
BACK_OFF = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
FIRST, SHORTEST, LONGEST = 3600, 900, 7 * 86400
"""Seconds between visits of a listing: at first, at least, at most."""
RETRY_LEAST, RETRY_MOST = timedelta(seconds=1), timedelta(hours=1)


def rung(ladder: Sequence[str], visits: int, now: datetime) -> datetime | None:
    """When an article that was seen ``visits`` times before is seen again; None after the last rung.

    >>> rung(("1h", "1d"), 1, datetime(2026, 3, 1, tzinfo=UTC))
    datetime.datetime(2026, 3, 2, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if visits >= len(ladder):
        return None
    return now + timedelta(seconds=int(ladder[visits][:-1]) * UNITS[ladder[visits][-1]])


def listing_interval(last: int | None, new: int) -> int:
    """Seconds until a listing's next visit: half as long after new articles, half as long again after none.

    >>> listing_interval(None, 3), listing_interval(3600, 0), listing_interval(900, 5)
    (1800, 5400, 900)
    """
    interval = last or FIRST
    return max(SHORTEST, interval // 2) if new else min(LONGEST, interval * 3 // 2)


def next_try(attempts: int, now: datetime, *, busy: bool) -> datetime | None:
    """When a failed address is tried again, with jitter; None: given up until `scrapy retry`."""
    if attempts > (TRIES_BUSY if busy else TRIES) - 1:
        return None
    return now + jitter(BACK_OFF[min(attempts, len(BACK_OFF)) - 1])


def host_wait(failures: int) -> timedelta:
    """How long a host is left alone after so many failures in a row: 1 min doubled each time, an hour at most, with jitter."""
    return jitter(min(timedelta(minutes=1) * 2 ** min(failures - 1, 10), RETRY_MOST))


def jitter(wait: timedelta) -> timedelta:
    return wait * random.uniform(0.8, 1.2)


def retry_after(header: bytes | None, now: datetime) -> timedelta | None:
    """The wait that a Retry-After header asks for (RFC 9110, 10.2.3), between a second and an hour; None: no readable one.

    >>> retry_after(b"120", datetime.now(UTC)), retry_after(b"soon", datetime.now(UTC)), retry_after(b"9" * 30, datetime.now(UTC))
    (datetime.timedelta(seconds=120), None, datetime.timedelta(seconds=3600))
    """
    value = (header or b"").decode("latin-1").strip()[:64]
    if value.isascii() and value.isdigit():
        return max(RETRY_LEAST, min(RETRY_MOST, timedelta(seconds=min(int(value), 10**6))))
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return max(RETRY_LEAST, min(RETRY_MOST, when - now))
