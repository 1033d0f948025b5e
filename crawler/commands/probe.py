"""``scrapy probe``: a first look at an unknown site, and a profile drafted from it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

import pipelines
from crawler.discovery.draft import draft
from crawler.discovery.probe import ProbeSpider
from crawler.discovery.survey import Survey
from crawler.sites import folder_of


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "[options] URL"

    def short_desc(self) -> str:
        return "Look at an unknown site and draft its profile (feeds, sitemaps, sections, article pattern), to be checked by a person"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write the profile; default HOST.toml in SITES_DIR or here; - prints it")
        parser.add_argument("--allow-address", action="append", default=[], metavar="IP", help="a private address that may be connected to")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        assert self.crawler_process is not None
        if len(args) != 1 or urlsplit(args[0]).scheme not in ("http", "https") or not urlsplit(args[0]).hostname:
            raise UsageError("give one address, written as https://host/", print_help=False)
        target = self._target(args[0], opts)
        if target and target.exists():
            self._end(f"{target} exists; name another file with -o, or move it away", 2)
            return
        crawler = self.crawler_process.create_crawler(ProbeSpider)
        self.crawler_process.crawl(crawler, url=args[0], read=pipelines.process, allow=tuple(opts.allow_address))
        self.crawler_process.start()
        survey = crawler.spider.survey if isinstance(crawler.spider, ProbeSpider) else None
        if survey is None:
            self._end(f"{args[0]} gives no page (refused, unreachable, or forbidden by robots.txt); -L INFO shows why", 1)
            return
        self._write(survey, target, opts.allow_address)

    def _target(self, url: str, opts: argparse.Namespace) -> Path | None:
        assert self.settings is not None
        if opts.output == "-":
            return None
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return Path(opts.output) if opts.output else (folder_of(self.settings) or Path()) / f"{host}.toml"

    def _write(self, survey: Survey, target: Path | None, allow: list[str]) -> None:
        made = draft(survey, datetime.now(UTC).date(), allow)
        if target is None:
            print(made, end="")  # noqa: T201 - a command speaks to its user
        else:
            target.write_text(made, "utf-8")
            read = sum(sample.article is not None for sample in survey.samples)
            print(f"{target}: {len(survey.feeds)} feeds, {len(survey.sitemaps)} sitemaps, {len(survey.sections)} sections, {len(survey.patterns)} article patterns; "  # noqa: T201
                  f"{read} of {len(survey.samples)} sample pages read as articles. Check it, then: scrapy crawl news -a site={target}")  # fmt: skip
        if not survey.patterns and not survey.feeds:
            self._end("no articles were found: name sections in 'start' and write a pattern in 'article' by hand", 1)

    def _end(self, message: str, code: int) -> None:
        print(f"probe: {message}", file=sys.stderr)  # noqa: T201
        self.exitcode = code
