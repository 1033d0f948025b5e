"""``scrapy sample``: serve the sample site until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading

from scrapy.commands import ScrapyCommand

from crawler.sample.server import PORT, SampleSite


class Command(ScrapyCommand):
    requires_project = True

    def short_desc(self) -> str:
        return "Serve the bundled sample site on loopback until Ctrl-C"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--port", type=int, default=PORT, help=f"port on 127.0.0.1 (default {PORT})")
        parser.add_argument("--day", type=int, choices=(1, 2), default=1, help="the site as of day 1 or a day later")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            with SampleSite(opts.port, opts.day) as site:
                print(f"sample site of day {opts.day} on {site.url}/ (Ctrl-C ends)", flush=True)  # noqa: T201
                threading.Event().wait()
        except KeyboardInterrupt:
            return
        except OSError as error:
            print(f"sample: {error}", file=sys.stderr)  # noqa: T201
            self.exitcode = 2
