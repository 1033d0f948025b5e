"""``scrapy crawl``: Scrapy's command, with an exit code that tells the truth."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from scrapy.commands.crawl import Command as CrawlCommand

from crawler.progress import Progress
from crawler.running import run_news
from crawler.schedule import lifeline
from crawler.sites import BadSite
from storage.archive import BadArchive
from storage.frontier import SiteHeld


class Command(CrawlCommand):
    def short_desc(self) -> str:
        return "Crawl a site: scrapy crawl news -a site=NAME, or -a url=https://host/"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != ["news"]:
            super().run(args, opts)
            return
        lifeline.tie()
        assert self.crawler_process is not None
        try:
            result = run_news(self.crawler_process, show=Progress if sys.stderr.isatty() else None, **_arguments(opts))
        except (BadSite, BadArchive, SiteHeld) as error:
            print(f"crawl: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(result.summary())  # noqa: T201
        self.exitcode = result.exit_code


def _arguments(opts: argparse.Namespace) -> dict[str, Any]:
    return dict(opts.spargs)
