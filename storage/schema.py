"""Which version of the tables a database has, and bringing it to ours."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.engine import Engine

from storage.search.index import SCHEME, rebuild
from storage.tables import SearchStateRow

State = Literal["empty", "current", "older", "newer", "foreign"]
LOCK = 70213
HERE = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["connection"] = connection
    return made


def state(connection: Connection) -> State:
    """How the database's tables stand to this code."""
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        return "foreign" if names else "empty"
    script = ScriptDirectory.from_config(config())
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if current == script.get_current_head():
        scheme = connection.scalar(select(SearchStateRow.scheme)) or 0
        return "current" if scheme == SCHEME else "older" if scheme < SCHEME else "newer"
    if current is None:
        return "empty"
    return "older" if current in known else "newer"


def version(connection: Connection) -> str | None:
    """The revision of the database's tables; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Bring the database to this code's version, search index included, in one transaction."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))  # two first crawls must not both make the tables
        if state(connection) == "current":
            return
        command.upgrade(config(connection), "head")
        if connection.scalar(select(SearchStateRow.scheme)) != SCHEME:
            rebuild(connection)
