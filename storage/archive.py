"""The one way in and out of an archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, create_engine, event, func, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from storage import schema
from storage.records import Record, records
from storage.search import Hit, search
from storage.tables import ArticleRow, EditRow, VersionRow

JSON = json.JSONEncoder(ensure_ascii=False).encode
"""Readable in SQL, and LIKE finds it."""
IDLE = "10s"
"""A process that is frozen, or a machine that dies, inside a write transaction holds its locks no longer: the site it had
could not be taken over otherwise."""


class BadArchive(RuntimeError):
    """An archive that cannot be used; the message says why and what to do."""


class Archive:
    """An archive by its SQLAlchemy URL; an empty database is given its tables.

    Raises `BadArchive` when the database cannot be reached, or is newer or older than this code.

    >>> with Archive("sqlite://") as archive:
    ...     archive.count()
    0
    """

    def __init__(self, database_url: str) -> None:
        self.url = database_url
        self.engine = connect(database_url)
        try:
            with self.engine.connect() as connection:
                state = schema.state(connection)
            if state == "empty":
                schema.upgrade(self.engine)
        except DatabaseError as error:
            self.engine.dispose()
            raise BadArchive(f"cannot open {self.safe_url}: {error.orig}; check ARCHIVE_URL, folder and rights") from None
        if message := refusal(state, self.engine):
            self.engine.dispose()  # a refused archive leaves no connection open
            raise BadArchive(message)

    @property
    def safe_url(self) -> str:
        """The URL without its password."""
        return make_url(self.url).render_as_string(hide_password=True)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write transaction; committed at the end, rolled back on an exception."""
        with self.engine.connect().execution_options(writing=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE}'")
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    def count(self) -> int:
        """Number of articles."""
        with self.read() as connection:
            return connection.scalar(select(func.count()).select_from(ArticleRow)) or 0

    def article(self, article_id: int) -> dict[str, Any] | None:
        """Every column of one article; None when there is none of that id."""
        with self.read() as connection:
            row = connection.execute(select(ArticleRow.__table__).where(ArticleRow.id == article_id)).mappings().first()
            return dict(row) if row else None

    def history(self, article_id: int) -> list[dict[str, Any]]:
        """The versions of an article, oldest first."""
        query = select(VersionRow.__table__).where(VersionRow.article_id == article_id).order_by(VersionRow.version)
        with self.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def edits(self, article_id: int) -> list[dict[str, Any]]:
        """The edits of an article's newest version, in order."""
        newest = select(VersionRow.id).where(VersionRow.article_id == article_id).order_by(VersionRow.version.desc()).limit(1).scalar_subquery()
        query = select(EditRow.__table__).where(EditRow.version_id == newest).order_by(EditRow.ordinal)
        with self.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def search(self, query: str, limit: int = 20, seconds: float | None = None) -> list[Hit]:
        """Articles that match, the newest first, with snippets; see README.md for the query language.

        Raises `storage.search.BadQuery`, also where the search takes longer than ``seconds``.

        >>> with Archive("sqlite://") as archive:
        ...     [hit.snippet.marked() for hit in archive.search("停水 -演练 after:2026-03-01")]
        []
        """
        with self.read() as connection:
            return search(connection, query, limit, seconds)

    def records(self, query: str | None = None) -> Iterator[Record]:
        """Every article, or those that match a query (the newest first), streamed. Raises `storage.search.BadQuery`.

        >>> with Archive("sqlite://") as archive:
        ...     sum(len(record.text) for record in archive.records())
        0
        """
        with self.read() as connection:
            yield from records(connection, query)


def refusal(state: schema.State, engine: Engine) -> str | None:
    """Why an archive in this state is not opened; None where it is."""
    url = engine.url.render_as_string(hide_password=True)
    return {
        "newer": f"{url} was written by a newer version; update this program",
        "older": f"{url} was written by an older version; run `scrapy upgrade`",
        "foreign": f"{url} holds tables that are no archive; name another database in ARCHIVE_URL",
    }.get(state)


def connect(database_url: str) -> Engine:
    """An engine for an archive's URL, which may be of any version. Raises `BadArchive`."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise BadArchive(f"{database_url!r} is no database URL; write it as sqlite:///archive.db") from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise BadArchive(f"{url.get_backend_name()} is not supported; use sqlite:/// or postgresql+psycopg://")
    if url.database and url.get_backend_name() == "sqlite" and not Path(url.database).absolute().parent.is_dir():
        raise BadArchive(f"{database_url}: the folder {Path(url.database).parent} does not exist; create it first")
    try:
        engine = create_engine(url, pool_pre_ping=True, json_serializer=JSON)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise BadArchive(f"{error}; pip install 'fangzhi[postgres]'") from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        # SQLAlchemy begins the transaction itself, below: the driver's own BEGIN is deferred, and a deferred
        # transaction that turns writer fails at once with "database is locked", whatever the timeout.
        connection.isolation_level = None
        for pragma in (
            "busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF",
            # SQLite's own defaults (2 MB, a checkpoint every 4 MB) write a batch's index pages again and again.
            "cache_size=-65536", "wal_autocheckpoint=8192",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
