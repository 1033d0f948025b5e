"""An article as the values of its row: everything that goes into a database passes here."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from crawler.items import Article, Edit
from storage.clean import clean
from storage.search.normal import joins

if TYPE_CHECKING:
    from storage.writer import Visit

UNSTORED = re.compile(r"[\W_]+")
COPIED = (
    "url", "canonical_url", "site", "title", "title_raw", "subtitle", "text", "text_extracted", "summary",
    "published_precision", "published_raw", "published_from", "editor", "source", "section", "language", "script",
    "dateline", "edition_page", "edition_section", "quality", "extractor",
)  # fmt: skip
TOLD = (
    "title", "subtitle", "text", "published_at", "published_precision", "authors", "editor", "source", "dateline",
    "edition_date", "edition_page",
)  # fmt: skip
"""What the page tells its reader: a change of any of these is a new version."""
OWN = ("title", "text", "text_extracted", "content_hash", "rules", "capture_id", "run_id")
"""Columns of a version; its other fields are kept as JSON."""
UNVERSIONED = {
    *OWN, "url_key", "sort_at", "position", "last_seen_at", "checked_at", "first_seen_at", "version", "state", "gone_at",
}  # fmt: skip


@lru_cache(maxsize=256)  # the search for copies of a group's articles and their rows ask for the same ones
def content_hash(title: str | None, text: str) -> bytes:
    """SHA-256 of title and text without white space and punctuation, NFKC."""
    joined = f"{title or ''}\n{text}"
    if not joins(joined):
        joined = _plain().sub("", joined)  # most of what NFKC changes in Chinese text; it is quick with what is normal already
    joined = UNSTORED.sub("", unicodedata.normalize("NFKC", joined))
    return hashlib.sha256(joined.encode("utf-8", "replace")).digest()


@lru_cache
def _plain() -> re.Pattern[str]:
    """Marks that leave nothing behind, whether they are taken out before or after NFKC."""
    marks = [ord(char) for char in "".join(UNSTORED.findall("".join(map(chr, range(0x10000))))) if UNSTORED.fullmatch(unicodedata.normalize("NFKC", char))]
    runs = [[code for _, code in run] for _, run in groupby(enumerate(marks), lambda one: one[1] - one[0])]  # a pattern of ranges is compiled in a tenth of the time
    return re.compile("[" + "".join(f"{re.escape(chr(run[0]))}-{re.escape(chr(run[-1]))}" for run in runs) + "]+")


def values_of(article: Article, visit: Visit) -> dict[str, Any]:
    """The columns that the page and the visit decide."""
    lost = sum(edit.kind == "lost" for edit in article.edits)
    values = {name: clean(getattr(article, name)) for name in COPIED}
    return values | {
        "region": clean(visit.region),
        "run_id": visit.run_id,
        "capture_id": visit.capture_id,
        "published_at": article.published,
        "published_offset": _minutes_east(article.published),
        "modified_at": article.modified,
        "modified_offset": _minutes_east(article.modified),
        "authors": clean(list(article.authors)),
        "images": clean([asdict(image) for image in article.images]),
        "attachments": clean([asdict(attachment) for attachment in article.attachments]),
        "tags": clean(list(article.tags)),
        "edition_date": article.edition_date,
        "encoding": clean(asdict(article.encoding)) if article.encoding else None,
        "rules": visit.rules,
        "content_hash": content_hash(values["title"], values["text"]),
        "damage": sum(edit.step == "repair" for edit in article.edits) - lost,
        "lost": lost,
        "sort_at": article.published or visit.now,
        "last_seen_at": visit.now,
        "checked_at": visit.now,
        "extra": clean(dict(article.extra)) or None,
    }


def _minutes_east(moment: datetime | None) -> int | None:
    offset = moment.utcoffset() if moment else None
    return int(offset.total_seconds() // 60) if offset is not None else None


def version_of(values: dict[str, Any]) -> dict[str, Any]:
    """The columns of a version that are those of its article."""
    fields = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in values.items() if k not in UNVERSIONED}
    return {name: values[name] for name in OWN} | {"fields": fields}


def edit_of(version_id: int, ordinal: int, edit: Edit) -> dict[str, Any]:
    """The columns of an entry in the ledger."""
    return {
        "version_id": version_id, "ordinal": ordinal, "step": edit.step, "rule": edit.rule, "field": edit.field, "pass": edit.pass_, "start": edit.start,
        "before": clean(edit.before), "after": clean(edit.after), "confidence": edit.confidence, "kind": edit.kind,
    }  # fmt: skip
