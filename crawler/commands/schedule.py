"""``scrapy schedule``: plan the sites that have a schedule, and run them when they are due."""

from __future__ import annotations

import argparse
import asyncio
import sys

from scrapy.commands import ScrapyCommand

from crawler.monitors.watch import Watcher
from crawler.schedule.options import Options
from crawler.schedule.planner import Planner, say
from crawler.schedule.queue import app_of
from crawler.schedule.worker import Deferrer
from storage.archive import Archive, BadArchive


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Run the sites that have a schedule when they are due; --once for cron and systemd"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--once", action="store_true", help="run what is due now, then end; exit 1 when a run failed")
        parser.add_argument("--workers", action="store_true", help="plan only: `scrapy worker` on any machine runs what is due (PostgreSQL)")
        parser.add_argument("--slots", type=int, help="crawls at once (default: SCHEDULE_SLOTS, else as many as cores)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                planner = Planner(archive, Options.of(self.settings, opts.slots), say, Watcher(archive, self.settings, say).look)
                asyncio.run(_work(planner, opts, self.settings["ARCHIVE_URL"]))
        except BadArchive as error:
            print(f"schedule: {error}", file=sys.stderr)  # noqa: T201
            self.exitcode = 2
            return
        if opts.once and planner.failed:
            self.exitcode = 1


async def _work(planner: Planner, opts: argparse.Namespace, url: str) -> None:
    if not opts.workers:
        await (planner.run_once() if opts.once else planner.run_forever())
        return
    app = app_of(url)
    planner.listen()
    async with app.open_async():
        deferrer = Deferrer(app, planner)
        await (deferrer.look() if opts.once else deferrer.run_forever())
