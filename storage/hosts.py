"""What hosts asked of us, kept across restarts: waits and requests a day, counted over all sites of a host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, select

from storage.tables import HostRow
from storage.writer import INSERT


@dataclass(slots=True)
class HostState:
    """A host as this process knows it."""

    not_before: datetime | None = None
    failures: int = 0
    day: str = ""
    fetched: int = 0
    unsaved: int = 0
    """Requests sent since the last save."""
    changed: bool = False


def load(connection: Connection, hosts: Iterable[str]) -> dict[str, HostState]:
    """The known states of hosts."""
    rows = connection.execute(select(HostRow.__table__).where(HostRow.host.in_(list(hosts))))
    return {row.host: HostState(row.not_before, row.failures, row.day or "", row.fetched) for row in rows}


def save(connection: Connection, host: str, state: HostState, sent: int) -> int:
    """Write a state, adding ``sent`` requests; all requests of that host today, other processes' too."""
    statement = INSERT[connection.dialect.name](HostRow).values(
        host=host, not_before=state.not_before, failures=state.failures, day=state.day, fetched=sent
    )
    same_day = HostRow.day == statement.excluded.day
    changed = {
        "not_before": statement.excluded.not_before, "failures": statement.excluded.failures, "day": statement.excluded.day,
        "fetched": case((same_day, HostRow.fetched + statement.excluded.fetched), else_=statement.excluded.fetched),
    }  # fmt: skip
    told = connection.scalar(statement.on_conflict_do_update(index_elements=["host"], set_=changed).returning(HostRow.fetched))
    return int(told or 0)
