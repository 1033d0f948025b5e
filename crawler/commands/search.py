"""``scrapy search``: articles of the archive that match."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from storage.archive import Archive, BadArchive
from storage.search import BadQuery


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] WORDS ..."

    def short_desc(self) -> str:
        return 'Find articles: words, "phrases", OR, -not, site: region: source: author: after: before: family:'

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--limit", type=int, default=20, help="articles at most, newest first (default 20)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not args:
            raise UsageError("give the words to look for", print_help=False)
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                hits = archive.search(" ".join(args), opts.limit)
        except (BadArchive, BadQuery) as error:
            print(f"search: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        for hit in hits:
            day = hit.published_at.date().isoformat() if hit.published_at else "no date   "
            print(f"{hit.id:>6}  {day}  {hit.site or ''}  {hit.title or ''}\n        {hit.snippet.marked()}")  # noqa: T201
        print(f"{len(hits)} articles", file=sys.stderr)  # noqa: T201
