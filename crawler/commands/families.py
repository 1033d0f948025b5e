"""``scrapy families``: the largest families, the batch pass over them, its log and undo."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from sqlalchemy import select

from storage.archive import Archive, BadArchive
from storage.families import ledger, recluster
from storage.tables import ArticleRow, FamilyRow

SHOWN = 20


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "The largest families of reprints; --recluster, --log, --undo"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--limit", type=int, default=SHOWN, metavar="N", help="how many are shown (20)")
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--recluster", action="store_true", help="ask every article again and join or split families")
        action.add_argument("--log", action="store_true", help="the newest merges and splits")
        action.add_argument("--undo", type=int, metavar="N", help="take back entry N of the log; it is not done again")
        action.add_argument("--undo-batch", type=int, metavar="N", help="take back all that pass N of --recluster did")
        parser.add_argument("--dry-run", action="store_true", help="with --recluster: only show what would change")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError("families takes no arguments; `scrapy family ARTICLE` shows one", print_help=False)
        if opts.dry_run and not opts.recluster:
            raise UsageError("--dry-run goes with --recluster", print_help=False)
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                for line in _act(archive, opts):
                    print(line)  # noqa: T201 - a command speaks to its user
        except (BadArchive, LookupError) as error:
            print(f"families: {error}", file=sys.stderr)  # noqa: T201
            self.exitcode = 2 if isinstance(error, BadArchive) else 1


def _act(archive: Archive, opts: argparse.Namespace) -> list[str]:
    now = datetime.now(UTC)
    if opts.recluster:
        return _recluster(archive, opts, now)
    if opts.log:
        return _log(archive, opts.limit)
    if opts.undo is not None:
        with archive.transaction() as connection:
            back = ledger.undo(connection, opts.undo, now)
        return [f"entry {opts.undo} undone: {len(back)} articles went back"]
    if opts.undo_batch is not None:
        with archive.transaction() as connection:
            return [f"pass {opts.undo_batch} undone: {recluster.undo_batch(connection, opts.undo_batch, now)} articles went back"]
    return _largest(archive, opts.limit)


def _recluster(archive: Archive, opts: argparse.Namespace, now: datetime) -> list[str]:
    entered = 0 if opts.dry_run else _enter(archive, now)
    with archive.read() as connection:
        steps = recluster.plan(connection)
        missing = len(recluster.unsigned(connection))
    lines = [f"{entered} articles newly fingerprinted"] if entered else []
    lines += [f"{step.kind}: {_some(step.articles)} from family {step.source} to {step.target or 'a new one'}" for step in steps]
    if opts.dry_run:
        note = "; some articles are not fingerprinted yet, which --recluster does first" if missing else ""
        return [*lines, f"{len(steps)} changes, none made{note}"]
    if not steps:
        return [*lines, "nothing to change"]
    with archive.transaction() as connection:
        batch = recluster.apply(connection, steps, now)
    return [*lines, f"{len(steps)} changes made in pass {batch}; `scrapy families --undo-batch {batch}` takes them back"]


def _enter(archive: Archive, now: datetime) -> int:
    """Fingerprint what an older version left; how many articles."""
    entered = 0
    while True:
        with archive.transaction() as connection:
            articles = recluster.unsigned(connection)
            if not articles:
                return entered
            recluster.enter(connection, articles, now)
            entered += len(articles)


def _some(articles: tuple[int, ...]) -> str:
    named = ", ".join(map(str, articles[:5]))
    return f"article {named}" if len(articles) <= 5 else f"article {named} and {len(articles) - 5} more"


def _log(archive: Archive, limit: int) -> list[str]:
    with archive.read() as connection:
        entries = ledger.entries(connection, limit)
    lines = []
    for entry in entries:
        where = f"pass {entry['batch']}" if entry["batch"] else f"article {entry['because_of']} arrived"
        undone = f"; undone {entry['undone_at']:%Y-%m-%d %H:%M} UTC" if entry["undone_at"] else ""
        lines.append(f"{entry['id']}  {entry['at']:%Y-%m-%d %H:%M} UTC  {entry['kind']}: {_some(tuple(entry['moved']))} from family {entry['gone_id']} to {entry['kept_id']} ({where}){undone}")
    return lines or ["no merges or splits yet"]


def _largest(archive: Archive, limit: int) -> list[str]:
    query = (
        select(FamilyRow.id, FamilyRow.size, FamilyRow.head_id, ArticleRow.title, ArticleRow.site)
        .join(ArticleRow, ArticleRow.id == FamilyRow.head_id)
        .where(FamilyRow.size > 1)
        .order_by(FamilyRow.size.desc(), FamilyRow.id)
        .limit(limit)
    )
    with archive.read() as connection:
        rows = connection.execute(query).all()
    return [f"{row.size:4} articles  family {row.id}  first {row.head_id} ({row.site}): {row.title}" for row in rows] or ["no families of more than one article"]
