"""The one writer of articles: insert, touch or revise, decided by the database, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, case, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from crawler.items import Article
from storage.bulk import insert_all, new_ids
from storage.clean import clean
from storage.identity import identity, known, named, same_article
from storage.keys import url_key
from storage.search.index import Index
from storage.search.positions import Positions, floor
from storage.tables import AddressRow, ArticleRow, EditRow, VersionRow
from storage.values import TOLD, content_hash, edit_of, values_of, version_of

__all__ = ["Saved", "Visit", "content_hash", "identity", "mark_gone", "reread_articles", "save_article", "save_articles", "touch"]

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
Outcome = Literal["stored", "unchanged", "revised"]
LOCK = 70212
ARTICLES: Any = ArticleRow.__table__
VERSIONS: Any = VersionRow.__table__
EDITS: Any = EditRow.__table__


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an article."""

    article_id: int
    version_id: int | None
    """None where nothing changed."""
    outcome: Outcome


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
    return save_articles(connection, [(article, visit)])[0]


def save_articles(connection: Connection, articles: Sequence[tuple[Article, Visit]]) -> list[Saved]:
    """Store many articles at once, in their order; what became of each. The caller's commit makes them durable."""
    lock(connection)
    batch = _Batch(connection)
    batch.look_up(article for article, _ in articles)
    batch.positions.look_up(article.published or visit.now for article, visit in articles)
    saved = [batch.add(article, visit) for article, visit in articles]
    return batch.finish(saved)


def reread_articles(connection: Connection, articles: Sequence[tuple[Article, Visit, Any]]) -> list[Saved]:
    """Write what today's rules read from captures of articles, whose rows stand third, as new versions."""
    lock(connection)
    batch = _Batch(connection)
    return batch.finish([batch.reread(article, visit, row) for article, visit, row in articles])


def lock(connection: Connection) -> None:
    """Two writers must not take one position; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


@dataclass(slots=True)
class _Pending:
    """An article that is new to the archive, or to this batch of versions."""

    article: Article
    values: dict[str, Any]
    now: datetime


class _Batch:
    """Articles on their way into the tables: new ones are written together, known ones one by one."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.positions = Positions(connection)
        self.index = Index(connection)
        self.known: dict[bytes, Any] = {}
        self.new: dict[bytes, _Pending] = {}
        self.saved: dict[bytes, Saved] = {}

    def look_up(self, articles: Iterable[Article]) -> None:
        keys = {key for article in articles for key in (identity(article), url_key(article.url))}
        self.known |= known(self.connection, keys)

    def add(self, article: Article, visit: Visit) -> Saved | bytes:
        """What became of it, or the key under which `finish` will know."""
        own, asked = url_key(article.url), identity(article)
        if {own, asked} & self.new.keys():
            written = [one.article for one in self.new.values()]  # the same article twice in a batch
            self._write_new()
            self.look_up([*written, article])
        row = self.known.get(asked)
        if row is not None and own != asked and not same_article(article, row):
            article, row, asked = replace(article, canonical_url=None), None, own
        row = row if row is not None else self.known.get(own)
        values = values_of(article, visit)
        if row is not None:
            return self._again(article, values, row)
        values |= {"url_key": asked, "first_seen_at": visit.now, "version": 1, "state": "live", "gone_at": None}
        values["position"] = self.positions.take(values["sort_at"])
        self.new[asked] = _Pending(article, values, visit.now)
        return asked

    def finish(self, saved: Sequence[Saved | bytes]) -> list[Saved]:
        self._write_new()
        self.positions.close()
        self.index.close()
        return [self.saved[one] if isinstance(one, bytes) else one for one in saved]

    def _write_new(self) -> None:
        pending, self.new = list(self.new.values()), {}
        if not pending:
            return
        ids = new_ids(self.connection, ARTICLES, len(pending))
        insert_all(self.connection, ARTICLES, [{"id": article_id, **one.values} for article_id, one in zip(ids, pending, strict=True)])
        self.index.put(one.values for one in pending)
        versions = _versions(self.connection, [(article_id, 1, one) for article_id, one in zip(ids, pending, strict=True)])
        for one, article_id, version_id in zip(pending, ids, versions, strict=True):
            self.saved[one.values["url_key"]] = Saved(article_id, version_id, "stored")
            self._address(one.article, article_id, one.values["url_key"])

    def _again(self, article: Article, values: dict[str, Any], row: Any) -> Saved:
        now = values["checked_at"]
        self._address(article, row.id, row.url_key)
        values |= {"url_key": row.url_key, "sort_at": values["published_at"] or row.first_seen_at}
        if all(values[name] == getattr(row, name) for name in TOLD):
            touched = {"last_seen_at": now, "checked_at": now, "gone_at": None, "state": "live" if row.version == 1 else "revised"}
            self.connection.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(**touched))
            return Saved(row.id, None, "unchanged")
        return self._revise(_Pending(article, values | {"state": "revised", "gone_at": None}, now), row)

    def _revise(self, read: _Pending, row: Any) -> Saved:
        """Make what was read the article's newest version."""
        values = read.values
        changed = values | {"version": row.version + 1, "position": row.position}
        if floor(values["sort_at"]) != floor(row.sort_at):
            changed["position"] = self.positions.take(values["sort_at"])
        changed.pop("first_seen_at", None)
        self.index.remove([row._mapping])
        self.connection.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(**changed))
        self.index.put([changed])
        version_id = _versions(self.connection, [(row.id, row.version + 1, _Pending(read.article, changed, read.now))])[0]
        self.known |= known(self.connection, [row.url_key])
        return Saved(row.id, version_id, "revised")

    def reread(self, article: Article, visit: Visit, row: Any) -> Saved:
        """The same capture read by other rules: a new version, and no visit of the page."""
        seen = {name: getattr(row, name) for name in ("url_key", "last_seen_at", "checked_at", "state", "gone_at", "region")}
        values = values_of(article, visit) | seen
        values["sort_at"] = values["published_at"] or row.first_seen_at
        return self._revise(_Pending(article, values, visit.now), row)

    def _address(self, article: Article, article_id: int, identified: bytes) -> None:
        """Note every address of the article that is not the one it is stored under."""
        for url in {article.url, named(article) or article.url}:
            if (key := url_key(url)) != identified and key not in self.known:
                row = INSERT[self.connection.dialect.name](AddressRow).values(url_key=key, url=clean(url), article_id=article_id)
                self.connection.execute(row.on_conflict_do_nothing())


def _versions(connection: Connection, versions: list[tuple[int, int, _Pending]]) -> list[int]:
    """Write versions (article id, number, article) with their edits; their ids."""
    ids = new_ids(connection, VERSIONS, len(versions))
    rows = [
        {"id": made, "article_id": article_id, "version": number, **version_of(one.values), "valid_from": one.now}
        for made, (article_id, number, one) in zip(ids, versions, strict=True)
    ]
    insert_all(connection, VERSIONS, rows)
    edits = [edit_of(made, n, edit) for made, (_, _, one) in zip(ids, versions, strict=True) for n, edit in enumerate(one.article.edits)]
    insert_all(connection, EDITS, edits)
    return ids


def _at(key: bytes) -> Any:
    """The article whose identity, or other address, has this key."""
    other = select(AddressRow.article_id).where(AddressRow.url_key == key)
    return (ArticleRow.url_key == key) | (ArticleRow.id.in_(other))


def touch(connection: Connection, key: bytes, now: datetime) -> int | None:
    """Note that the article at an address was seen unchanged, back again if it was gone; its id, None where there is none."""
    state = case((ArticleRow.state != "gone", ArticleRow.state), (ArticleRow.version > 1, "revised"), else_="live")
    values = {"last_seen_at": now, "checked_at": now, "gone_at": None, "state": state}
    return connection.scalar(update(ArticleRow).where(_at(key)).values(**values).returning(ArticleRow.id))


def mark_gone(connection: Connection, key: bytes, now: datetime) -> int | None:
    """Note that the article at an address has vanished; its id, None where there is no article."""
    since = func.coalesce(ArticleRow.gone_at, literal(now, ArticleRow.gone_at.type))
    return connection.scalar(update(ArticleRow).where(_at(key)).values(state="gone", gone_at=since, checked_at=now).returning(ArticleRow.id))
