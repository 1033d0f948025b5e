"""Stored captures read again by today's rules, into the archive."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, select

from crawler.items import Article, Dropped, Page
from crawler.replay import BadReplay, Saved, warc_pages
from crawler.rule_change import rewrite
from crawler.schedule import lifeline
from crawler.schedule.profiles import readable
from crawler.schedule.queue import app_of, defer_read
from crawler.sites import Site, folder_of
from pipelines import RULES, process
from storage import clock
from storage.archive import Archive
from storage.copies import copies
from storage.families import place_saved
from storage.identity import identity, known
from storage.keys import url_key
from storage.tables import CaptureRow, FrontierRow, OutcomeRow, RunRow
from storage.values import TOLD, values_of
from storage.writer import Visit, save_articles

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
        now = clock.now(connection)
        visits = []
        for article, capture in batch:
            site = sites.get(capture.site or "")
            visits.append((article, Visit(now=now, rules=RULES, run_id=capture.run_id, capture_id=capture.capture_id, region=site.region if site else None)))
        return _put(connection, visits, now)


def _put(connection: Connection, visits: list[tuple[Article, Visit]], now: datetime) -> Counter[str]:
    """Write what differs from the archive, and what it has not."""
    counts: Counter[str] = Counter()
    rows = known(connection, {key for article, _ in visits for key in _keys(article)})
    changed, new = [], []
    for article, visit in visits:
        row = next((rows[key] for key in _keys(article) if key in rows), None)
        if row is None:
            new.append((article, visit))
        elif row.capture_id != visit.capture_id:
            counts["superseded"] += 1
        elif all(value == getattr(row, name) for name, value in values_of(article, visit).items() if name in TOLD):
            counts["unchanged"] += 1
        else:
            changed.append((article, visit, row))
    counts["revised"] += len(rewrite(connection, changed, now))
    others = copies(connection, [article for article, _ in new])
    fresh = [one for one, other in zip(new, others, strict=True) if other is None]
    counts["dropped (Duplicate)"] += len(new) - len(fresh)
    saved = save_articles(connection, fresh)
    place_saved(connection, [(made, article, now) for made, (article, _) in zip(saved, fresh, strict=True)])
    counts.update(made.outcome for made in saved)
    return +counts


def _keys(article: Article) -> tuple[bytes, bytes]:
    return identity(article), url_key(article.url)
