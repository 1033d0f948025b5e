"""``scrapy archive``: the bundled sample site into an archive, in one command."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from sqlalchemy import func, select
from twisted.internet import task

from crawler.running import Result, run_news
from crawler.sample.server import PORT, SampleSite
from crawler.sites import BadSite
from storage.archive import Archive, BadArchive
from storage.frontier import SiteHeld
from storage.tables import ArticleRow, EditRow, FamilyRow


class Command(ScrapyCommand):
    requires_project = True

    def short_desc(self) -> str:
        return "Crawl the bundled sample site into the archive and say what was found"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--port", type=int, default=PORT, help=f"loopback port of the sample site (default {PORT})")
        parser.add_argument("--day", type=int, choices=(1, 2), default=1, help="the site as of day 1 or a day later")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        assert self.crawler_process is not None
        try:
            with SampleSite(opts.port, opts.day) as site, tempfile.TemporaryDirectory() as folder:
                profile = Path(folder) / "sample.toml"
                profile.write_text(site.profile(), "utf-8")
                _show_progress(self.crawler_process)
                result = run_news(self.crawler_process, site=str(profile))
        except (OSError, BadSite, BadArchive, SiteHeld) as error:
            print(f"archive: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(result.summary())  # noqa: T201
        print(_report(self.settings["ARCHIVE_URL"], result))  # noqa: T201
        self.exitcode = result.exit_code


def _show_progress(process: Any) -> None:
    """A line that grows while pages come in: rewritten on a terminal, one every few seconds elsewhere."""
    started = time.monotonic()
    live = sys.stderr.isatty()

    def show() -> None:
        for crawler in list(process.crawlers):
            if crawler.stats is None:
                continue
            fetched = crawler.stats.get_value("fangzhi/fetched", 0)
            stored = crawler.stats.get_value("fangzhi/stored", 0)
            rate = fetched / max(0.1, time.monotonic() - started)
            line = f"{fetched} pages, {stored} articles stored, {rate:.0f} pages/s"
            sys.stderr.write(f"\r{line}\x1b[K" if live else f"{line}\n")
            sys.stderr.flush()

    loop = task.LoopingCall(show)
    loop.start(0.5 if live else 3, now=False)


def _report(url: str, result: Result) -> str:
    with Archive(url) as archive, archive.read() as connection:
        steps = dict(connection.execute(select(EditRow.step, func.count()).group_by(EditRow.step)).all())  # type: ignore[arg-type]  # rows of two
        families = connection.scalar(select(func.count()).select_from(FamilyRow).where(FamilyRow.size > 1))
        articles = connection.scalar(select(func.count()).select_from(ArticleRow))
    new = result.counts.get("stored", 0) + result.counts.get("revised", 0)
    return "\n".join((
        "nothing new was stored: the archive has it all already" if not new else f"{new} articles stored or revised",
        f"the archive holds {articles} articles; {steps.get('repair', 0)} repairs made, {steps.get('strip_disclaimers', 0)} disclaimer"
        f" and editor lines and {steps.get('strip_related', 0)} related lines removed, {families} families of reprints",
        "", "try next:", "  .venv/bin/scrapy search 戏台", "  .venv/bin/scrapy show 1", "  .venv/bin/scrapy export --format csv -o articles.csv",
    ))  # fmt: skip
