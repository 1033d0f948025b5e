"""Which version of the tables a database has, and bringing it to ours."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.engine import Engine

from storage.search.index import SCHEME, rebuild
from storage.tables import SearchStateRow

if TYPE_CHECKING:
    from alembic.config import Config

State = Literal["empty", "current", "older", "newer", "foreign"]
LOCK = 70213
HERE = Path(__file__).parent / "migrations"


@cache
def revisions() -> tuple[frozenset[str], str]:
    """(all revisions, the newest), as the migrations' files name them. Alembic tells the same and takes a sixth of a second to import."""
    texts = [path.read_text("utf-8") for path in (HERE / "versions").glob("*.py")]
    known = {found for text in texts for found in re.findall(r'^revision = "(\w+)"', text, re.M)}
    followed = {found for text in texts for found in re.findall(r'^down_revision = "(\w+)"', text, re.M)}
    (head,) = known - followed
    return frozenset(known), head


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["connection"] = connection
    return made


def state(connection: Connection) -> State:
    """How the database's tables stand to this code."""
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        return "foreign" if names else "empty"
    known, head = revisions()
    current = version(connection)
    if current == head:
        scheme = connection.scalar(select(SearchStateRow.scheme)) or 0
        return "current" if scheme == SCHEME else "older" if scheme < SCHEME else "newer"
    if current is None:
        return "empty"
    return "older" if current in known else "newer"


def version(connection: Connection) -> str | None:
    """The revision of the database's tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def upgrade(engine: Engine) -> None:
    """Bring the database to this code's version, search index included, in one transaction."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))  # two first crawls must not both make the tables
        if state(connection) == "current":
            return
        from alembic import command

        command.upgrade(config(connection), "head")
        if connection.scalar(select(SearchStateRow.scheme)) != SCHEME:
            rebuild(connection)
