"""The import's book-keeper: each record ends in one counted outcome, a file's bytes are captured before its articles are stored."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

import pipelines
from crawler.capture import WarcWriter
from crawler.imports.fields import BadRecord, article
from crawler.imports.readers import BadImport, Read, read
from crawler.items import Article, Dropped, EmptyArticle, Page
from crawler.sites import Site
from pipelines import RULES, pure_steps
from storage.archive import Archive
from storage.bulk import insert_all
from storage.families import place_saved
from storage.keys import url_key
from storage.tables import CaptureRow, OutcomeRow, RunRow
from storage.warc import digest, stamp
from storage.writer import Visit, save_articles

BATCH, NOTED = 100, 20


@dataclass(slots=True)
class Result:
    """What became of the records."""

    read: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """stored, revised, unchanged, dropped, failed, not a page."""
    notes: list[str] = field(default_factory=list)
    """The first records that failed or were dropped, and why."""
    broken: list[str] = field(default_factory=list)
    """Files that could not be read to their end."""

    def count(self, outcome: str, note: str | None = None) -> None:
        self.outcomes[outcome] += 1
        if note and len(self.notes) < NOTED:
            self.notes.append(note)

    @property
    def balanced(self) -> bool:
        return self.read == sum(self.outcomes.values())

    @property
    def exit_code(self) -> int:
        return 1 if self.broken or self.outcomes["failed"] or not self.balanced else 0

    def lines(self) -> list[str]:
        counted = ", ".join(f"{number} {name}" for name, number in sorted(self.outcomes.items())) or "nothing"
        return [f"{self.read} records read = {sum(self.outcomes.values())} outcomes: {counted}", *self.notes, *self.broken]


@dataclass(slots=True)
class _Ready:
    """A record that is an article."""

    article: Article
    page: Page | None


class Importer:
    """Puts records through repair and stripping (pages: through reading, too) and stores them. Safe to repeat."""

    def __init__(self, archive: Archive, captures: Path, site: Site | None = None, zone: str = "Asia/Shanghai") -> None:
        self.archive = archive
        self.writer = WarcWriter(captures)
        self.site = site
        self.zone = site.zone if site else ZoneInfo(zone)
        self.result = Result()
        self.run_id = 0

    def run(self, paths: Iterable[Path], kind: str | None = None, base: str | None = None) -> Result:
        """Import files and folders; a file that breaks off keeps what was read of it, and is named."""
        self._begin()
        try:
            for path in paths:
                records = self._until_broken(read(path, kind, base))
                while batch := list(islice(records, BATCH)):
                    self._store(batch)
        finally:
            self.writer.close()
            self._end()
        return self.result

    def _until_broken(self, records: Iterator[Read]) -> Iterator[Read]:
        try:
            yield from records
        except BadImport as error:
            self.result.broken.append(str(error))

    def _store(self, records: list[Read]) -> None:
        self.result.read += len(records)
        ready = [one for record in records if (one := self._ready(record))]
        captured = [self._write(one.page) if one.page else None for one in ready]
        self.writer.sync()
        now = datetime.now(UTC)
        with self.archive.transaction() as connection:
            visits = [(one.article, self._visit(connection, one, found, now)) for one, found in zip(ready, captured, strict=True)]
            saved = save_articles(connection, visits)
            place_saved(connection, [(made, taken, now) for made, (taken, _) in zip(saved, visits, strict=True)])
            rows = [
                {"run_id": self.run_id, "url_key": url_key(taken.url), "url": taken.url, "outcome": made.outcome, "at": now, "capture_id": visit.capture_id, "article_id": made.article_id}
                for made, (taken, visit) in zip(saved, visits, strict=True)
            ]  # fmt: skip
            insert_all(connection, OutcomeRow.__table__, rows)
        for made in saved:
            self.result.count(made.outcome)

    def _ready(self, record: Read) -> _Ready | None:
        """The record's article; None, and a count, where there is none."""
        if record.error:
            self.result.count("failed", f"{record.place}: {record.error}")
            return None
        page = record.page
        if page and (page.status != 200 or "html" not in (page.content_type or "html")):
            self.result.count("not a page")
            return None
        try:
            found = pipelines.process(page, self.site) if page else self._processed(article(record.values or {}, self.zone))
            name = self.site.name if self.site else found.site or urlsplit(found.url).hostname
            url_key(found.url)
            return _Ready(dataclasses.replace(found, site=name), page)
        except Dropped as reason:
            self.result.count("dropped", f"{record.place}: {type(reason).__name__}: {reason}")
        except BadRecord as error:
            self.result.count("failed", f"{record.place}: {error}")
        except Exception as error:  # noqa: BLE001 - one bad record must not end the import; it is counted and named
            self.result.count("failed", f"{record.place}: {type(error).__name__}: {error}")
        return None

    def _processed(self, found: Article) -> Article:
        for step in pure_steps().values():
            found = step(found, self.site)
        if not found.text.strip():
            raise EmptyArticle(f"{found.url}: nothing but boilerplate")
        return found

    def _write(self, page: Page) -> CaptureRow | None:
        """The page's bytes as a WARC record of ours; None where the archive has the same bytes of the address already."""
        payload = digest(page.body)
        with self.archive.read() as connection:
            same = select(CaptureRow.id).where(CaptureRow.url_key == url_key(page.url), CaptureRow.digest == payload)
            if connection.scalar(same) is not None:
                return None
        fetched = page.fetched_at or datetime.now(UTC)
        head = "".join(f"{name}: {value}\r\n" for name, value in {**page.headers, "content-length": len(page.body)}.items() if name not in ("content-encoding", "transfer-encoding"))
        if "content-type" not in page.headers:
            head += f"content-type: {page.content_type or 'text/html'}\r\n"
        block = f"HTTP/1.1 {page.status} OK\r\n{head}\r\n".encode("utf-8", "replace") + page.body
        headers = {
            "WARC-Target-URI": page.url, "WARC-Date": stamp(fetched), "WARC-Payload-Digest": payload,
            "WARC-Block-Digest": digest(block), "Content-Type": "application/http;msgtype=response",
        }  # fmt: skip
        ((name, offset, length),) = self.writer.write([("response", headers, block)])
        return CaptureRow(
            url_key=url_key(page.url), url=page.url, fetched_at=fetched, status=page.status, content_type=page.content_type, kind="response",
            file=name, offset=offset, length=length, digest=payload, run_id=self.run_id,
        )  # fmt: skip

    def _visit(self, connection: Connection, one: _Ready, written: CaptureRow | None, now: datetime) -> Visit:
        capture_id = None
        if written is not None:
            columns = {column.key: getattr(written, column.key) for column in CaptureRow.__table__.columns if column.key not in ("id", "truncated", "broken", "refers_to")}
            capture_id = connection.scalar(insert(CaptureRow).values(**columns).returning(CaptureRow.id))
        elif one.page:
            same = select(CaptureRow.id).where(CaptureRow.url_key == url_key(one.page.url), CaptureRow.digest == digest(one.page.body))
            capture_id = connection.scalar(same)
        region = self.site.region if self.site else None
        return Visit(now=one.page.fetched_at or now if one.page else now, rules=RULES, run_id=self.run_id, capture_id=capture_id, region=region)

    def _begin(self) -> None:
        with self.archive.transaction() as connection:
            made = insert(RunRow).values(kind="import", site=self.site.name if self.site else None, state="running", started_at=datetime.now(UTC))
            self.run_id = int(connection.scalar(made.returning(RunRow.id)) or 0)

    def _end(self) -> None:
        result = self.result
        state = "failed" if not result.balanced else "degraded" if result.exit_code else "finished"
        counts: dict[str, Any] = {**result.outcomes, "fetched": result.read}
        values = {"state": state, "ended_at": datetime.now(UTC), "counts": counts, "exit_code": result.exit_code, "reason": "; ".join(result.broken)[:2000] or None}
        with self.archive.transaction() as connection:
            connection.execute(update(RunRow).where(RunRow.id == self.run_id).values(**values))
