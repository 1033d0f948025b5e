"""The frontier's SQL: a site held by one run, addresses leased under its token, every fetch ended in one outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, func, insert, select, update

from storage import clock
from storage.clean import clean
from storage.keys import canonical, url_key
from storage.owner import is_dead
from storage.tables import ArticleRow, ForgottenRow, FrontierRow, OutcomeRow, RunRow, SiteRow
from storage.writer import INSERT

LEASE = timedelta(seconds=16)
"""Renewed every quarter of it. A dead machine's crawl is to be taken over within 30 s, on a busy machine too."""
LISTINGS = ("section", "feed", "sitemap", "epaper")
PRIORITY = {"feed": 30, "sitemap": 25, "section": 20, "epaper": 20, "page": 15, "article": 10}
HELD = timedelta(seconds=2)
"""What may be a further page of an article waits so long, again and again, until that article was read."""
FURTHER_PATH = re.compile(r"(.+?)(?:[_-]|/)\d{1,3}(\.\w{2,5})")
FURTHER_KEY = re.compile(r"(?:page|p|pg|pn|pageno|pagenum|currentpage)=\d+", re.I)
AT_ONCE = 500
"""Rows of one INSERT: SQLite takes 32766 values in a statement."""


class SiteHeld(RuntimeError):
    """Another run holds the site."""


class LeaseLost(RuntimeError):
    """The site was taken over by another run; nothing of this one is written any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address that a listing or redirect named."""

    url: str
    kind: str
    depth: int = 0
    context: dict[str, Any] = field(default_factory=dict)


def acquire(connection: Connection, site: str, owner: str, now: datetime | None = None) -> int:
    """Take the site's lease; its fencing token. ``now``: else the database's clock.

    Raises `SiteHeld` while another run's lease lasts, unless its owner is a process of this machine that has ended.
    """
    row = INSERT[connection.dialect.name](SiteRow).values(name=site, title="", paused=False, lease_token=0)
    connection.execute(row.on_conflict_do_nothing())
    now = now or clock.now(connection)
    held = connection.execute(select(SiteRow.lease_owner, SiteRow.lease_expires_at, SiteRow.lease_token).where(SiteRow.name == site)).one()
    free = (SiteRow.lease_expires_at.is_(None)) | (SiteRow.lease_expires_at < now)
    if is_dead(held.lease_owner):
        free |= (SiteRow.lease_token == held.lease_token) & (SiteRow.lease_owner == held.lease_owner)
    values = {"lease_token": SiteRow.lease_token + 1, "lease_owner": owner, "lease_expires_at": now + LEASE}
    taken = connection.scalar(update(SiteRow).where(SiteRow.name == site, free).values(**values).returning(SiteRow.lease_token))
    if taken is None:
        host, pid, *_ = (*str(held.lease_owner).split(":"), "?")
        raise SiteHeld(f"{site} is being crawled by process {pid} on {host} (lease until {held.lease_expires_at:%H:%M:%S} UTC, renewed while it runs); wait, or end that run")
    _free(connection, site)
    assert isinstance(taken, int)
    return taken


def check(connection: Connection, site: str, token: int, now: datetime | None = None) -> None:
    """Renew the lease inside the caller's transaction. Raises `LeaseLost` when the token is no longer the site's."""
    where = (SiteRow.name == site, SiteRow.lease_token == token, SiteRow.lease_owner.is_not(None))
    row = update(SiteRow).where(*where).values(lease_expires_at=(now or clock.now(connection)) + LEASE).returning(SiteRow.name)
    if connection.scalar(row) is None:
        raise LeaseLost(f"{site}: another run has taken over")


def release(connection: Connection, site: str, token: int) -> None:
    """Let the site go; what was leased and not fetched is free again. Does nothing under a dead token."""
    where = (SiteRow.name == site, SiteRow.lease_token == token)
    row = update(SiteRow).where(*where).values(lease_expires_at=None, lease_owner=None).returning(SiteRow.name)
    if connection.scalar(row) is not None:
        _free(connection, site)


def _free(connection: Connection, site: str) -> None:
    connection.execute(update(FrontierRow).where(FrontierRow.site == site, FrontierRow.state == "leased").values(state="pending", token=None))


def seed(connection: Connection, site: str, found: Iterable[Found], now: datetime) -> None:
    """Put a run's start addresses in; they are due at once, whatever became of them before."""
    starts = list(found)
    add(connection, site, starts, now)
    keys = [url_key(one.url) for one in starts]
    where = (FrontierRow.site == site, FrontierRow.url_key.in_(keys), FrontierRow.state.in_(("pending", "done", "failed")))
    connection.execute(update(FrontierRow).where(*where).values(state="pending", next_at=now, attempts=0))


def add(connection: Connection, site: str, found: Iterable[Found], now: datetime, found_on: bytes | None = None) -> int:
    """Put addresses in that are not there yet; how many were new. Forgotten addresses and such as are none stay out."""
    new, todo = 0, iter(found)
    while batch := list(islice(todo, AT_ONCE)):
        rows = {}
        for one in batch:
            try:
                key = url_key(one.url)
            except ValueError:
                continue  # no address that can be fetched: http://[bad/, a port of 99999
            rows[key] = {
                "site": site, "url_key": key, "host": urlsplit(one.url).hostname or "", "url": clean(one.url), "kind": one.kind,
                "state": "pending", "priority": PRIORITY.get(one.kind, 0) - one.depth, "next_at": now, "attempts": 0, "visits": 0,
                "depth": one.depth, "found_on": found_on, "context": clean(one.context) or None, "yield_count": 0,
                "first_seen_at": now,
            }  # fmt: skip
        for key in connection.scalars(select(ForgottenRow.url_key).where(ForgottenRow.url_key.in_(list(rows)))):
            del rows[key]
        if rows:
            statement = INSERT[connection.dialect.name](FrontierRow).on_conflict_do_nothing().returning(FrontierRow.url_key)
            new += len(connection.execute(statement, list(rows.values())).all())
    return new


def add_part(connection: Connection, site: str, url: str, now: datetime, found_on: bytes) -> bytes:
    """The key of a further page of an article; it is never fetched for itself, even if a listing names it."""
    key = url_key(url)
    add(connection, site, [Found(url=url, kind="page")], now, found_on)
    connection.execute(update(FrontierRow).where(FrontierRow.site == site, FrontierRow.url_key == key).values(kind="page"))
    return key


def lease(connection: Connection, held: tuple[str, int], now: datetime, limit: int, blocked: Iterable[str] = ()) -> list[Any]:
    """Up to ``limit`` due addresses, marked as leased by ``held`` (site, token); none of a host in ``blocked``."""
    site, token = held
    where = (FrontierRow.site == site, FrontierRow.state == "pending", FrontierRow.next_at <= now, FrontierRow.host.not_in(list(blocked)))
    due = select(FrontierRow.url_key).where(*where).order_by(FrontierRow.priority.desc(), FrontierRow.next_at).limit(limit)
    taken = (
        update(FrontierRow).where(FrontierRow.site == site, FrontierRow.url_key.in_(due)).values(state="leased", token=token).returning(*FrontierRow.__table__.columns)
    )
    rows = sorted(connection.execute(taken).all(), key=lambda row: -row.priority)
    early = _early(connection, site, rows, now)
    if early:
        postpone(connection, site, early, now + HELD)
    return [row for row in rows if row.url_key not in early]


def _early(connection: Connection, site: str, rows: Iterable[Any], now: datetime) -> set[bytes]:
    """Keys of what looks like a further page of an article that was not read yet: that article may join it, and has to be asked first."""
    firsts = {row.url_key: url_key(first) for row in rows if row.kind == "article" and not row.visits and (first := first_page(row.url))}
    if not firsts:
        return set()
    soon = (FrontierRow.state == "leased") | ((FrontierRow.state == "pending") & (FrontierRow.next_at <= now))
    where = (FrontierRow.site == site, FrontierRow.url_key.in_(set(firsts.values())), FrontierRow.outcome.is_(None), soon)
    waiting = set(connection.scalars(select(FrontierRow.url_key).where(*where)))
    return {key for key, first in firsts.items() if first in waiting}


def first_page(url: str) -> str | None:
    """The address of which this one would be a further page, by its look; None where it has none.

    >>> first_page("https://a.cn/t1_2.html"), first_page("https://a.cn/t1/3.html"), first_page("https://a.cn/t1.html?page=2")
    ('https://a.cn/t1.html', 'https://a.cn/t1.html', 'https://a.cn/t1.html')
    >>> first_page("https://a.cn/t1_1024.html")
    """
    parts = urlsplit(url)
    if found := FURTHER_PATH.fullmatch(parts.path):
        return parts._replace(path=found[1] + found[2]).geturl()
    query = "&".join(part for part in parts.query.split("&") if not FURTHER_KEY.fullmatch(part))
    return parts._replace(query=query).geturl() if query != parts.query else None


def next_due(connection: Connection, site: str) -> datetime | None:
    """When the next address of the site is due; None: none is."""
    where = (FrontierRow.site == site, FrontierRow.state == "pending")
    return connection.scalar(select(func.min(FrontierRow.next_at)).where(*where))


def postpone(connection: Connection, site: str, keys: Iterable[bytes], until: datetime) -> None:
    """Give leased addresses back unfetched; no outcome, no attempt counted."""
    where = (FrontierRow.site == site, FrontierRow.url_key.in_(list(keys)), FrontierRow.state == "leased")
    connection.execute(update(FrontierRow).where(*where).values(state="pending", token=None, next_at=until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the fetch of one address ended."""

    key: bytes
    url: str
    outcome: str
    reason: str | None = None
    next_at: datetime | None = None
    """When it is fetched again; None: not in the course of things."""
    visited: bool = True
    """Whether the rung of the revisit ladder counts as done."""
    capture_id: int | None = None
    article_id: int | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    """etag, last_modified, body_hash, yield_count, interval, attempts, capture_id, capture_digest, captured_at."""


def end(connection: Connection, site: str, run_id: int, ending: Ending, now: datetime) -> None:
    """Write the one outcome of a fetch, and free its row."""
    values = {**_freed(ending, run_id, now), "visits": FrontierRow.visits + (1 if ending.visited else 0), **ending.evidence}
    connection.execute(update(FrontierRow).where(FrontierRow.site == site, FrontierRow.url_key == ending.key).values(**clean(values)))
    connection.execute(insert(OutcomeRow).values(**_outcome(ending, run_id, now)))


def end_all(connection: Connection, run_id: int, ended: Sequence[tuple[Any, Ending]], now: datetime) -> None:
    """The same for many at once, (the leased row, how it ended) each."""
    if not ended:
        return
    rows = []
    for row, ending in ended:
        values = clean({**_freed(ending, run_id, now), "visits": row.visits + (1 if ending.visited else 0), **ending.evidence})
        kept = {name: values.get(name, getattr(row, name)) for name in WRITTEN}
        rows.append({"of_site": row.site, "of_key": row.url_key, **{f"new_{name}": value for name, value in kept.items()}})
    table: Any = FrontierRow.__table__
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in WRITTEN}
    connection.execute(update(table).where(table.c.site == bindparam("of_site"), table.c.url_key == bindparam("of_key")).values(new), rows)
    outcomes: Any = OutcomeRow.__table__
    connection.execute(insert(outcomes), [_outcome(ending, run_id, now) for _, ending in ended])


WRITTEN = (
    "state", "token", "next_at", "attempts", "visits", "etag", "last_modified", "body_hash", "capture_id", "capture_digest", "captured_at",
    "outcome", "reason", "context", "yield_count", "interval", "checked_at", "run_id",
)  # fmt: skip


def _freed(ending: Ending, run_id: int, now: datetime) -> dict[str, Any]:
    over = "failed" if ending.outcome == "failed" else "done"
    return {
        "state": over if ending.next_at is None else "pending", "token": None, "next_at": ending.next_at,
        "outcome": ending.outcome, "reason": ending.reason, "checked_at": now, "run_id": run_id,
    }  # fmt: skip


def _outcome(ending: Ending, run_id: int, now: datetime) -> dict[str, Any]:
    return {
        "run_id": run_id, "url_key": ending.key, "url": clean(ending.url), "outcome": ending.outcome, "reason": clean(ending.reason),
        "at": now, "capture_id": ending.capture_id, "article_id": ending.article_id,
    }  # fmt: skip


def begin_run(connection: Connection, site: str, token: int, owner: str, now: datetime) -> int:
    """A new run of the site; those that never ended are marked lost."""
    stale = (RunRow.site == site, RunRow.state == "running")
    connection.execute(update(RunRow).where(*stale).values(state="lost", ended_at=now, reason="ended without a word"))
    run = connection.scalar(insert(RunRow).values(site=site, kind="crawl", state="running", token=token, owner=owner, started_at=now).returning(RunRow.id))
    assert isinstance(run, int)
    return run


def counts(connection: Connection, run_id: int) -> dict[str, int]:
    """{outcome: number} of a run, from its outcome rows."""
    rows = select(OutcomeRow.outcome, func.count()).where(OutcomeRow.run_id == run_id).group_by(OutcomeRow.outcome)
    return {row[0]: row[1] for row in connection.execute(rows)}


def articles_since(connection: Connection, site: str, when: datetime) -> int:
    """Number of the site's articles first seen after a time."""
    where = (ArticleRow.site == site, ArticleRow.first_seen_at >= when)
    return connection.scalar(select(func.count()).select_from(ArticleRow).where(*where)) or 0


def first_run(connection: Connection, site: str) -> datetime | None:
    """When the site was crawled first."""
    return connection.scalar(select(func.min(RunRow.started_at)).where(RunRow.site == site, RunRow.kind == "crawl"))


def same_address(one: str, other: str) -> bool:
    return canonical(one) == canonical(other)
