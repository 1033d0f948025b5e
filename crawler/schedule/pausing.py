"""What ``scrapy pause`` and ``scrapy resume`` share."""

from __future__ import annotations

import argparse
import getpass
import socket
import sys
from abc import abstractmethod
from datetime import datetime

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from sqlalchemy import Connection

from crawler.schedule.options import Options
from crawler.schedule.profiles import readable
from storage import clock
from storage.archive import Archive, BadArchive
from storage.plan import AlreadyPaused, NotPaused


class PausingCommand(ScrapyCommand):
    """A command on one site's place in the plan."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] SITE"

    @abstractmethod
    def change(self, connection: Connection, site: str, who: str, now: datetime) -> str:
        """Do it; what to tell the user."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.reason = getattr(opts, "reason", None)
        if len(args) != 1:
            raise UsageError("give one site; `scrapy sites` lists them", print_help=False)
        sites, _ = readable(Options.of(self.settings).sites)
        if args[0] not in sites:
            print(f"no site '{args[0]}'; known: {', '.join(sorted(sites))}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive, archive.transaction() as connection:
                said = self.change(connection, args[0], f"{getpass.getuser()}@{socket.gethostname()}", clock.now(connection))
        except (BadArchive, AlreadyPaused, NotPaused) as error:
            print(error, file=sys.stderr)  # noqa: T201
            self.exitcode = 2 if isinstance(error, BadArchive) else 1
            return
        print(said)  # noqa: T201
