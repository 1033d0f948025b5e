"""When a site is due: a cron expression in a time zone, with the meaning that Debian's cron gives it.

The parser is CronSim. Five fields: minute, hour, day of month, month, day of week. Where clocks are put forward, a job at
a skipped time runs right after; where they are put back, a job at a fixed time runs once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

FIELDS = 5
COUNTED = 10_000
FOLD = timedelta(hours=3)
"""No zone puts its clocks back further. CronSim reads a fixed time without its fold, so a start inside the repeated
hour is moved out of it, and what it then names too early or too late is left out."""


class BadCron(ValueError):
    """An expression that names no time; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Due:
    """The planned times in a span."""

    first: datetime
    latest: datetime
    number: int
    """How many, `COUNTED` at most."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression in a zone. Raises `BadCron`.

    >>> Cron("30 6 * * MON-FRI", ZoneInfo("Asia/Shanghai")).after(datetime(2026, 11, 21, tzinfo=UTC)).isoformat()
    '2026-11-22T22:30:00+00:00'
    """

    expression: str
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if len(self.expression.split()) != FIELDS:  # a sixth field would be read as seconds, and in front
            raise BadCron(f"{self.expression!r} must have five fields: minute hour day month weekday, as in '*/30 6-23 * * *'")
        try:
            next(CronSim(self.expression, datetime(2026, 1, 1, tzinfo=UTC)))
        except CronSimError as error:
            raise BadCron(f"{self.expression!r}: {error}; fields are minute hour day month weekday, as in '*/30 6-23 * * *'") from None
        except StopIteration:
            raise BadCron(f"{self.expression!r} names no day that exists") from None

    def after(self, moment: datetime) -> datetime:
        """The first planned time after a moment; UTC."""
        for found in CronSim(self.expression, (moment - FOLD).astimezone(self.zone)):
            if found.astimezone(UTC) > moment:
                return found.astimezone(UTC)
        raise BadCron(f"{self.expression!r} names no day in the next 50 years")

    def due(self, since: datetime, until: datetime) -> Due | None:
        """The planned times with ``since`` < time <= ``until``; None where there are none."""
        times: list[datetime] = []
        for found in CronSim(self.expression, (until + FOLD).astimezone(self.zone), reverse=True):
            moment = found.astimezone(UTC)
            if moment <= since - FOLD or len(times) >= COUNTED:
                break
            if since < moment <= until:
                times.append(moment)
        return Due(min(times), max(times), len(times)) if times else None
