"""Articles out of the archive, streamed: JSON lines, or CSV that Excel opens."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, TextIO

from sqlalchemy import Connection, select

from storage.tables import ArticleRow

FIELDS = (
    "id", "url", "canonical_url", "site", "region", "title", "subtitle", "text", "published_at", "published_precision", "authors",
    "editor", "source", "section", "language", "script", "family_id", "version", "state", "first_seen_at", "last_seen_at",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every article in order of its number, a few hundred at a time."""
    columns = [getattr(ArticleRow, name) for name in FIELDS]
    query = select(*columns).order_by(ArticleRow.id).execution_options(yield_per=500)
    for row in connection.execute(query).mappings():
        yield {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def write_jsonl(articles: Iterator[dict[str, Any]], out: TextIO) -> int:
    number = 0
    for article in articles:
        out.write(json.dumps(article, ensure_ascii=False) + "\n")
        number += 1
    return number


def write_csv(articles: Iterator[dict[str, Any]], out: TextIO) -> int:
    """CSV with a byte order mark; cells that a spreadsheet would run are quoted with an apostrophe (OWASP)."""
    out.write("\ufeff")
    writer, number = csv.DictWriter(out, FIELDS), 0
    writer.writeheader()
    for article in articles:
        writer.writerow({name: guard(value) for name, value in article.items()})
        number += 1
    return number


def guard(value: Any) -> Any:
    """
    >>> guard("=HYPERLINK(1)"), guard(["李明", "王芳"])
    ("'=HYPERLINK(1)", '李明; 王芳')
    """
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
