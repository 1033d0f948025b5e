"""The queue of many machines: Procrastinate on the archive's PostgreSQL, in a schema of its own.

Only work is queued here, never the plan: a task says "look whether this site is to be run", and the plan says yes to one
worker. A queue that is lost or emptied costs nothing; the planner fills it again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from storage.archive import BadArchive

if TYPE_CHECKING:
    from procrastinate import App

SCHEMA = "queue"
CRAWL, READ = "crawl", "read"
LOCK = 70213
STALLED = 20.0
"""Seconds without a heartbeat after which a worker's tasks are another's; it beats every quarter of that."""


def app_of(archive_url: str) -> App:
    """The queue of an archive; its tables are made where they are missing. Raises `BadArchive`."""
    try:
        from procrastinate import App, PsycopgConnector
    except ModuleNotFoundError:
        raise BadArchive("many machines need the extra 'workers': pip install 'fangzhi[workers]'") from None
    url = make_url(archive_url)
    if url.get_backend_name() != "postgresql":
        raise BadArchive("many machines need an archive on PostgreSQL; on SQLite, `scrapy schedule` runs the sites of one machine")
    _prepare(archive_url)
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return App(connector=PsycopgConnector(conninfo=conninfo, kwargs={"options": f"-c search_path={SCHEMA}"}, min_size=1, max_size=4))


def _prepare(archive_url: str) -> None:
    from procrastinate.schema import SchemaManager

    engine = create_engine(archive_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
            if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
                driver: Any = connection.connection.driver_connection
                driver.execute(SchemaManager.get_schema())
    finally:
        engine.dispose()


async def defer_crawl(app: App, site: str, priority: int) -> bool:
    """Queue a look at a site, higher priorities first; False where one waits already."""
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        await app.configure_task(CRAWL, queue=CRAWL, queueing_lock=site, priority=priority).defer_async(site=site)
    except AlreadyEnqueued:
        return False
    return True


async def defer_read(app: App, path: Path) -> bool:
    """Queue the re-reading of a WARC file; False where it waits already."""
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        await app.configure_task(READ, queue=READ, queueing_lock=f"read:{path}").defer_async(path=str(path))
    except AlreadyEnqueued:
        return False
    return True
