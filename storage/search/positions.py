"""Where an article stands in the order of time, so that an index walked backwards gives the newest first.

A position is ten-minute bucket times 64 plus a serial number. A full bucket's articles go to a later one, never to an
earlier: whoever walks down from the top and has come to position p has seen every article younger than p's bucket.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from storage.bulk import as_list

BITS = 6
WIDTH = 1 << BITS
SECONDS = 600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FARTHEST = 1 << 40
LAST_OF = f"SELECT b.value, (SELECT max(position) FROM articles WHERE position >= b.value AND position < b.value + {WIDTH}) FROM "
LAST = {"sqlite": f"{LAST_OF} json_each(?) b", "postgresql": f"{LAST_OF} unnest(CAST(%s AS bigint[])) b(value)"}


def floor(moment: datetime) -> int:
    """The lowest position that an article of this moment can have.

    >>> floor(EPOCH), floor(EPOCH + timedelta(minutes=25))
    (0, 128)
    """
    return ((moment - EPOCH) // timedelta(seconds=SECONDS)) << BITS


def youngest(position: int) -> datetime:
    """No article at or below the position is as young as this.

    >>> youngest(70).isoformat()
    '1970-01-01T00:20:00+00:00'
    """
    bucket = min((position >> BITS) + 1, (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=SECONDS))
    return EPOCH + timedelta(seconds=SECONDS * bucket)


class Positions:
    """Hands out free positions inside one write transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.free: dict[int, int] = {}
        self.spill = 0

    def look_up(self, moments: Iterable[datetime]) -> None:
        """Ask at once what is free in the buckets of many articles."""
        bases = sorted({floor(moment) for moment in moments} - self.free.keys())
        sql = LAST[self.connection.dialect.name]
        for base, last in self.connection.exec_driver_sql(sql, (as_list(self.connection, bases),)):
            self.free[base] = base if last is None else last + 1

    def take(self, moment: datetime) -> int:
        """A free position for an article of this moment."""
        start = floor(moment)
        base, step = start, 1
        while (place := self._next(base)) >= base + WIDTH:
            base, step = start + (step << BITS), step * 2
        self.free[base] = place + 1
        self.spill = max(self.spill, (base - start) >> BITS)
        return place

    def _next(self, base: int) -> int:
        if base not in self.free:
            last = self.connection.exec_driver_sql(LAST[self.connection.dialect.name], (as_list(self.connection, [base]),)).one()[1]
            self.free[base] = base if last is None else last + 1
        return self.free[base]

    def close(self) -> None:
        """Note the longest way an article was moved, which a search for older ones must know."""
        if self.spill:
            query = text("UPDATE search_state SET spill = :spill WHERE spill < :spill")
            self.connection.execute(query, {"spill": self.spill})
