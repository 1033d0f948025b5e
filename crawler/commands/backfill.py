"""``scrapy backfill``: past issues of an e-paper, by date range, with a report of the gaps."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.discovery.epaper import dated, issue_url
from crawler.running import run_news
from crawler.sites import BadSite, Site, folder_of, load
from storage.archive import Archive, BadArchive
from storage.editions import Issue, days, issues, request
from storage.frontier import SiteHeld

MOST_DAYS = 3660


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "[options] SITE --from DAY --to DAY"

    def short_desc(self) -> str:
        return "Fetch the e-paper issues of past days that the archive has no article of, and report the gaps"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--from", dest="first", type=_day, required=True, metavar="DAY", help="first day, as 2026-03-01")
        parser.add_argument("--to", dest="last", type=_day, required=True, metavar="DAY", help="last day, included")
        parser.add_argument("--report", action="store_true", help="only report what is held; fetch nothing")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1:
            raise UsageError("give one site: a profile's name or the path of a TOML file", print_help=False)
        _check_range(opts.first, opts.last)
        folder = folder_of(self.settings)
        try:
            site = load(args[0], folder)
            if not dated(site.epaper):
                raise BadSite(f"{site.path}: 'epaper' does not name the issue of a day; write its address with %Y, %m and %d")
            urls = {day: issue_url(site.epaper or "", day) for day in days(opts.first, opts.last)}
            if not opts.report:
                self._fetch(args[0], site, urls)
            found = self._issues(site, urls)
        except (BadSite, BadArchive, SiteHeld) as error:
            print(f"backfill: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        _report(found)
        if not self.exitcode and any(issue.state == "failed" for issue in found):
            self.exitcode = 1

    def _issues(self, site: Site, urls: dict[date, str]) -> list[Issue]:
        assert self.settings is not None
        with Archive(self.settings["ARCHIVE_URL"]) as archive, archive.read() as connection:
            return issues(connection, site.name, urls)

    def _fetch(self, name: str, site: Site, urls: dict[date, str]) -> None:
        """Make the missing issues due, then crawl the site: a crawl fetches all that is due."""
        assert self.settings is not None
        assert self.crawler_process is not None
        with Archive(self.settings["ARCHIVE_URL"]) as archive, archive.transaction() as connection:
            missing = [issue for issue in issues(connection, site.name, urls) if issue.state != "held"]
            request(connection, site.name, missing, datetime.now(UTC))
        print(f"{len(missing)} of {len(urls)} issues to fetch")  # noqa: T201
        result = run_news(self.crawler_process, site=name)
        print(result.summary())  # noqa: T201
        self.exitcode = result.exit_code


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-03-01") from None


def _check_range(first: date, last: date) -> None:
    if first > last:
        raise UsageError(f"--from {first} lies after --to {last}", print_help=False)
    if (last - first).days >= MOST_DAYS:
        raise UsageError(f"{(last - first).days + 1} days are more than the {MOST_DAYS} of one call; split the range", print_help=False)


def _report(found: list[Issue]) -> None:
    for issue in found:
        reason = f"  {issue.reason}" if issue.reason and issue.state != "held" else ""
        print(f"{issue.day:%Y-%m-%d %a}  {issue.state:<8} {issue.pages:>3} pages {issue.articles:>4} articles{reason}")  # noqa: T201
    gaps = [issue for issue in found if issue.state != "held"]
    print(f"{len(found) - len(gaps)} of {len(found)} issues held, {sum(issue.articles for issue in found)} articles; {len(gaps)} gaps")  # noqa: T201
