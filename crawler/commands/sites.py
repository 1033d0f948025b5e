"""``scrapy sites``: the profiles that exist, each checked; with ``--health``, how the sites do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from crawler.monitors.health import Health, health
from crawler.monitors.watch import watch
from crawler.schedule.profiles import readable
from crawler.sites import BadSite, Site, folder_of, load, names
from crawler.tables import table
from storage.archive import Archive, BadArchive

HEAD = ("", "site", "last run", "state", "7 days", "expected", "usual", "damaged", "lost", "dropped", "wrong")


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [SITE ...]"

    def short_desc(self) -> str:
        return "List the site profiles and check each; --health: how the sites do; exit 1 if something is wrong"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--health", action="store_true", help="what the archive says of each site that was crawled or has a schedule")
        parser.add_argument("--alert", action="store_true", help="as --health, and tell ALERT_TO what is news")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        folder = folder_of(self.settings)
        if opts.health or opts.alert:
            self._health(args, opts, folder)
            return
        for name, path in names(folder).items():
            try:
                site = load(str(path))
            except BadSite as error:
                print(f"broken  {error}")  # noqa: T201 - a command speaks to its user
                self.exitcode = 1
                continue
            print(f"ok      {name:<16} {site.title}  {', '.join(site.start)}  weekly {site.weekly or '-'}")  # noqa: T201

    def _health(self, args: list[str], opts: argparse.Namespace, folder: Path | None) -> None:
        assert self.settings is not None
        sites, broken = readable(folder)
        unknown = [name for name in args if name not in sites]
        if unknown:
            print(f"sites: no site {', '.join(unknown)}; known: {', '.join(sorted(sites))}", file=sys.stderr)  # noqa: T201
            self.exitcode = 2
            return
        chosen = {name: site for name, site in sites.items() if not args or name in args}
        try:
            troubles, looked = self._look(chosen, opts)
        except BadArchive as error:
            print(f"sites: {error}", file=sys.stderr)  # noqa: T201
            self.exitcode = 2
            return
        print(table([HEAD, *(_row(one) for one in looked)]))  # noqa: T201
        wrong = [f"{one.site.name}: {finding.words}" for one in looked for finding in one.found]
        for line in (*wrong, *broken, *troubles):
            print(line)  # noqa: T201
        self.exitcode = 1 if wrong or broken or troubles else 0

    def _look(self, sites: dict[str, Site], opts: argparse.Namespace) -> tuple[list[str], list[Health]]:
        assert self.settings is not None
        with Archive(self.settings["ARCHIVE_URL"]) as archive:
            troubles = watch(archive, self.settings, sites) if opts.alert else []
            with archive.read() as connection:
                looked = health(connection, sites, self.settings.getint("SILENT_DAYS"))
        return troubles, [one for one in looked if one.facts.last_run or one.site.schedule]


def _row(one: Health) -> tuple[str, ...]:
    facts = one.facts
    run, week = facts.last_run, facts.week
    pages = sum(facts.outcomes.get(name, 0) for name in ("stored", "revised", "unchanged", "dropped"))
    usual = f"{sum(facts.weekly) / len(facts.weekly):.0f}" if facts.weekly else "-"
    return (
        "paused" if facts.paused else "wrong" if one.found else "well", one.site.name, f"{run['started_at'].astimezone():%m-%d %H:%M}" if run else "never",
        run["state"] if run else "", str(week.number), str(one.site.weekly or "-"), usual, f"{week.share(week.damaged):.0%}", f"{week.share(week.lost):.0%}",
        f"{facts.outcomes.get('dropped', 0) / pages:.0%}" if pages else "-", ", ".join(finding.check for finding in one.found),
    )  # fmt: skip
