"""The query language, and articles that match: exact substrings of the normalised text, the same on every database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, text

from storage.search_index import RUN, normalise, token
from storage.tables import UTCDateTime

MAX_CHARS, MAX_TERMS, SCAN = 256, 16, 200
TERM = re.compile(r"""(-?)(?:(site|region|source|author|after|before|family):)?(?:"([^"]*)"|(\S+))""")


class BadQuery(ValueError):
    """A query that cannot be read; the message says what to change."""


@dataclass(slots=True)
class Query:
    """A query taken apart."""

    all: list[list[str]] = field(default_factory=list)
    """Groups joined by AND; within a group any one is enough (OR)."""
    none: list[str] = field(default_factory=list)
    filters: list[tuple[str, str, bool]] = field(default_factory=list)
    """(name, value, excluded)"""


def parse(query: str) -> Query:
    """A `Query` from what a user typed. Raises `BadQuery`.

    >>> parse('停水 "城关镇" OR 东关 -演练 site:sample').all
    [['停水'], ['城关镇', '东关']]
    """
    if len(query) > MAX_CHARS:
        raise BadQuery(f"the query has {len(query)} characters, {MAX_CHARS} are read; shorten it")
    if query.count('"') % 2:
        raise BadQuery('a quotation mark (") is not closed; close it or leave it out')
    found, joined = Query(), False
    terms = list(TERM.finditer(query))
    if len(terms) > MAX_TERMS:
        raise BadQuery(f"the query has {len(terms)} terms, {MAX_TERMS} are read; shorten it")
    for match in terms:
        minus, name, phrase, word = match.groups()
        value = phrase if phrase is not None else word
        if word == "OR" and not name and not minus:
            joined = True
            continue
        _add(found, minus, name, value, joined=joined)
        joined = False
    if joined:
        raise BadQuery("OR needs a word on its right; add one or leave OR out")
    if not (found.all or found.none or found.filters):
        raise BadQuery("the query is empty; give a word, a phrase or a filter such as site:NAME")
    return found


def _add(found: Query, minus: str, name: str | None, value: str, *, joined: bool) -> None:
    if name:
        if name in ("after", "before"):
            _day(name, value)
        if name == "family" and not value.isdigit():
            raise BadQuery(f"family:{value} is no number; write it as family:12")
        found.filters.append((name, value, bool(minus)))
        return
    term = normalise(value)
    if not RUN.search(term):
        raise BadQuery(f"{value!r} has no letter or digit to look for; add one")
    if minus:
        found.none.append(term)
    elif joined and found.all:
        found.all[-1].append(term)
    elif joined:
        raise BadQuery("OR needs a word on its left; add one or leave OR out")
    else:
        found.all.append([term])


def _day(name: str, value: str) -> datetime:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadQuery(f"{name}:{value} is no day; write it as {name}:2026-03-18") from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def search(connection: Connection, query: str, limit: int = 20) -> list[dict[str, Any]]:
    """Up to ``limit`` articles, newest first: id, title, url, site, published_at, family_id, snippet."""
    asked = parse(query)
    hits: list[dict[str, Any]] = []
    offset = 0
    sql, values = _sql(connection.dialect.name, asked)
    while len(hits) < limit:
        rows = connection.execute(sql, {**values, "scan": SCAN, "skip": offset}).mappings().all()
        for row in rows:
            body = normalise(f"{row['title'] or ''}\n{row['text']}")
            if _matches(asked, body):
                hits.append({k: row[k] for k in row if k != "text"} | {"snippet": snippet(row["text"], asked)})
        if len(rows) < SCAN:
            break
        offset += SCAN
    return hits[:limit]


def _matches(asked: Query, body: str) -> bool:
    return all(any(term in body for term in group) for group in asked.all) and not any(t in body for t in asked.none)


COLUMNS = "a.id, a.title, a.url, a.site, a.source, a.published_at, a.sort_at, a.family_id, a.text"
FILTERS = {
    "site": "a.site = :{0}", "region": "a.region = :{0}", "source": "a.source LIKE :{0} ESCAPE '!'",
    "author": "CAST(a.authors AS TEXT) LIKE :{0} ESCAPE '!'", "after": "a.sort_at >= :{0}",
    "before": "a.sort_at < :{0}", "family": "a.family_id = :{0}",
}  # fmt: skip


def _sql(dialect: str, asked: Query) -> tuple[Any, dict[str, Any]]:
    where, values, typed = ["1 = 1"], {}, []
    for n, (name, value, excluded) in enumerate(asked.filters):
        condition = FILTERS[name].format(f"f{n}")
        where.append(f"(({condition}) IS NOT TRUE)" if excluded else f"({condition})")
        values[f"f{n}"] = _filter_value(name, value)
        if name in ("after", "before"):
            typed.append(bindparam(f"f{n}", type_=UTCDateTime()))
    if asked.all:
        match = " AND ".join(f"({_group(group, dialect)})" for group in asked.all)
        values["match"] = match if dialect == "sqlite" else match.replace(" AND ", " & ").replace(" OR ", " | ")
        if dialect == "sqlite":
            where.append("a.id IN (SELECT rowid FROM article_grams WHERE article_grams MATCH :match)")
        else:
            where.append("a.id IN (SELECT article_id FROM article_grams WHERE grams @@ CAST(:match AS tsquery))")
    sql = f"SELECT {COLUMNS} FROM articles a WHERE {' AND '.join(where)} ORDER BY a.sort_at DESC, a.id DESC LIMIT :scan OFFSET :skip"
    return text(sql).bindparams(*typed).columns(**_types()), values


def _types() -> dict[str, Any]:
    return {"published_at": UTCDateTime(), "sort_at": UTCDateTime()}


def _filter_value(name: str, value: str) -> Any:
    if name in ("after", "before"):
        return _day(name, value)
    if name == "family":
        return int(value)
    if name in ("source", "author"):
        return "%" + re.sub(r"([!%_])", r"!\1", value) + "%"
    return value


def _group(group: list[str], dialect: str) -> str:
    return " OR ".join(f"({_term(term, dialect)})" for term in group)


def _term(term: str, dialect: str) -> str:
    """Tokens that every text with this substring has."""
    parts: set[str] = set()
    for run in RUN.findall(term):
        if len(run) == 1:
            prefix = f"x{ord(run):x}x"
            parts.add(f'"{prefix}" *' if dialect == "sqlite" else f"'{prefix}':*")
        else:
            inner = {token(run[i : i + 2]) for i in range(len(run) - 1)}
            parts.update(f'"{g}"' if dialect == "sqlite" else f"'{g}'" for g in inner)
    return " AND ".join(sorted(parts))


def snippet(body: str, asked: Query, around: int = 40) -> str:
    """A piece of the original text about the first match, which stands in 【】."""
    for group in asked.all:
        for term in group:
            at = normalise(body).find(term)
            if at >= 0 and len(normalise(body)) == len(body):
                start, end = max(0, at - around), at + len(term)
                piece = f"{body[start:at]}【{body[at:end]}】{body[end : end + around]}"
                return ("…" if start else "") + piece.replace("\n", " ") + ("…" if end + around < len(body) else "")
    return body[: 2 * around].replace("\n", " ")
