"""``scrapy pause``: plan and start nothing of a site for a while."""

from __future__ import annotations

import argparse
from datetime import datetime

from sqlalchemy import Connection

from crawler.schedule.pausing import PausingCommand
from storage import plan


class Command(PausingCommand):
    def short_desc(self) -> str:
        return "Plan and start nothing of a site until `scrapy resume`; a crawl that runs goes on"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--reason", help="why, for `scrapy sites --health`")

    def change(self, connection: Connection, site: str, who: str, now: datetime) -> str:
        plan.pause(connection, site, who, self.reason, now)
        return f"{site} is paused; `scrapy resume {site}` lets it run again"
