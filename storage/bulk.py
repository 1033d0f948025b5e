"""Rows written many at once, by statements that are built once: building them anew for every group costs more than running them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect

Processor = Callable[[Any], Any]
PLACE = {"sqlite": "?", "postgresql": "%s"}
NEXT = {
    "sqlite": "SELECT n.value + (SELECT coalesce(max(id), 0) FROM {table}) FROM json_each(?) n",
    "postgresql": "SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM unnest(CAST(%s AS bigint[]))",
}


def insert_all(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the keys of the first one: names of columns. What a row lacks is left to the database."""
    if not rows:
        return
    sql, columns = _statement(table, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(sql, [tuple([row[name] if change is None else change(row[name]) for name, change in columns]) for row in rows])


def new_ids(connection: Connection, table: Any, number: int) -> list[int]:
    """The next numbers of a table whose only writer the caller is until it commits."""
    name = connection.dialect.name
    wanted = list(range(1, number + 1))
    found = connection.exec_driver_sql(NEXT[name].format(table=table.name), (as_list(connection, wanted),))
    return [int(row[0]) for row in found]


def as_list(connection: Connection, numbers: list[int]) -> Any:
    """Whole numbers as one parameter: of ``json_each`` on SQLite, of ``unnest`` on PostgreSQL."""
    return str(numbers) if connection.dialect.name == "sqlite" else numbers


@lru_cache(maxsize=64)
def _statement(table: Any, names: tuple[str, ...], dialect: Dialect) -> tuple[str, list[tuple[str, Processor | None]]]:
    columns = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]
    places = ", ".join(PLACE[dialect.name] for _ in names)
    listed = ", ".join(dialect.identifier_preparer.quote(name) for name in names)
    return f"INSERT INTO {table.name} ({listed}) VALUES ({places})", columns
