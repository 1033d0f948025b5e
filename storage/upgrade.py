"""An older archive brought to this version: a copy first where it is one file, then every migration in one transaction."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Engine

from storage import schema
from storage.archive import BadArchive, connect, refusal
from storage.families.recluster import unsigned
from storage.search.index import rebuild


def upgrade(database_url: str, backup: Path | None = None, *, reindex: bool = False) -> str:
    """What was done, in a line. Raises `BadArchive` where the archive is newer, foreign, or cannot be copied.

    A process that is killed on the way leaves the archive as it was: SQLite and PostgreSQL both undo the transaction.
    """
    engine = connect(database_url)
    try:
        with engine.connect() as connection:
            state, version = schema.state(connection), schema.version(connection)
        if state not in ("current", "older"):
            raise BadArchive(refusal(state, engine) or "there is no archive yet; the first crawl makes one")
        if state == "current" and not reindex:
            return f"the archive is of this version ({version}) already; nothing to do{_families(engine)}"
        kept = _copy(engine, version, backup)
        schema.upgrade(engine)
        if reindex:
            with engine.connect().execution_options(writing=True) as connection, connection.begin():
                rebuild(connection)
        with engine.connect() as connection:
            new = schema.version(connection)
        return f"the archive went from version {version} to {new}{kept}{_families(engine)}"
    finally:
        engine.dispose()


def _families(engine: Engine) -> str:
    """Words about articles that no family search finds, where there are any."""
    with engine.connect() as connection:
        missing = unsigned(connection, 1)
    return "; some articles are not in the index of families: `scrapy families --recluster` enters them" if missing else ""


def _copy(engine: Engine, version: str | None, backup: Path | None) -> str:
    """Copy a SQLite archive and have the copy checked; words about where it is."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name:
        return "; its server's backups are yours to make (pg_dump)"
    source = Path(name)
    target = backup or source.with_name(f"{source.name}.{version}-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.backup")
    if target.exists():
        raise BadArchive(f"{target} exists already; name another file with --backup")
    needed, free = source.stat().st_size, shutil.disk_usage(target.absolute().parent).free
    if needed * 2 > free:
        raise BadArchive(f"{target.absolute().parent} has {free >> 20} MB free, the copy and the upgrade need {needed >> 19}; make room or name another disk with --backup")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with closing(engine.raw_connection()) as connection:  # past SQLAlchemy's BEGIN, inside which SQLite makes no copy
        connection.cursor().execute("VACUUM INTO ?", (str(part),))
    copy = connect(f"sqlite:///{part}")
    with copy.connect() as reader:
        verdict = reader.scalar(text("PRAGMA quick_check"))
    copy.dispose()
    if verdict != "ok":
        raise BadArchive(f"the copy {part} is damaged ({verdict}); the archive was left as it is. Check the disk")
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(target)
    return f"; as it was, it is kept in {target}"
