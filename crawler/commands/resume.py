"""``scrapy resume``: plan a paused site again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from crawler.schedule.pausing import PausingCommand
from storage import plan


class Command(PausingCommand):
    def short_desc(self) -> str:
        return "Plan a paused site again; what it missed becomes one catch-up"

    def change(self, connection: Connection, site: str, who: str, now: datetime) -> str:
        plan.resume(connection, site, who, now)
        return f"{site} is planned again"
