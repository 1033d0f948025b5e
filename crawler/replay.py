"""Saved bytes put through the same chain as a crawl: WARC files, single pages, replay cases."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from crawler.encodings import BadBody, undo
from crawler.items import Article, CaptureRef, Dropped, Page
from storage import captures
from storage.keys import canonical
from storage.warc import BadRecord

if TYPE_CHECKING:
    from crawler.sites import Site

LARGEST = 16 << 20
OMITTED = ("page", "done", "edits", "text_extracted", "encoding", "extra", "extractor", "title_raw", "quality")


class BadReplay(ValueError):
    """Saved bytes that cannot be replayed; the message names the file and the remedy."""


def warc_pages(path: Path) -> Iterator[Page]:
    """Every HTML-like response in a WARC file as a `Page`, in file order.

    Raises `BadReplay` when the file is missing or no WARC, or ends inside a record.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    if not path.is_file():
        raise BadReplay(f"{path}: no such file; give the path of a .warc or .warc.gz")
    _check_start(path)
    found = 0
    with path.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.any_type, auto_decode="transfer"):
                found += 1
                if record.record_type == WarcRecordType.response and record.is_http:
                    yield _page(record, path)
        except (OSError, ValueError, EOFError) as error:
            raise BadReplay(f"{path}: broken after {found} records: {error}; `scrapy fsck` repairs a torn tail") from None
    if not found:
        raise BadReplay(f"{path}: holds no WARC record; is it a WARC file?")


class Saved:
    """The pages in WARC files by address: what a multi-page article's further pages are taken from.

    Of several captures of an address the first one after the article's own is the one that was read with it.
    """

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    @cached_property
    def _places(self) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for number, path in enumerate(self.paths):
            for page in warc_pages(path):
                if page.status == 200 and page.capture:
                    found.setdefault(canonical(page.url), []).append((number, page.capture.offset))
        return found

    def after(self, first: Page) -> Callable[[str], Page | None]:
        """A look-up of pages as they were captured after ``first``."""
        at = next(((n, first.capture.offset) for n, path in enumerate(self.paths) if first.capture and path.name == first.capture.file), (0, 0))

        def saved(url: str) -> Page | None:
            places = self._places.get(canonical(url), [])
            place = next((place for place in places if place > at), places[-1] if places else None)
            return page_at(self.paths[place[0]], place[1]) if place else None

        return saved


def page_at(path: Path, offset: int) -> Page:
    """The response at a byte offset of a WARC file as a `Page`."""
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as stream:
        stream.seek(offset)
        return _page(next(iter(ArchiveIterator(stream, auto_decode="transfer"))), path)


def captured_page(connection: Connection, folder: Path, capture_id: int) -> Page:
    """The page of a capture of the archive, its Content-Encoding undone. Raises `BadReplay`."""
    try:
        found = captures.read(connection, folder, capture_id)
        names = [name.strip().lower() for name in found.headers.get("content-encoding", "").split(",")]
        body = undo(found.body, names, LARGEST)
    except (BadRecord, BadBody, KeyError) as error:
        raise BadReplay(f"capture {capture_id}: {error}") from None
    kind = found.headers.get("content-type")
    return Page(url=found.url, body=body, content_type=kind, headers=found.headers, status=found.status, fetched_at=found.record.date)


def _check_start(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(5)
    try:
        if start[:2] == b"\x1f\x8b":
            with gzip.open(path) as stream:
                start = stream.read(5)
    except (OSError, EOFError) as error:
        raise BadReplay(f"{path}: not readable as gzip: {error}; is it a WARC file?") from None
    if start != b"WARC/":
        raise BadReplay(f"{path}: is no WARC file (it starts with {start!r}, not with WARC/)")


def _page(record: Any, path: Path) -> Page:
    headers: dict[str, str] = {}
    for name, value in record.http_headers:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    declared = record.content_length
    body = record.reader.read()
    if len(body) < declared and "transfer-encoding" not in headers:
        raise EOFError(f"the record of {record.headers['WARC-Target-URI']} is cut")  # readers say nothing of it
    digest = record.headers.get("WARC-Payload-Digest") or ""
    return Page(
        url=record.headers["WARC-Target-URI"].strip("<>"),
        body=_undo_encoding(body, headers.get("content-encoding", "")),
        content_type=headers.get("content-type"),
        headers=headers,
        status=record.http_headers.status_code or 200,
        fetched_at=datetime.fromisoformat(record.headers["WARC-Date"]).astimezone(UTC),
        capture=CaptureRef(file=path.name, offset=record.stream_pos, length=0, digest=digest),
    )


def _undo_encoding(body: bytes, encoding: str) -> bytes:
    """The body with gzip or deflate undone where it really is so encoded; 16 MiB at most."""
    import zlib

    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    try:
        return zlib.decompressobj(wbits=47).decompress(body, 16 << 20)
    except zlib.error:
        return body


def saved_page(path: Path, url: str, headers: dict[str, str] | None = None, **fields: Any) -> Page:
    """A page from a saved file (``.gz`` is undone); ``headers`` with any capitals. Raises `BadReplay`."""
    try:
        canonical(url)
    except ValueError as error:
        raise BadReplay(f"{error}; write it as https://host/path") from None
    try:
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except OSError as error:
        raise BadReplay(f"{path}: cannot be read: {error}") from None
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    return Page(url=url, body=body, headers=lower, content_type=lower.get("content-type"), **fields)


def case_page(folder: Path) -> Page:
    """The page of a replay case: ``page.html.gz`` and ``response.json`` {url, status, headers, fetched_at}."""
    try:
        answer = json.loads((folder / "response.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadReplay(f"{folder / 'response.json'}: {error}; it must be JSON with url, headers and fetched_at") from None
    fetched = answer.get("fetched_at")
    return saved_page(
        folder / "page.html.gz",
        answer["url"],
        answer.get("headers"),
        status=answer.get("status", 200),
        fetched_at=datetime.fromisoformat(fetched) if fetched else None,
    )


KEPT = ("content-type", "content-language", "last-modified", "date")
"""Headers that say something of the page; the others are the server's own business."""
DRAFT = "drafted by a program: read the page, mend what is wrong, then take this line out"


def draft_case(page: Page, site: Site | None, folder: Path) -> list[str]:
    """Write a replay case of a page as it is read today; the names of the drafted fields. It fails until it is checked."""
    from pipelines import process

    try:
        expected = as_json(process(page, site))
    except Dropped as reason:
        expected = {"dropped": type(reason).__name__}
    expected = {name: value for name, value in expected.items() if name not in ("url", "site")}
    headers = {name: page.headers[name] for name in KEPT if name in page.headers}
    fetched = page.fetched_at.isoformat() if page.fetched_at else None
    answer = {"url": page.url, "status": page.status, "headers": headers, "fetched_at": fetched}
    folder.mkdir(parents=True)
    (folder / "page.html.gz").write_bytes(gzip.compress(page.body, mtime=0))
    (folder / "response.json").write_text(json.dumps(answer, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / "expected.json").write_text(json.dumps({"draft": DRAFT, **expected}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return list(expected)


def as_json(article: Article) -> dict[str, Any]:
    """The article's fields as JSON values, without bytes, edits and evidence; absent fields are left out."""
    found = {f.name: _plain(getattr(article, f.name)) for f in fields(article) if f.name not in OMITTED}
    return {name: value for name, value in found.items() if value not in (None, [], {}, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value
