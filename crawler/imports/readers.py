"""Files of every kind that is imported, as records: a page with its bytes, or the fields of an article."""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urljoin

from crawler.imports.fields import BadRecord, address, picked
from crawler.items import Page
from crawler.replay import BadReplay, warc_pages

KINDS = ("warc", "jsonl", "json", "csv", "html")
PAGES = (".html", ".htm", ".shtml", ".xhtml")
# Browsers write where they saved a page from into its first lines.
SAVED_FROM = re.compile(rb"saved from url=\(\d+\)(\S+)|Page saved with SingleFile\s+url: (\S+)")
NAMED = re.compile(rb"""<link[^>]+rel=["']?canonical["']?[^>]*href=["']([^"']+)|<meta[^>]+property=["']og:url["'][^>]*content=["']([^"']+)""", re.I)
HEAD = 1 << 16


class BadImport(ValueError):
    """Something that cannot be imported; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class Read:
    """One record of a file: a page, the fields of an article, or what is wrong with it."""

    place: str
    """File and line or offset."""
    page: Page | None = None
    values: Mapping[str, Any] | None = None
    error: str | None = None


def kind_of(path: Path) -> str:
    """What a file is, by its name. Raises `BadImport`."""
    name = path.name.lower().removesuffix(".gz")
    if path.is_dir() or name.endswith(PAGES):
        return "html"
    for kind in ("warc", "jsonl", "json", "csv"):
        if name.endswith("." + kind):
            return kind
    if name.endswith((".ndjson", ".jl")):
        return "jsonl"
    raise BadImport(f"{path}: not a kind that is known by its name; give --format, one of {', '.join(KINDS)}")


def read(path: Path, kind: str | None = None, base: str | None = None) -> Iterator[Read]:
    """Every record of a file or folder. Raises `BadImport` where it cannot be read at all, or not to its end."""
    if not path.exists():
        raise BadImport(f"{path}: no such file or folder")
    if path.is_dir() and kind in (None, "html", "json"):
        yield from _folder(path, base)
        return
    readers = {"warc": _warc, "jsonl": _jsonl, "json": _json, "csv": _csv}
    kind = kind or kind_of(path)
    try:
        yield from readers[kind](path) if kind in readers else (_saved(path, path.parent, base),)
    except (OSError, EOFError, UnicodeDecodeError, BadReplay) as error:
        raise BadImport(f"{path}: {error}") from None


def _warc(path: Path) -> Iterator[Read]:
    for page in warc_pages(path):
        place = f"{path}@{page.capture.offset if page.capture else 0}"
        yield Read(place, page=page)


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _jsonl(path: Path) -> Iterator[Read]:
    with _open(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parsed(f"{path}:{number}", line)


def _json(path: Path) -> Iterator[Read]:
    """One object, as news-please writes a file an article, or a list of objects."""
    with _open(path) as stream:
        whole = stream.read()
    try:
        found = json.loads(whole)
    except ValueError as error:
        yield Read(str(path), error=f"not JSON: {error}")
        return
    for number, record in enumerate(found if isinstance(found, list) else [found], 1):
        yield _record(f"{path}:{number}", record)


def _parsed(place: str, line: str) -> Read:
    try:
        return _record(place, json.loads(line))
    except ValueError as error:
        return Read(place, error=f"not JSON: {error}")


def _csv(path: Path) -> Iterator[Read]:
    csv.field_size_limit(min(sys.maxsize, 1 << 30))
    with _open(path) as stream:
        rows = csv.DictReader(stream)
        try:
            for row in rows:
                yield _record(f"{path}:{rows.line_num}", {key: _unguarded(value) for key, value in row.items()})
        except csv.Error as error:
            raise BadImport(f"{path}:{rows.line_num}: {error}") from None


def _unguarded(value: Any) -> Any:
    """Our export's apostrophe before what a spreadsheet would run taken away."""
    from storage.export import FORMULA

    return value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA) else value


def _record(place: str, record: Any) -> Read:
    if not isinstance(record, Mapping):
        return Read(place, error=f"no object but {type(record).__name__}")
    values = picked(record)
    html = values.get("html")
    if not isinstance(html, str) or values.get("text"):
        return Read(place, values=values)
    try:
        url = address(values)
    except BadRecord as error:
        return Read(place, error=str(error))
    return Read(place, page=Page(url=url, body=html.encode("utf-8", "replace"), content_type="text/html; charset=utf-8", fetched_at=_aware(values.get("fetched"))))


def _aware(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _folder(folder: Path, base: str | None) -> Iterator[Read]:
    """Every saved page and every JSON file below a folder, by name."""
    found = False
    for path in sorted(folder.rglob("*")):
        name = path.name.lower().removesuffix(".gz")
        if not path.is_file() or path.is_symlink():
            continue
        if name.endswith(PAGES):
            found = True
            yield _saved(path, folder, base)
        elif name.endswith((".json", ".jsonl")):
            found = True
            yield from read(path)
    if not found:
        raise BadImport(f"{folder}: holds no page ({', '.join(PAGES)}) and no .json file")


def _saved(path: Path, folder: Path, base: str | None) -> Read:
    """A page in a file. Its address: what the browser wrote, its place below ``base``, or what the page names as its own."""
    try:
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        return Read(str(path), error=f"cannot be read: {error}")
    url = _noted(SAVED_FROM, body)
    if not url and base:
        url = urljoin(base, quote(path.relative_to(folder).as_posix().removesuffix(".gz")))
    url = url or _noted(NAMED, body)
    if not url or not url.startswith(("http://", "https://")):
        return Read(str(path), error="its address is unknown; give --base https://host/ for a mirrored folder")
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Read(str(path), page=Page(url=url, body=body, content_type="text/html", fetched_at=changed))


def _noted(pattern: re.Pattern[bytes], body: bytes) -> str | None:
    match = pattern.search(body[:HEAD])
    return next(group for group in match.groups() if group).decode("utf-8", "replace").strip() if match else None
