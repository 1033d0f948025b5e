"""The database's clock: one for every machine that shares an archive."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

NOW = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgresql": "SELECT clock_timestamp()",  # now() stands still inside a transaction
}


def now(connection: Connection) -> datetime:
    """The time of the database, aware, UTC.

    >>> from storage.archive import Archive
    >>> with Archive("sqlite://") as archive, archive.read() as connection:
    ...     now(connection).tzinfo
    datetime.timezone.utc
    """
    value = connection.exec_driver_sql(NOW[connection.dialect.name]).scalar_one()
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)
