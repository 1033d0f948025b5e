"""``scrapy upgrade``: bring an archive's tables to this version, after a copy of it was made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from storage.archive import BadArchive
from storage.upgrade import upgrade


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Bring the archive to this version; a SQLite archive is copied first"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--backup", metavar="FILE", help="where the copy of a SQLite archive goes (default: beside it, named by version and time)")
        parser.add_argument("--reindex", action="store_true", help="make the search index anew, also where the tables are current")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            done = upgrade(self.settings["ARCHIVE_URL"], Path(opts.backup) if opts.backup else None, reindex=opts.reindex)
        except BadArchive as error:
            print(f"upgrade: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(done)  # noqa: T201
