"""``scrapy archive``: the bundled sample site into an archive, in one command."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from scrapy.commands import ScrapyCommand
from sqlalchemy import func, select

from crawler.progress import Progress
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
                print(f"sample site of day {opts.day} on {site.url}/, archive {self.settings['ARCHIVE_URL']}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
                profile = Path(folder) / "sample.toml"
                profile.write_text(site.profile(), "utf-8")
                result = run_news(self.crawler_process, show=Progress, site=str(profile))
        except (OSError, BadSite, BadArchive, SiteHeld) as error:
            print(f"archive: {error}", file=sys.stderr)  # noqa: T201
            self.exitcode = 2
            return
        print(result.summary())  # noqa: T201
        print(report(self.settings["ARCHIVE_URL"], result))  # noqa: T201
        self.exitcode = result.exit_code


def report(url: str, result: Result) -> str:
    """What the run brought, what the archive holds, and three commands to go on with."""
    new = result.counts.get("stored", 0) + result.counts.get("revised", 0)
    with Archive(url) as archive, archive.read() as connection:
        done = select(EditRow.step, func.count()).where(EditRow.kind.in_(("repair", "strip"))).group_by(EditRow.step)
        steps = dict(connection.execute(done).all())
        lost = connection.scalar(select(func.count()).where(EditRow.kind == "lost"))
        families, members = connection.execute(select(func.count(), func.sum(FamilyRow.size)).where(FamilyRow.size > 1)).one()
        gone = connection.scalar(select(func.count()).where(ArticleRow.state == "gone"))
        articles = connection.scalar(select(func.count()).select_from(ArticleRow))
        repaired = connection.scalar(select(ArticleRow.id).where(ArticleRow.damage > 0).order_by(ArticleRow.lost, ArticleRow.damage.desc(), ArticleRow.id).limit(1))
    counted = (
        (articles, "articles"),
        (steps.get("repair", 0), f"repairs made to their text; {lost} places flagged as lost"),
        (steps.get("strip_disclaimers", 0), "disclaimers and editor lines removed"),
        (steps.get("strip_related", 0), "related links and rankings removed"),
        (families, f"families of reprints, {members or 0} articles in them"),
    )
    said = f"{new} articles stored or revised" if new else "nothing new was stored: the archive has it all already"
    lines = [said + (f"; {gone} of the archive are gone from the site" if gone else ""), "the archive holds", *(f"{number:>6} {words}" for number, words in counted), "", "try next:"]
    tried = ("search 龙王泉", f"show {repaired or 1}", "export --format csv -o articles.csv")
    return "\n".join((*lines, *(f"  {_scrapy()} {words}" for words in tried)))


def _scrapy() -> str:
    """``scrapy`` as the user has to type it: by its path where the environment is not active."""
    own = Path(sys.executable).parent / "scrapy"
    if shutil.which("scrapy") == str(own):
        return "scrapy"
    return os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)
