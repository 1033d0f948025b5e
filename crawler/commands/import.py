"""``scrapy import``: articles from JSONL, JSON (news-please), CSV, saved pages and WARC files (Common Crawl) into the archive."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.imports import BadImport, Importer
from crawler.imports.readers import KINDS
from crawler.sites import BadSite, folder_of, load
from storage.archive import Archive, BadArchive


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] FILE_OR_FOLDER ..."

    def short_desc(self) -> str:
        return "Take in articles from JSONL, JSON, CSV, folders of saved pages, WARC files; safe to repeat"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", choices=KINDS, help="default: what each name ends in")
        parser.add_argument("--base", metavar="URL", help="the address of a folder of mirrored pages")
        parser.add_argument("--site", help="read and store as this site (a profile's name, or the path of a TOML file)")
        parser.add_argument("--timezone", default="Asia/Shanghai", help="zone of dates that name none (default Asia/Shanghai; a profile's own wins)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not args:
            raise UsageError("give the files or folders to import", print_help=False)
        folder = folder_of(self.settings)
        try:
            ZoneInfo(opts.timezone)
            site = load(opts.site, folder) if opts.site else None
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                importer = Importer(archive, Path(self.settings["CAPTURES_DIR"]), site, opts.timezone)
                result = importer.run(map(Path, args), opts.format, opts.base)
        except (BadArchive, BadSite, BadImport, OSError, ValueError, KeyError) as error:
            print(f"import: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print("\n".join(result.lines()))  # noqa: T201
        self.exitcode = result.exit_code
