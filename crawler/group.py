"""The articles of a group, stored together in its transaction: what one asks or writes costs hardly more for thirty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from crawler.items import Article, Duplicate
from pipelines import RULES
from storage.copies import copies
from storage.writer import Visit, save_articles

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
    def visit(self) -> Visit:
        run, entry = self.entry.run, self.entry
        return Visit(now=entry.now, rules=RULES, run_id=run.run_id, capture_id=entry.capture_id or entry.row.capture_id, region=run.site.region)


def store(connection: Connection, arrivals: list[Arrival]) -> None:
    """Store articles and end their fetches; a copy of another address of the site is dropped."""
    if not arrivals:
        return
    from storage.families import place_saved

    fresh = []
    for one, other in zip(arrivals, copies(connection, [one.item for one in arrivals]), strict=True):
        if other is None:
            fresh.append(one)
        else:
            one.result = Duplicate(f"the same title and text as {other}")
            one.entry.copied(one)
    saved = save_articles(connection, [(one.item, one.visit) for one in fresh])
    place_saved(connection, [(made, one.item, one.entry.now) for one, made in zip(fresh, saved, strict=True)])
    for one, made in zip(fresh, saved, strict=True):
        one.result = made.outcome
        one.entry.stored(one, made)
