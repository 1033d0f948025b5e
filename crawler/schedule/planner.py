"""The planner's loop: profiles, plan, claims, crawls."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime

from crawler.schedule.launcher import AWAY, Launcher
from crawler.schedule.options import Options
from crawler.schedule.profiles import readable, wanted
from storage import plan
from storage.archive import Archive
from storage.plan import Claim

REREAD = 30.0
"""Seconds until the profiles are read again."""
REWATCH = 3600.0
"""Seconds until all sites are watched again."""
logger = logging.getLogger(__name__)


def say(line: str) -> None:
    print(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {line}", flush=True)  # noqa: T201 - a command speaks to its user


class Planner:
    """Plans, and runs what is due on this machine."""

    def __init__(self, archive: Archive, options: Options, say: Callable[[str], None], watch: Callable[[set[str] | None], None]) -> None:
        self.options = options
        self.watch = watch
        self._watched_at = time.monotonic()
        self.launcher = Launcher(archive, options)
        self.say = say
        self.running: dict[asyncio.Task[str | None], Claim] = {}
        self.failed = 0
        self._read_at = 0.0
        self._complaints: set[str] = set()

    def plan(self) -> list[str]:
        """One look at the clock; the sites that have a firing to start."""
        if not self._read_at or time.monotonic() - self._read_at > REREAD:
            self._adopt()
        write = self.launcher.write
        write(plan.mend)
        back: list[str] = write(plan.reclaim)
        new: list[str] = write(plan.plan_due)
        if time.monotonic() - self._watched_at > REWATCH:  # a site that is never run has no end of a run to be watched at
            self._watched_at = time.monotonic()
            self.watch(None)
        for site in back:
            self.say(f"{site}: its launcher is gone; it is started again")
        return sorted({*back, *new})

    def _adopt(self) -> None:
        sites, broken = readable(self.options.sites)
        found = wanted(sites)
        for complaint in set(broken) - self._complaints:
            self.say(f"left out: {complaint}")
        self._complaints = set(broken)
        if broken:  # a profile that is being edited keeps its place in the plan
            with self.launcher.archive.read() as connection:
                found += plan.kept(connection, {w.site for w in found})
        self.launcher.write(plan.adopt, found)
        self._read_at = time.monotonic()

    async def run_forever(self) -> None:
        """Until SIGTERM or SIGINT; the crawls are ended in order."""
        self.listen()
        self.say(f"planning as {self.options.owner}, {self.options.slots} crawls at once")
        while not self.launcher.stopping.is_set():
            try:
                await asyncio.to_thread(self.plan)
                await self._start_due()
            except AWAY as error:
                self.say(f"the archive does not answer: {error.orig}")
            await self._wait()
        await self._drain()

    async def run_once(self) -> None:
        """Whatever is due now, to its end."""
        self.listen()
        await asyncio.to_thread(self.plan)
        await self._start_due()
        while self.running and not self.launcher.stopping.is_set():
            await self._wait()
            await self._start_due()
        await self._drain()

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.launcher.stopping.set)

    async def _start_due(self) -> None:
        while len(self.running) < self.options.slots and not self.launcher.stopping.is_set():
            held: Claim | None = await asyncio.to_thread(self.launcher.claim)
            if held is None:
                return
            self.say(f"{held.site}: started, planned at {held.planned_at:%Y-%m-%d %H:%M} UTC")
            self.running[asyncio.create_task(self.run(held))] = held

    async def run(self, held: Claim) -> str | None:
        """A crawl to its end, and a look at how its site does."""
        state = await self.launcher.run(held)
        if state is not None and not self.launcher.stopping.is_set():
            await asyncio.to_thread(self.watch, {held.site})
        return state

    async def _wait(self) -> None:
        """Until a crawl ends, we are told to stop, or it is time to look again."""
        stopping = asyncio.create_task(self.launcher.stopping.wait())
        done, _ = await asyncio.wait((stopping, *self.running), timeout=self.options.poll.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in [running for running in self.running if running in done]:
            self._report(task)

    async def _drain(self) -> None:
        if self.running:
            await asyncio.wait(self.running)
        for task in list(self.running):
            self._report(task)

    def _report(self, task: asyncio.Task[str | None]) -> None:
        held = self.running.pop(task)
        if error := task.exception():
            logger.error("%s: the launcher failed", held.site, exc_info=error)
            self.failed += 1
            return
        state = task.result()
        self.failed += state in ("failed", "planned") and not self.launcher.stopping.is_set()
        words = {"done": "done", "planned": "not done, tried again later", "failed": "failed", None: "taken over by another launcher"}
        self.say(f"{held.site}: {words[state]}")
