"""``scrapy fsck``: captures and their index compared, both ways."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from storage.archive import Archive, BadArchive
from storage.fsck import Fsck


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Compare the captures with their index, both ways, and verify every digest"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--repair", action="store_true", help="cut torn tails, index what is in no index, fetch again what cannot be read")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive, archive.transaction() as connection:
                fsck = Fsck(connection, Path(self.settings["CAPTURES_DIR"]), repair=opts.repair)
                found = list(fsck.run())
        except BadArchive as error:
            print(f"fsck: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        for finding in found:
            print(finding)  # noqa: T201
        for name in fsck.skipped:
            print(f"{name}: is being written by a running crawl; not looked at")  # noqa: T201
        left = sum(finding.mended is None for finding in found)
        print(f"{fsck.records} records read, {len(found)} findings, {len(found) - left} mended")  # noqa: T201
        self.exitcode = 1 if left else 0
