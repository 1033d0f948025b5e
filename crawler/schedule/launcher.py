"""One crawl as a child process: started, kept alive in the plan, watched, ended."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from crawler.schedule.lifeline import PARENT
from crawler.schedule.logs import RunLog, path_of, prune
from crawler.schedule.options import Options
from crawler.schedule.profiles import readable
from storage import clock, plan
from storage.archive import Archive
from storage.plan import CLAIM, Claim, Ended

BEAT = CLAIM.total_seconds() / 4
CHUNK = 1 << 16
ENDED_BY_US = "ended by shutdown"
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

    async def run(self, held: Claim) -> str | None:
        """Crawl for a firing to its end; the firing's new state, None when it was taken from us."""
        sites, broken = readable(self.options.sites)
        if held.site not in sites:
            why = "; ".join(broken) or f"this machine has no profile of {held.site}: is SITES_DIR the same everywhere?"
            return await asyncio.to_thread(self._finish, held, Ended(exit_code=2, reason=why))
        child, log = await self._start(held, str(sites[held.site].path))
        reader = asyncio.create_task(_copy(child, log))
        reason = await self._watch(child, held)
        await self._end(child)
        with suppress(TimeoutError):  # a process that the crawl left behind may hold the pipe
            await asyncio.wait_for(reader, 2)
        log.close()
        prune(log.path.parent, self.options.log_keep)
        return await asyncio.to_thread(self._record, held, child.returncode or 0, (reason, str(log.path)))

    async def _start(self, held: Claim, profile: str) -> tuple[asyncio.subprocess.Process, RunLog]:
        log = RunLog(path_of(self.options.logs, held.site, held.planned_at, datetime.now(UTC)), self.options.log_bytes)
        words = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"site={profile}", "-s", f"FIRING={held}"]
        environment = {**os.environ, **self.options.environment, PARENT: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        child = await asyncio.create_subprocess_exec(
            *words, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip  # a session of its own: Ctrl-C reaches the launcher alone, which ends its crawls in order
        return child, log

    async def _watch(self, child: asyncio.subprocess.Process, held: Claim) -> str | None:
        """Renew the claim until the crawl ends or must end; the reason of the latter."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.options.longest.total_seconds()
        ended, stopping = asyncio.create_task(child.wait()), asyncio.create_task(self.stopping.wait())
        try:
            while True:
                done, _ = await asyncio.wait((ended, stopping), timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
                if ended in done:
                    return None
                if stopping in done:
                    return ENDED_BY_US
                if loop.time() > deadline:
                    return f"ended after {self.options.longest}, the longest that a run may take (SCHEDULE_RUN_HOURS)"
                if not await asyncio.to_thread(self._beat, held):
                    return "the firing was given to another launcher"
        finally:
            stopping.cancel()

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        """SIGTERM, then SIGKILL after the grace, to the crawl and what it started."""
        if child.returncode is not None:
            return
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), self.options.grace.total_seconds())
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()

    def _beat(self, held: Claim) -> bool:
        try:
            renewed: bool = self.write(plan.beat, held)
        except OperationalError as error:  # the crawl's own lease says whether it may go on
            logger.warning("%s: the archive does not answer: %s", held.site, error.orig)
            return True
        return renewed

    def _finish(self, held: Claim, ended: Ended) -> str | None:
        """Write the end; where the archive does not answer for long, whoever takes the claim over finds the run's own end."""
        for pause in (1, 2, 4, 8, 0):
            try:
                state: str | None = self.write(plan.finish, held, ended)
            except OperationalError:
                if not pause:
                    raise
                time.sleep(pause)
            else:
                return state
        return None

    def _record(self, held: Claim, code: int, how: tuple[str | None, str]) -> str | None:
        reason, log = how
        exit_code = 128 - code if code < 0 else code  # as a shell counts signals
        if reason == ENDED_BY_US and exit_code != 0:
            self.write(plan.give_back, held, reason)
            return "planned"
        if reason is None and exit_code:
            reason = f"ended by signal {-code}" if code < 0 else f"exit code {exit_code}"
        if exit_code == 0 and reason and reason != ENDED_BY_US:
            exit_code = 1  # it was cut off, however politely it went
        return self._finish(held, Ended(exit_code=exit_code, reason=reason, log=log))


async def _copy(child: asyncio.subprocess.Process, log: RunLog) -> None:
    assert child.stdout is not None
    while chunk := await child.stdout.read(CHUNK):
        log.write(chunk)
