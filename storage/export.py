"""Articles out of the archive, streamed: JSON lines, CSV that Excel opens, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from storage.records import FIELDS, Record

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""A cell that begins so may be run by a spreadsheet (OWASP, CSV injection)."""
LONGEST_CELL = 32_767
"""Characters that Excel keeps of a cell ("Excel specifications and limits", Microsoft)."""
BATCH = 500


class MissingPackage(RuntimeError):
    """A format needs a package that is not installed; the message says which extra brings it."""


class Watched:
    """Articles on their way into a file; ``long`` counts those whose text no cell of Excel holds."""

    def __init__(self, articles: Iterable[Record]) -> None:
        self.articles = articles
        self.long = 0

    def __iter__(self) -> Iterator[Record]:
        for article in self.articles:
            self.long += article.char_count > LONGEST_CELL
            yield article


def write_jsonl(articles: Iterable[Record], out: BinaryIO) -> int:
    """One JSON object a line, UTF-8, Chinese as it is; the number of articles."""
    number = 0
    for article in articles:
        line = json.dumps({name: plain(getattr(article, name)) for name in FIELDS}, ensure_ascii=False)
        out.write(line.encode("utf-8") + b"\n")
        number += 1
    return number


def write_csv(articles: Iterable[Record], out: BinaryIO, *, guarded: bool = True) -> int:
    """CSV with a byte order mark; ``guarded``: cells that a spreadsheet would run begin with an apostrophe."""
    number, stream = 0, io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(stream)
    writer.writerow(FIELDS)
    for article in articles:
        cells = (_cell(getattr(article, name)) for name in FIELDS)
        writer.writerow([guard(cell) for cell in cells] if guarded else list(cells))
        number += 1
    stream.flush()
    stream.detach()
    return number


def write_parquet(articles: Iterable[Record], out: BinaryIO) -> int:
    """Parquet, zstd, times in UTC with the printed offset (minutes) beside them. Raises `MissingPackage` without pyarrow."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise MissingPackage("Parquet needs pyarrow: pip install 'fangzhi[export]'") from None
    schema = _schema(pyarrow)
    number, rows = 0, iter(articles)
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while batch := list(islice(rows, BATCH)):
            writer.write_table(pyarrow.Table.from_pylist([_parquet_row(article) for article in batch], schema))
            number += len(batch)
    return number


WRITERS: dict[str, Callable[[Iterable[Record], BinaryIO], int]] = {
    "jsonl": write_jsonl, "csv": write_csv, "csv-raw": partial(write_csv, guarded=False), "parquet": write_parquet,
}  # fmt: skip


def plain(value: Any) -> Any:
    """A JSON value."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, tuple) else plain(value)


def guard(value: Any) -> Any:
    """
    >>> guard("=HYPERLINK(1)"), guard("停水"), guard(3)
    ("'=HYPERLINK(1)", '停水', 3)
    """
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value


def _parquet_row(article: Record) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(article, name) for name in FIELDS}
    offset = article.published_at.utcoffset() if article.published_at else None
    return row | {"authors": list(article.authors), "published_offset": None if offset is None else int(offset.total_seconds() // 60)}


def _schema(pyarrow: Any) -> Any:
    instant = pyarrow.timestamp("us", tz="UTC")
    kinds = dict.fromkeys(("id", "family_id"), pyarrow.int64()) | dict.fromkeys(("version", "damage", "lost", "char_count"), pyarrow.int32())
    kinds |= dict.fromkeys(("published_at", "modified_at", "first_seen_at", "last_seen_at"), instant)
    kinds |= {"authors": pyarrow.list_(pyarrow.string()), "edition_date": pyarrow.date32()}
    columns = [(name, kinds.get(name, pyarrow.string())) for name in FIELDS]
    return pyarrow.schema([*columns, ("published_offset", pyarrow.int32())])
