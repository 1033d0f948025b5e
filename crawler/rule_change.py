"""Today's rules over the stored captures: what they would change in the archive, and, when asked, the new versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from crawler.items import Article, Dropped, Page
from crawler.replay import BadReplay, captured_page
from crawler.sites import BadSite, Site, load
from pipelines import RULES, process
from storage.archive import Archive
from storage.differences import Change, between
from storage.families import place
from storage.keys import url_key
from storage.search.find import ordered
from storage.search.query import parse
from storage.tables import ArticleRow, CaptureRow, OutcomeRow, RunRow
from storage.values import values_of
from storage.writer import Saved as Written
from storage.writer import Visit, reread_articles

BATCH, SHOWN = 50, 3
COMPARED = (
    "title", "subtitle", "published_at", "published_precision", "authors", "editor", "source", "section", "language", "script", "dateline",
    "edition_date", "edition_page", "damage", "lost",
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """What was read, and how it differs from the archive."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """same, changed, dropped, failed, no capture."""
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    """{(site, field): articles}"""
    examples: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """Articles that could not be read again, and why."""

    def note(self, row: Any, changes: list[Change]) -> None:
        self.outcomes["changed" if changes else "same"] += 1
        for name in sorted({change.field for change in changes}):
            key = (row.site or "", name)
            self.fields[key] += 1
            shown = self.examples.setdefault(key, [])
            if len(shown) < SHOWN:
                shown.append((row.id, next(change.marked() for change in changes if change.field == name)[:200]))

    def lines(self) -> list[str]:
        """The report as it is printed."""
        total = ", ".join(f"{number} {name}" for name, number in sorted(self.outcomes.items())) or "none that was asked for has a capture"
        out = [f"rules {RULES} over {sum(self.outcomes.values())} articles: {total}", *self.notes[:20]]
        if len(self.notes) > 20:
            out.append(f"… and {len(self.notes) - 20} more of that kind")
        for (site, name), number in sorted(self.fields.items()):
            out.append(f"{site or 'no site'}  {name}: {number} articles")
            out += [f"    {article} {text}" for article, text in self.examples[site, name]]
        return out


class Rereader:
    """Reads captures of an archive again. ``sites`` is the folder of the user's profiles."""

    def __init__(self, archive: Archive, captures: Path, sites: Path | None = None) -> None:
        self.archive = archive
        self.captures = captures
        self.folder = sites
        self.sites: dict[str, Site | None] = {}

    def run(self, query: str = "", *, apply: bool = False) -> Report:
        """Compare every article that matches with what today's rules read; ``apply``: write what differs as new versions.

        Raises `storage.search.BadQuery`.
        """
        report, run_id = Report(), self._begin() if apply else None
        with self.archive.read() as connection:
            ids = list(_ids(connection, query))
        for n in range(0, len(ids), BATCH):
            changed = list(self._compare(ids[n : n + BATCH], report))
            if run_id is not None and changed:
                self._apply(changed, run_id)
        if run_id is not None:
            self._end(run_id, report)
        return report

    def _compare(self, ids: list[int], report: Report) -> Iterator[tuple[Any, Article]]:
        with self.archive.read() as connection:
            rows = {row.id: row for row in connection.execute(select(ArticleRow.__table__).where(ArticleRow.id.in_(ids)))}
        for row in (rows[one] for one in ids if one in rows):
            article = self._read(row, report)
            if article is None:
                continue
            values = values_of(article, Visit(now=row.checked_at, rules=RULES))
            changes = between(row._asdict(), values, COMPARED)
            report.note(row, changes)
            if changes:
                yield row, article

    def _read(self, row: Any, report: Report) -> Article | None:
        """The article as today's rules read it; None, and a note, where they do not."""
        if row.capture_id is None:
            report.outcomes["no capture"] += 1
            return None
        try:
            return process(self._page(row.capture_id), self._site(row.site), self._further(row))
        except Dropped as reason:
            report.outcomes["dropped"] += 1
            report.notes.append(f"{row.id} {row.url}: would be dropped: {type(reason).__name__}: {reason}")
        except BadReplay as error:
            report.outcomes["failed"] += 1
            report.notes.append(f"{row.id} {row.url}: its capture cannot be read: {error}")
        except Exception as error:  # noqa: BLE001 - one bad page must not end the replay; it is counted and named
            report.outcomes["failed"] += 1
            report.notes.append(f"{row.id} {row.url}: {type(error).__name__}: {error}")
        return None

    def _page(self, capture_id: int) -> Page:
        with self.archive.read() as connection:
            return captured_page(connection, self.captures, capture_id)

    def _further(self, row: Any) -> Any:
        """A look-up of the article's further pages, as they were captured with it."""

        def saved(url: str) -> Page | None:
            query = select(CaptureRow.id).where(CaptureRow.url_key == url_key(url), CaptureRow.status.in_((0, 200))).order_by(CaptureRow.id)
            with self.archive.read() as connection:
                found = connection.scalars(query).all()
            later = next((one for one in found if one > row.capture_id), found[-1] if found else None)
            return self._page(later) if later is not None else None

        return saved

    def _site(self, name: str | None) -> Site | None:
        """The site's profile; None where it has none, as a crawl with ``-a url=`` has."""
        if name and name not in self.sites:
            try:
                self.sites[name] = load(name, self.folder)
            except BadSite:
                self.sites[name] = None
        return self.sites.get(name or "")

    def _begin(self) -> int:
        with self.archive.transaction() as connection:
            made = insert(RunRow).values(kind="replay", state="running", started_at=datetime.now(UTC)).returning(RunRow.id)
            return int(connection.scalar(made) or 0)

    def _apply(self, changed: list[tuple[Any, Article]], run_id: int) -> None:
        now = datetime.now(UTC)
        with self.archive.transaction() as connection:
            visits = [(article, Visit(now=now, rules=RULES, run_id=run_id, capture_id=row.capture_id), row) for row, article in changed]
            rewrite(connection, visits, now)
            for _, _, row in visits:
                outcome = {"run_id": run_id, "url_key": row.url_key, "url": row.url, "outcome": "revised", "at": now}
                connection.execute(insert(OutcomeRow).values(**outcome, reason=f"rules {row.rules} -> {RULES}", capture_id=row.capture_id, article_id=row.id))

    def _end(self, run_id: int, report: Report) -> None:
        state = "degraded" if report.outcomes["failed"] else "finished"
        values = {"state": state, "ended_at": datetime.now(UTC), "counts": dict(report.outcomes), "exit_code": int(state != "finished")}
        with self.archive.transaction() as connection:
            connection.execute(update(RunRow).where(RunRow.id == run_id).values(**values))


def rewrite(connection: Connection, read: Sequence[tuple[Article, Visit, Any]], now: datetime) -> list[Written]:
    """Make what today's rules read from articles' captures their newest versions; the articles' rows stand third. No visit of the page is noted."""
    saved = reread_articles(connection, read)
    for made, (article, _, row) in zip(saved, read, strict=True):
        if article.text != row.text:
            place(connection, made.article_id, article.title, article.text, now)
    return saved


def _ids(connection: Connection, query: str) -> Iterator[int]:
    if query.strip():
        yield from (row["id"] for row in ordered(connection, parse(query), 200))
    else:
        yield from connection.scalars(select(ArticleRow.id).order_by(ArticleRow.id))

