"""The one writer of articles: insert, touch or revise, decided by the database, inside the caller's transaction."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crawler.items import Article
from storage import search_index
from storage.clean import clean
from storage.keys import url_key
from storage.tables import AddressRow, ArticleRow, EditRow, VersionRow

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
Outcome = Literal["stored", "unchanged", "revised"]
UNSTORED = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an article."""

    article_id: int
    version_id: int | None
    """None where nothing changed."""
    outcome: Outcome


def identity(article: Article) -> bytes:
    """The key that says which article it is: rel=canonical, else its address."""
    return url_key(article.canonical_url or article.url)


def content_hash(title: str | None, text: str) -> bytes:
    """SHA-256 of title and text without white space and punctuation, NFKC."""
    joined = UNSTORED.sub("", unicodedata.normalize("NFKC", f"{title or ''}\n{text}"))
    return hashlib.sha256(joined.encode("utf-8", "replace")).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """When, by which run and from which capture an article was read."""

    now: datetime
    rules: str
    run_id: int | None = None
    capture_id: int | None = None
    region: str | None = None


def save_article(connection: Connection, article: Article, visit: Visit) -> Saved:
    """Store an article: a new one, a new version, or only the note that it was seen unchanged."""
    values = _values(article, visit)
    new_id = connection.scalar(
        INSERT[connection.dialect.name](ArticleRow).values(**values, first_seen_at=visit.now, version=1, state="live").on_conflict_do_nothing(index_elements=["url_key"]).returning(ArticleRow.id)
    )
    if new_id is not None:
        search_index.put(connection, new_id, None, searchable(values["title"], values["text"]))
        _address(connection, article, new_id)
        return Saved(new_id, _version(connection, (new_id, 1), values, article), "stored")
    return _again(connection, article, values)


def searchable(title: str | None, text: str) -> str:
    """The text that a search looks in."""
    return search_index.normalise(f"{title or ''}\n{text}")


def _again(connection: Connection, article: Article, values: dict[str, Any]) -> Saved:
    now = values["checked_at"]
    columns = (ArticleRow.id, ArticleRow.content_hash, ArticleRow.version, ArticleRow.title, ArticleRow.text)
    old = connection.execute(select(*columns).where(ArticleRow.url_key == values["url_key"])).one()
    _address(connection, article, old.id)
    if old.content_hash == values["content_hash"]:
        touched = {"last_seen_at": now, "checked_at": now, "gone_at": None}
        connection.execute(update(ArticleRow).where(ArticleRow.id == old.id).values(**touched))
        return Saved(old.id, None, "unchanged")
    version = old.version + 1
    changed = values | {"version": version, "state": "revised", "gone_at": None}
    connection.execute(update(ArticleRow).where(ArticleRow.id == old.id).values(**changed))
    new_text = searchable(values["title"], values["text"])
    search_index.put(connection, old.id, searchable(old.title, old.text), new_text)
    return Saved(old.id, _version(connection, (old.id, version), values, article), "revised")


def _version(connection: Connection, place: tuple[int, int], values: dict[str, Any], article: Article) -> int:
    """Write (article id, version number) with its edits; the version's id."""
    article_id, version = place
    own = ("title", "text", "text_extracted", "content_hash", "rules", "capture_id", "run_id")
    left_out = {*own, "url_key", "sort_at", "last_seen_at", "checked_at"}
    fields = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in values.items() if k not in left_out}
    version_id = connection.scalar(
        insert(VersionRow)
        .values(
            article_id=article_id,
            version=version,
            valid_from=values["checked_at"],
            fields=fields,
            **{k: values[k] for k in own},
        )
        .returning(VersionRow.id)
    )
    assert isinstance(version_id, int)
    if article.edits:
        rows = [{"version_id": version_id, "ordinal": n, **{k.rstrip("_"): clean(v) for k, v in asdict(edit).items()}} for n, edit in enumerate(article.edits)]
        table: Any = EditRow.__table__
        connection.execute(insert(table), rows)
    return version_id


def _address(connection: Connection, article: Article, article_id: int) -> None:
    """Note the fetched address where the article's identity is another."""
    key = url_key(article.url)
    if key == identity(article):
        return
    row = INSERT[connection.dialect.name](AddressRow).values(url_key=key, url=clean(article.url), article_id=article_id)
    connection.execute(row.on_conflict_do_nothing())


def _values(article: Article, visit: Visit) -> dict[str, Any]:
    same = (
        "url", "canonical_url", "site", "title", "title_raw", "subtitle", "text", "text_extracted", "summary",
        "published_precision", "published_raw", "published_from", "editor", "source", "section", "language", "script",
        "dateline", "edition_page", "edition_section", "quality", "extractor",
    )  # fmt: skip
    offset = article.published.utcoffset() if article.published else None
    lost = sum(edit.kind == "lost" for edit in article.edits)
    values = {name: clean(getattr(article, name)) for name in same}
    return values | {
        "url_key": identity(article),
        "region": visit.region,
        "run_id": visit.run_id,
        "capture_id": visit.capture_id,
        "published_at": article.published,
        "published_offset": int(offset.total_seconds() // 60) if offset is not None else None,
        "modified_at": article.modified,
        "authors": clean(list(article.authors)),
        "images": clean([asdict(image) for image in article.images]),
        "attachments": clean([asdict(attachment) for attachment in article.attachments]),
        "tags": clean(list(article.tags)),
        "edition_date": article.edition_date,
        "encoding": asdict(article.encoding) if article.encoding else None,
        "rules": visit.rules,
        "content_hash": content_hash(values["title"], values["text"]),
        "damage": sum(edit.step == "repair" for edit in article.edits) - lost,
        "lost": lost,
        "sort_at": article.published or visit.now,
        "last_seen_at": visit.now,
        "checked_at": visit.now,
        "extra": clean(dict(article.extra)) or None,
    }


def mark_gone(connection: Connection, key: bytes, now: datetime) -> int | None:
    """Note that the article at an address has vanished; its id, None where there is no article."""
    other = select(AddressRow.article_id).where(AddressRow.url_key == key)
    where = (ArticleRow.url_key == key) | (ArticleRow.id.in_(other))
    row = update(ArticleRow).where(where).values(state="gone", gone_at=now, checked_at=now).returning(ArticleRow.id)
    return connection.scalar(row)
