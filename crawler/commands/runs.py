"""``scrapy runs``: the history of runs, and what is late."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from scrapy.commands import ScrapyCommand

from crawler.schedule.options import Options
from crawler.schedule.profiles import readable, wanted
from crawler.tables import table
from storage import clock, plan
from storage.archive import Archive, BadArchive
from storage.plan.history import dead

HEAD = ("run", "site", "planned", "started", "ended", "took", "by", "state", "exit", "outcomes", "log")


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [SITE]"

    def short_desc(self) -> str:
        return "Show the runs, newest first; --due: what is late and since when (exit 1 if anything is)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--due", action="store_true", help="what should have run and has not")
        parser.add_argument("--limit", type=int, default=20, help="runs shown at most (default 20)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive, archive.read() as connection:
                now = clock.now(connection)
                if opts.due:
                    self._due(connection, now)
                    return
                rows = plan.runs(connection, opts.limit, args[0] if args else None)
        except BadArchive as error:
            print(f"runs: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(table([HEAD, *(_row(row, now) for row in rows)]))  # noqa: T201
        for row in rows:
            if row.reason:
                print(f"{row.site} {_time(row.started or row.planned)}: {row.reason}")  # noqa: T201

    def _due(self, connection: Any, now: datetime) -> None:
        late = plan.late(connection, now)
        sites, _ = readable(Options.of(self.settings).sites)
        known = {one.site for one in plan.kept(connection, set())}
        for one in late:
            print(f"{one.site}  due since {_time(one.since)} ({_span((now - one.since).total_seconds())})  {one.why}")  # noqa: T201
        new = [one.site for one in wanted(sites) if one.site not in known]
        for site in new:
            print(f"{site}  has a schedule that no planner has seen: is `scrapy schedule` running?")  # noqa: T201
        if late or new:
            self.exitcode = 1
        else:
            print("nothing is late")  # noqa: T201


def _row(row: Any, now: datetime) -> tuple[str, ...]:
    lost = dead(row, now)
    ended = row.ended or (None if row.state == "running" else row.started)
    took = _span((ended - row.started).total_seconds()) if ended and row.started else ""
    counts = ", ".join(f"{number} {name}" for name, number in sorted((row.counts or {}).items()) if name != "fetched" and isinstance(number, int))
    planned = _time(row.planned) + (f" (+{row.folded} missed)" if row.folded else "") if row.planned else "by hand" if row.by_hand else ""
    return (
        str(row.run or ""), row.site or "", planned, _time(row.started), _time(row.ended), took, (row.owner or ""),
        "lost" if lost else row.state, "" if row.exit_code is None else str(row.exit_code), counts, row.log or "",
    )  # fmt: skip


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone():%m-%d %H:%M:%S}" if moment else ""


def _span(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
