"""``scrapy retry``: what failed for good, tried once more."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.retrying import Retry, Waiting, waiting
from crawler.sites import folder_of
from storage.archive import Archive, BadArchive
from storage.frontier import LeaseLost, SiteHeld
from storage.keys import url_key


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [SITE]"

    def short_desc(self) -> str:
        return "Read pages again whose processing raised; make addresses due again that were given up"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="only this address")
        parser.add_argument("--list", action="store_true", help="only say what is waiting; with --verbose the tracebacks, too")
        parser.add_argument("--verbose", action="store_true", help="print tracebacks")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) > 1:
            raise UsageError("give one site's name at most", print_help=False)
        folder = folder_of(self.settings)
        try:
            key = url_key(opts.url) if opts.url else None
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                with archive.read() as connection:
                    found = waiting(connection, args[0] if args else None, key)
                if opts.list:
                    _list(found, verbose=opts.verbose)
                    return
                retry = Retry(archive, Path(self.settings["CAPTURES_DIR"]), folder)
                retry.run(found, print)
        except (BadArchive, SiteHeld, LeaseLost, ValueError) as error:
            print(f"retry: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(", ".join(f"{number} {name}" for name, number in sorted(retry.counts.items()) if number) or "nothing is waiting")  # noqa: T201
        self.exitcode = 1 if retry.counts["failed"] else 0


def _list(found: Waiting, *, verbose: bool) -> None:
    for letter in found.letters:
        print(f"{letter.at:%Y-%m-%d %H:%M} {letter.site} {letter.url}: {letter.step}: {letter.error}")  # noqa: T201
        if verbose:
            print(letter.traceback)  # noqa: T201
    for row in found.given_up:
        print(f"{row.checked_at:%Y-%m-%d %H:%M} {row.site} {row.url}: given up after {row.attempts} tries: {row.reason}")  # noqa: T201
    print(f"{len(found.letters)} pages whose processing raised, {len(found.given_up)} addresses given up")  # noqa: T201
