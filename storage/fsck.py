"""Captures and their index compared, both ways; what can be mended is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from storage import captures, warc
from storage.clean import clean
from storage.keys import url_key
from storage.tables import ArticleRow, CaptureRow, ForgottenRow, FrontierRow, VersionRow
from storage.writer import INSERT


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    file: str
    what: str
    mended: str | None = None
    """What was done about it; None: it is as it was found."""

    def __str__(self) -> str:
        return f"{self.file}: {self.what}" + (f"; {self.mended}" if self.mended else "")


class Fsck:
    """One look over a captures folder and its index."""

    def __init__(self, connection: Connection, folder: Path, *, repair: bool) -> None:
        self.connection, self.folder, self.repair = connection, folder, repair
        self.records = 0
        self.skipped: list[str] = []
        """Files that a running crawl still writes."""

    def run(self) -> Iterator[Finding]:
        rows: dict[str, list[Any]] = {}
        for row in self.connection.execute(select(CaptureRow.__table__).order_by(CaptureRow.file, CaptureRow.offset)):
            rows.setdefault(row.file, []).append(row)
        if self.repair:
            yield from (Finding(done.partition(": ")[0], "left open by a killed run", done.partition(": ")[2]) for done in captures.recover(self.connection, self.folder))
        found = {path.name.removesuffix(captures.OPEN): path for path in sorted(self.folder.glob("*.warc.gz*")) if path.name.endswith((".gz", captures.OPEN))}
        for name in sorted(rows.keys() | found.keys()):
            if name not in found:
                yield from self._broken(rows[name], "the file is missing")
            elif found[name].name.endswith(captures.OPEN) and self._is_written(found[name]):
                self.skipped.append(name)
            else:
                yield from self._file(found[name], name, rows.get(name, []))
        yield from self._articles()

    def _is_written(self, path: Path) -> bool:
        with captures.claimed(path) as stream:
            return stream is None

    def _file(self, path: Path, name: str, rows: list[Any]) -> Iterator[Finding]:
        wanted = {row.offset: row for row in rows}
        end = 0
        try:
            for record in warc.scan(path):
                self.records += 1
                end = record.offset + record.length
                row = wanted.pop(record.offset, None)
                yield from self._record(name, record, row)
        except warc.BadRecord as error:
            if any(offset > end for offset in wanted):
                yield Finding(name, f"{error}; what comes behind it is read by its index")
            else:
                yield Finding(name, str(error), self._cut(path, end))
        yield from self._unscanned(name, wanted.values())

    def _cut(self, path: Path, end: int) -> str | None:
        if not self.repair:
            return None
        with captures.claimed(path) as stream:
            return captures.cut_tail(path, stream, end) if stream is not None else None

    def _record(self, name: str, record: warc.Record, row: Any) -> Iterator[Finding]:
        try:
            record.check()
        except warc.BadRecord as error:
            yield from self._broken([row], str(error)) if row is not None else iter([Finding(name, f"byte {record.offset}: {error}")])
            return
        if row is None and record.kind in ("response", "revisit"):
            yield Finding(name, f"the {record.kind} of {record.url} at byte {record.offset} is in no index", self._index(name, record))
        elif row is not None and (row.length, row.url) != (record.length, record.url):
            yield from self._broken([row], f"the record is of {record.url} and has {record.length} bytes")

    def _unscanned(self, name: str, rows: Iterable[Any]) -> Iterator[Finding]:
        for row in rows:
            try:
                captures.reply(self.folder, name, row.offset, row.length)
            except warc.BadRecord as error:
                yield from self._broken([row], str(error))

    def _index(self, name: str, record: warc.Record) -> str | None:
        """Note a record that a killed run wrote and could not commit."""
        key = url_key(record.url)
        if not self.repair or self.connection.scalar(select(ForgottenRow.url_key).where(ForgottenRow.url_key == key)) is not None:
            return None
        reply = captures.as_reply(record)
        values = INSERT[self.connection.dialect.name](CaptureRow).values(
            url_key=key, url=clean(record.url), fetched_at=record.date, status=reply.status, content_type=clean(reply.headers.get("content-type")),
            kind=record.kind, file=name, offset=record.offset, length=record.length, digest=record.headers.get("warc-payload-digest", ""),
        )  # fmt: skip
        self.connection.execute(values.on_conflict_do_nothing())
        return "now it is"

    def _broken(self, rows: Iterable[Any], why: str) -> Iterator[Finding]:
        """Captures that cannot be read: marked, and their addresses fetched again."""
        for row in rows:
            if row.broken:
                continue  # known, and fetched again since
            mended = None
            if self.repair:
                self.connection.execute(update(CaptureRow).where(CaptureRow.id == row.id).values(broken=why[:500]))
                mended = "marked; its address is fetched again" if self._fetch_again(row.url_key) else "marked"
            yield Finding(row.file, f"capture {row.id} of {row.url} at byte {row.offset}: {why}", mended)

    def _articles(self) -> Iterator[Finding]:
        known = select(CaptureRow.id)
        lost = select(ArticleRow.id, ArticleRow.url, ArticleRow.url_key).where(ArticleRow.capture_id.is_not(None), ArticleRow.capture_id.not_in(known))
        for row in self.connection.execute(lost):
            yield Finding(f"article {row.id}", f"{row.url} names a capture that is in no index", self._relink(row) if self.repair else None)

    def _relink(self, article: Any) -> str | None:
        """The newest whole capture of its address, else none and a new fetch."""
        where = (CaptureRow.url_key == article.url_key, CaptureRow.kind == "response", CaptureRow.status == 200, CaptureRow.broken.is_(None))
        capture = self.connection.scalar(select(CaptureRow.id).where(*where).order_by(CaptureRow.fetched_at.desc()).limit(1))
        known = select(CaptureRow.id)
        self.connection.execute(update(ArticleRow).where(ArticleRow.id == article.id).values(capture_id=capture))
        versions = (VersionRow.article_id == article.id, VersionRow.capture_id.is_not(None), VersionRow.capture_id.not_in(known))
        self.connection.execute(update(VersionRow).where(*versions).values(capture_id=capture))
        if capture is not None:
            return f"it names capture {capture} now"
        return "it is fetched again" if self._fetch_again(article.url_key) else None

    def _fetch_again(self, key: bytes) -> bool:
        fresh = {
            "state": "pending", "next_at": datetime.now(UTC), "attempts": 0, "etag": None, "last_modified": None, "body_hash": None,
            "capture_id": None, "capture_digest": None, "captured_at": None,
        }  # fmt: skip
        where = (FrontierRow.url_key == key, FrontierRow.state.in_(("pending", "done", "failed")))
        return self.connection.scalar(update(FrontierRow).where(*where).values(**fresh).returning(FrontierRow.url_key)) is not None
