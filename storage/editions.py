"""Which e-paper issues of a site the archive holds, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select, update

from storage.frontier import Found, add
from storage.keys import url_key
from storage.tables import ArticleRow, FrontierRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One day's issue."""

    day: date
    url: str
    """Its first page."""
    outcome: str | None
    """How the fetch of its first page ended; None: not fetched yet."""
    reason: str | None
    pages: int
    """Pages (版) fetched."""
    articles: int
    """Articles in the archive that bear the day as their edition date."""

    @property
    def state(self) -> str:
        """``held``, ``empty`` (pages but no article), ``none`` (no issue that day), ``failed`` or ``unknown``."""
        if self.articles:
            return "held"
        by_outcome = {None: "unknown", "listing": "empty", "gone": "none", "redirected": "none", "dropped": "none"}
        return by_outcome.get(self.outcome, "failed")


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def issues(connection: Connection, site: str, urls: dict[date, str]) -> list[Issue]:
    """The issues of the days in ``urls`` ({day: address of the first page}), in that order."""
    keys = {url_key(url): day for day, url in urls.items()}
    query = select(FrontierRow.url_key, FrontierRow.outcome, FrontierRow.reason, FrontierRow.context).where(FrontierRow.site == site, FrontierRow.kind == "epaper")
    ends: dict[date, tuple[str | None, str | None]] = {}
    pages: Counter[str] = Counter()
    for key, outcome, reason, context in connection.execute(query):
        if key in keys:
            ends[keys[key]] = (outcome, reason)
        if outcome == "listing":
            pages[str((context or {}).get("edition_date"))] += 1
    articles = _articles(connection, site, urls)
    return [
        Issue(day=day, url=url, outcome=ends.get(day, (None, None))[0], reason=ends.get(day, (None, None))[1], pages=pages[day.isoformat()], articles=articles.get(day, 0))
        for day, url in urls.items()
    ]  # fmt: skip


def _articles(connection: Connection, site: str, wanted: Iterable[date]) -> dict[date, int]:
    found = list(wanted)
    if not found:
        return {}
    where = (ArticleRow.site == site, ArticleRow.edition_date >= min(found), ArticleRow.edition_date <= max(found))
    query = select(ArticleRow.edition_date, func.count()).where(*where).group_by(ArticleRow.edition_date)
    return {day: count for day, count in connection.execute(query) if day is not None}


def request(connection: Connection, site: str, wanted: Iterable[Issue], now: datetime) -> int:
    """Make the first pages of issues due; how many."""
    urls = {url_key(issue.url): issue for issue in wanted}
    add(connection, site, [Found(url=i.url, kind="epaper", context={"edition_date": i.day.isoformat()}) for i in urls.values()], now)
    where = (FrontierRow.url_key.in_(list(urls)), FrontierRow.state.in_(("done", "failed", "pending")))
    # Evidence of an earlier visit is forgotten: an unchanged page would not be looked through for its articles.
    connection.execute(update(FrontierRow).where(*where).values(state="pending", next_at=now, attempts=0, etag=None, last_modified=None, body_hash=None))
    return len(urls)
