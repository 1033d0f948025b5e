"""``scrapy export``: the archive's articles as JSON lines or CSV."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from scrapy.commands import ScrapyCommand

from storage import export
from storage.archive import Archive, BadArchive

WRITERS = {"jsonl": export.write_jsonl, "csv": export.write_csv}


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Write all articles as JSON lines or CSV"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", choices=sorted(WRITERS), default="jsonl")
        parser.add_argument("-o", "--output", help="file to write (default: standard output)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        target = Path(opts.output).open("w", encoding="utf-8", newline="") if opts.output else nullcontext(sys.stdout)  # noqa: SIM115 - closed below
        try:
            with target as out, Archive(self.settings["ARCHIVE_URL"]) as archive, archive.read() as connection:
                number = WRITERS[opts.format](export.rows(connection), out)
        except (BadArchive, OSError) as error:
            print(f"export: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(f"{number} articles written", file=sys.stderr)  # noqa: T201
