"""A claimed firing as a crawl: started, kept alive in the plan, its end written."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from crawler.schedule import child
from crawler.schedule.child import SHUTDOWN, Job
from crawler.schedule.logs import path_of
from crawler.schedule.options import Options
from crawler.schedule.profiles import readable
from storage import clock, plan
from storage.archive import Archive
from storage.plan import CLAIM, Claim, Ended

BEAT = CLAIM.total_seconds() / 4
AWAY = (OperationalError, InterfaceError, InternalError)
"""The archive does not answer, or has cut us off: it restarts, its disk is full, we were frozen in a transaction."""
logger = logging.getLogger(__name__)


class Launcher:
    """Runs claimed firings. One per process."""

    def __init__(self, archive: Archive, options: Options) -> None:
        self.archive = archive
        self.options = options
        self.stopping = asyncio.Event()

    def write(self, function: Any, *arguments: Any) -> Any:
        """One of the plan's functions in a transaction of its own, by the database's clock."""
        with self.archive.transaction() as connection:
            return function(connection, *arguments, clock.now(connection))

    def claim(self, site: str | None = None) -> Claim | None:
        with self.archive.transaction() as connection:
            return plan.claim(connection, self.options.owner, clock.now(connection), site)

    async def run(self, held: Claim) -> str | None:
        """Crawl for a firing to its end; the firing's new state, None when it was taken from us."""
        sites, broken = readable(self.options.sites)
        if held.site not in sites:
            why = "; ".join(broken) or f"this machine has no profile of {held.site}: is SITES_DIR the same everywhere?"
            return await asyncio.to_thread(self._finish, held, Ended(exit_code=2, reason=why))
        job = Job(
            words=("crawl", "news", "-a", f"site={sites[held.site].path}", "-s", f"FIRING={held}"), every=BEAT, beat=lambda: self._beat(held),
            log=path_of(self.options.logs, held.site, held.planned_at, datetime.now(UTC)),
        )  # fmt: skip
        end = await child.run(job, self.options, self.stopping)
        return await asyncio.to_thread(self._record, held, end, str(job.log))

    def _beat(self, held: Claim) -> str | None:
        try:
            return None if self.write(plan.beat, held) else "the firing was given to another launcher"
        except AWAY as error:  # the crawl's own lease says whether it may go on
            logger.warning("%s: the archive does not answer: %s", held.site, error.orig)
            return None

    def _record(self, held: Claim, end: child.End, log: str) -> str | None:
        if end.reason == SHUTDOWN and end.exit_code != 0:
            self.write(plan.give_back, held, SHUTDOWN)
            return "planned"
        # A crawl that was cut off has failed, however politely it went.
        cut = end.exit_code == 0 and end.reason not in (None, SHUTDOWN)
        return self._finish(held, Ended(exit_code=1 if cut else end.exit_code, reason=end.reason, log=log))

    def _finish(self, held: Claim, ended: Ended) -> str | None:
        """Write the end; where the archive does not answer for long, whoever takes the claim over finds the run's own end."""
        for pause in (1, 2, 4, 8, 0):
            try:
                state: str | None = self.write(plan.finish, held, ended)
            except AWAY:
                if not pause:
                    raise
                time.sleep(pause)
            else:
                return state
        return None
