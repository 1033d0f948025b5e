"""``scrapy stats``: what the archive holds, by site, region and month; repairs; gaps."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand

from crawler.sites import BadSite, folder_of, load, names
from storage.archive import Archive, BadArchive
from storage.export import MissingPackage
from storage.statistics import Statistics, statistics


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Count articles by site, region and month; repairs; gaps in coverage"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--chart", metavar="FILE", help="also draw the months into FILE (.png or .svg; extra `charts`)")
        parser.add_argument("--json", action="store_true", help="print JSON instead of tables")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive, archive.read() as connection:
                counted = statistics(connection, _expected(self.settings))
            if opts.chart:
                from storage.charts import months

                warning = months(counted, Path(opts.chart))
                if warning:
                    print(f"stats: {warning}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
        except (BadArchive, MissingPackage, ValueError, OSError) as error:
            print(f"stats: {error}", file=sys.stderr)  # noqa: T201
            self.exitcode = 2
            return
        if opts.json:
            print(json.dumps(dataclasses.asdict(counted), ensure_ascii=False, default=str, indent=1))  # noqa: T201
        else:
            print("\n\n".join(tables(counted)))  # noqa: T201


def _expected(settings: Any) -> dict[str, int]:
    """{site: articles a week} of the profiles that say so; a broken profile is `scrapy sites`' matter."""
    folder, found = folder_of(settings), {}
    for path in names(folder).values():
        try:
            site = load(str(path))
        except BadSite:
            continue
        if site.weekly:
            found[site.name] = site.weekly
    return found


def tables(counted: Statistics) -> list[str]:
    """The statistics as text, a table each."""
    total = sum(counted.sites.values())
    states = ", ".join(f"{number} {state}" for state, number in counted.states.items())
    found = [f"{total} articles: {states or 'none'}; {counted.undated} without a date; {counted.lost} with text that is lost"]
    by_month = {month: sum(sites.values()) for month, sites in counted.months.items()}
    for title, numbers in (("site", counted.sites), ("region", counted.regions), ("month", by_month), ("repairs and removed lines, by rule", counted.repairs)):
        if numbers:
            found.append("\n".join([title, *(f"  {number:>8}  {name or '-'}" for name, number in numbers.items())]))
    lines = [f"  {gap.site or '-'}: {gap.first} to {gap.last}: {gap.articles} articles, {gap.usual:g} a week are usual" for gap in counted.gaps]
    return [*found, "\n".join(["gaps", *(lines or ["  none: no site of five weeks or more fell silent"])])]
