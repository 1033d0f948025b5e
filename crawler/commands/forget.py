"""``scrapy forget``: an address deleted on a rightful request."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from storage.archive import Archive, BadArchive
from storage.forget import forget
from storage.warc import BadRecord


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "--reason TEXT URL ..."

    def short_desc(self) -> str:
        return "Delete addresses for good: article, versions, captures; only that it happened is kept"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--reason", required=True, help="why; it is kept, the address is not")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not args:
            raise UsageError("give the addresses to forget", print_help=False)
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                for url in args:
                    with archive.transaction() as connection:
                        found = forget(connection, Path(self.settings["CAPTURES_DIR"]), url, opts.reason)
                    print(f"forgotten: {found.articles} articles, {found.captures} captures, {found.addresses} addresses; never fetched again")  # noqa: T201
        except (BadArchive, BadRecord, ValueError, OSError) as error:
            print(f"forget: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
