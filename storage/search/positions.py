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
        self.moved: dict[int, int] = {}
        """{lowest position of a moment: buckets by which its articles are moved at present}."""
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
        moved = self._moved(start)
        self.moved[start], self.spill = moved, max(self.spill, moved)
        base = start + (moved << BITS)
        place = self._next(base)
        self.free[base] = place + 1
        return place

    def _moved(self, start: int) -> int:
        """Buckets from ``start`` to one with room, behind a full one: a day without a clock time may have any number of articles."""
        full, step = self.moved.get(start, 0), 1
        if self._has_room(start, full):
            return full
        while not self._has_room(start, full + step):
            full, step = full + step, step * 2
        room = full + step
        while room - full > 1:
            between = (full + room) // 2
            full, room = (full, between) if self._has_room(start, between) else (between, room)
        return room

    def _has_room(self, start: int, moved: int) -> bool:
        base = start + (moved << BITS)
        return self._next(base) < base + WIDTH

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
