"""``scrapy export``: the archive's articles as JSON lines, CSV or Parquet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler import pipes
from storage.archive import Archive, BadArchive
from storage.export import LONGEST_CELL, WRITERS, MissingPackage, Watched
from storage.search import BadQuery


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [WORDS ...]"

    def short_desc(self) -> str:
        return "Write articles as JSON lines, CSV or Parquet: all, or those that a search finds"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        help_ = "default: what the output's name ends in, else jsonl; csv guards cells that a spreadsheet would run, csv-raw does not"
        parser.add_argument("--format", choices=sorted(WRITERS), help=help_)
        parser.add_argument("-o", "--output", help="file to write (default: standard output)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        kind = opts.format or _kind(opts.output)
        if kind == "parquet" and not opts.output:
            raise UsageError("Parquet is no text: give the file to write with -o", print_help=False)
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                rows = Watched(archive.records(" ".join(args)))
                number = _export(rows, kind, opts.output)
        except BrokenPipeError:
            pipes.end()
        except (BadArchive, BadQuery, MissingPackage, OSError) as error:
            print(f"export: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(f"{number} articles written", file=sys.stderr)  # noqa: T201
        if kind == "csv" and rows.long:
            told = f"export: {rows.long} articles have a text of more than {LONGEST_CELL} characters, which the file holds whole and Excel cuts off"
            print(told, file=sys.stderr)  # noqa: T201


def _kind(output: str | None) -> str:
    ending = Path(output or "").suffix.lstrip(".").lower()
    return ending if ending in WRITERS else "jsonl"


def _export(rows: Watched, kind: str, output: str | None) -> int:
    """Write to the file, which has its name only when it is whole, or to standard output."""
    if not output:
        return WRITERS[kind](rows, sys.stdout.buffer)
    target = Path(output)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as out:
            number = WRITERS[kind](rows, out)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return number
