"""Stored captures read again by today's rules, into the archive."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, select, update

from crawler.items import Article, Dropped, Page
from crawler.replay import BadReplay, Saved, warc_pages
from crawler.schedule import lifeline
from crawler.schedule.profiles import readable
from crawler.schedule.queue import app_of, defer_read
from crawler.sites import Site, folder_of
from pipelines import RULES, process
from storage import clock
from storage.archive import Archive
from storage.families import place
from storage.identity import known
from storage.keys import url_key
from storage.tables import ArticleRow, CaptureRow, FrontierRow, OutcomeRow, RunRow
from storage.values import TOLD, values_of
from storage.writer import Visit, identity, save_article

AGAIN = ("stored", "revised", "dropped", "failed")
"""Outcomes of an article's address whose capture is read again; what was unchanged says nothing new."""
BATCH = 32


@dataclass(frozen=True, slots=True)
class Stored:
    """What the archive knows of a capture."""

    capture_id: int
    run_id: int | None
    site: str | None
    outcome: str | None
    context: dict[str, str]
    """What the listing said of the page."""


def apply(settings: Any, paths: list[Path]) -> tuple[str, int]:
    """`reread` of files: (what became of their captures, exit code)."""
    lifeline.tie()
    folder = folder_of(settings)
    sites, _ = readable(folder)
    counts: Counter[str] = Counter()
    with Archive(settings["ARCHIVE_URL"]) as archive:
        for path in paths:
            counts.update(reread(archive, path, sites))
    return ", ".join(f"{number} {name}" for name, number in counts.most_common()) or "nothing to read", 1 if counts["failed"] else 0


def defer(settings: Any, paths: list[Path]) -> tuple[str, int]:
    """Queue files for the workers, which must see them under the same path: (what was queued, exit code)."""
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise BadReplay(f"no such file: {', '.join(missing)}")
    return asyncio.run(_defer(app_of(settings["ARCHIVE_URL"]), [path.resolve() for path in paths])), 0


async def _defer(app: Any, paths: list[Path]) -> str:
    async with app.open_async():
        new = sum([await defer_read(app, path) for path in paths])
    return f"{new} files queued, {len(paths) - new} were waiting already; `scrapy worker` reads them"


def reread(archive: Archive, path: Path, sites: dict[str, Site]) -> Counter[str]:
    """Read one WARC file's articles again; {what became of the captures: number}.

    An article whose newest version came from a capture gets a new version where today's rules read something else; a page
    that was dropped or failed is stored where they find an article. Nothing else is touched: a second pass changes
    nothing. Raises `crawler.replay.BadReplay`.
    """
    counts: Counter[str] = Counter()
    stored = _stored(archive, path)
    saved = Saved([path])
    batch: list[tuple[Article, Stored]] = []
    for page in warc_pages(path):
        capture = stored.get(page.capture.offset) if page.capture else None
        if capture is None:
            counts["not of this archive"] += 1
        elif capture.outcome not in AGAIN or page.status != 200:
            counts["no article"] += 1
        else:
            _read(page, capture, (sites.get(capture.site or ""), saved), (batch, counts))
        if len(batch) >= BATCH:
            counts.update(_write(archive, batch, sites))
            batch.clear()
    counts.update(_write(archive, batch, sites))
    return counts


def _stored(archive: Archive, path: Path) -> dict[int, Stored]:
    query = (
        select(CaptureRow.offset, CaptureRow.id, CaptureRow.run_id, RunRow.site, OutcomeRow.outcome, FrontierRow.context)
        .outerjoin(RunRow, RunRow.id == CaptureRow.run_id)
        .outerjoin(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .outerjoin(FrontierRow, and_(FrontierRow.url_key == CaptureRow.url_key, FrontierRow.site == RunRow.site))
        .where(CaptureRow.file == path.name, CaptureRow.kind == "response")
    )
    with archive.read() as connection:
        rows = connection.execute(query).all()
    return {row.offset: Stored(row.id, row.run_id, row.site, row.outcome, {k: str(v) for k, v in (row.context or {}).items()}) for row in rows}


def _read(page: Page, capture: Stored, using: tuple[Site | None, Saved], into: tuple[list[tuple[Article, Stored]], Counter[str]]) -> None:
    (site, saved), (batch, counts) = using, into
    try:
        article = process(replace(page, site=capture.site, context=capture.context), site, saved.after(page))
    except Dropped as reason:
        counts[f"dropped ({type(reason).__name__})"] += 1
    except Exception:  # noqa: BLE001 - one bad page must not end the file; it is counted, and the crawl kept its traceback
        counts["failed"] += 1
    else:
        batch.append((article, capture))


def _write(archive: Archive, batch: list[tuple[Article, Stored]], sites: dict[str, Site]) -> Counter[str]:
    if not batch:
        return Counter()
    with archive.transaction() as connection:
        return Counter(_put(connection, article, capture, sites.get(capture.site or "")) for article, capture in batch)


def _put(connection: Connection, article: Article, capture: Stored, site: Site | None) -> str:
    now = clock.now(connection)
    visit = Visit(now=now, rules=RULES, run_id=capture.run_id, capture_id=capture.capture_id, region=site.region if site else None)
    row = _row(connection, article)
    if row is not None:
        if row.capture_id != capture.capture_id:
            return "superseded"
        values = values_of(article, visit)
        if all(values[name] == getattr(row, name) for name in TOLD):
            return "unchanged"
    elif _copy(connection, article, values_of(article, visit)["content_hash"]):
        return "dropped (Duplicate)"
    done = save_article(connection, article, visit)
    if row is not None:  # reading again is no visit: what has vanished stays vanished, what was seen was seen then
        as_before = {"last_seen_at": row.last_seen_at, "gone_at": row.gone_at, **({"state": "gone"} if row.gone_at else {})}
        connection.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(**as_before))
    if done.outcome != "unchanged":
        place(connection, done.article_id, article.title, article.text, now)
    return done.outcome


def _row(connection: Connection, article: Article) -> Any:
    keys = [identity(article), url_key(article.url)]
    rows = known(connection, keys)
    return next((rows[key] for key in keys if key in rows), None)


def _copy(connection: Connection, article: Article, digest: bytes) -> bool:
    """Whether the site has the same title and text under another address."""
    same = select(ArticleRow.id).where(ArticleRow.site == article.site, ArticleRow.content_hash == digest)
    return connection.scalar(same.limit(1)) is not None
