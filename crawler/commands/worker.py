"""``scrapy worker``: one of many machines that run the sites of one archive on PostgreSQL."""

from __future__ import annotations

import argparse
import asyncio
import sys

from scrapy.commands import ScrapyCommand

from crawler.monitors.watch import Watcher
from crawler.schedule.options import Options
from crawler.schedule.planner import Planner, say
from crawler.schedule.queue import app_of
from crawler.schedule.worker import RunFailed, Worker
from storage.archive import Archive, BadArchive


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Run sites and re-reading of one PostgreSQL archive together with workers on other machines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--slots", type=int, help="tasks at once (default: SCHEDULE_SLOTS, else as many as cores)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        url = self.settings["ARCHIVE_URL"]
        try:
            with Archive(url) as archive:
                planner = Planner(archive, Options.of(self.settings, opts.slots), say, Watcher(archive, self.settings, say).look)
                asyncio.run(Worker(app_of(url), planner).run_forever())
        except (BadArchive, RunFailed) as error:
            print(f"worker: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2 if isinstance(error, BadArchive) else 1
