"""The articles of a group, stored together in its transaction: what one asks or writes costs hardly more for thirty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from crawler.items import Article, Duplicate
from pipelines import RULES
from storage.clean import clean
from storage.keys import url_key
from storage.tables import ArticleRow
from storage.writer import Visit, content_hash, identity, save_articles

if TYPE_CHECKING:
    from crawler.endings import Entry


@dataclass(slots=True)
class Arrival:
    """An article that waits for its group."""

    entry: Entry
    item: Article
    evidence: dict[str, Any]
    torn: str | None
    """What is wrong with a further page of it."""
    result: str | Duplicate = ""
    """What became of it."""

    @property
    def keys(self) -> set[bytes]:
        """Under which it may stand in the archive."""
        return {identity(self.item), url_key(self.item.url)}

    @property
    def content(self) -> bytes:
        return content_hash(clean(self.item.title), clean(self.item.text))

    @property
    def visit(self) -> Visit:
        run, entry = self.entry.run, self.entry
        return Visit(now=entry.now, rules=RULES, run_id=run.run_id, capture_id=entry.capture_id or entry.row.capture_id, region=run.site.region)


def store(connection: Connection, site: str, arrivals: list[Arrival]) -> None:
    """Store articles and end their fetches; a copy of another address of the site is dropped."""
    if not arrivals:
        return
    from storage.families import place_saved

    fresh = _without_copies(connection, site, arrivals)
    saved = save_articles(connection, [(one.item, one.visit) for one in fresh])
    place_saved(connection, [(made, one.item, one.entry.now) for one, made in zip(fresh, saved, strict=True)])
    for one, made in zip(fresh, saved, strict=True):
        one.result = made.outcome
        one.entry.stored(one, made)


def _without_copies(connection: Connection, site: str, arrivals: list[Arrival]) -> list[Arrival]:
    """Those whose title and text no other address of the site has, in the archive or earlier in the group."""
    contents = [one.content for one in arrivals]
    query = select(ArticleRow.url, ArticleRow.url_key, ArticleRow.content_hash).where(ArticleRow.site == site, ArticleRow.content_hash.in_(contents))
    holders: dict[bytes, dict[bytes, str]] = {}
    for row in connection.execute(query):
        holders.setdefault(row.content_hash, {})[row.url_key] = row.url
    fresh = []
    for one, content in zip(arrivals, contents, strict=True):
        keys = one.keys
        other = next((url for key, url in holders.get(content, {}).items() if key not in keys), None)
        if other is not None:
            one.result = Duplicate(f"the same title and text as {other}")
            one.entry.copied(one)
            continue
        for held in holders.values():  # what it said before, it says no more
            for key in keys & held.keys():
                del held[key]
        holders.setdefault(content, {})[identity(one.item)] = one.item.url
        fresh.append(one)
    return fresh
