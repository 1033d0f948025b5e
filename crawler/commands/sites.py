"""``scrapy sites``: the profiles that exist, each checked."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand

from crawler.sites import BadSite, load, names


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "List the site profiles and check each; non-zero exit if one is broken"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        folder = self.settings.get("SITES_DIR")
        for name, path in names(Path(folder) if folder else None).items():
            try:
                site = load(str(path))
            except BadSite as error:
                print(f"broken  {error}")  # noqa: T201 - a command speaks to its user
                self.exitcode = 1
                continue
            print(f"ok      {name:<16} {site.title}  {', '.join(site.start)}  weekly {site.weekly or '-'}")  # noqa: T201
