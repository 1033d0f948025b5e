"""A worker: one of many machines that run the sites of one archive."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.schedule import child
from crawler.schedule.child import SHUTDOWN, Job
from crawler.schedule.launcher import AWAY
from crawler.schedule.logs import path_of
from crawler.schedule.planner import Planner
from crawler.schedule.queue import CRAWL, READ, STALLED, defer_crawl
from storage import plan

if TYPE_CHECKING:
    from procrastinate import App

AGAIN = 60.0
"""Seconds after which a firing that nobody has taken is queued again."""


class RunFailed(RuntimeError):
    """A child did not exit with 0: for the queue, too, its task has failed."""


class Deferrer:
    """The planner of many machines: it plans as that of one does, and queues what it would start."""

    def __init__(self, app: App, planner: Planner) -> None:
        self.app = app
        self.planner = planner
        self._deferred: dict[tuple[int, int], float] = {}

    async def look(self) -> None:
        await asyncio.to_thread(self.planner.plan)
        due = await asyncio.to_thread(self.planner.launcher.write, plan.startable)
        now = time.monotonic()
        self._deferred = {key: at for key, at in self._deferred.items() if now - at < AGAIN}
        for firing, claim, site in due:
            if (firing, claim) not in self._deferred:
                self._deferred[firing, claim] = now
                await defer_crawl(self.app, site, claim)  # what was begun already comes first

    async def run_forever(self) -> None:
        """Until the planner is told to stop."""
        stopping = self.planner.launcher.stopping
        while not stopping.is_set():
            try:
                await self.look()
            except AWAY as error:
                self.planner.say(f"the archive does not answer: {error.orig}")
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), self.planner.options.poll.total_seconds())


class Worker:
    """Plans, and takes tasks from the queue: crawls of due sites, WARC files to read again."""

    def __init__(self, app: App, planner: Planner) -> None:
        self.app = app
        self.options = planner.options
        self.say = planner.say
        self.planner = planner
        self.launcher = self.planner.launcher
        self.stopping = self.launcher.stopping
        app.task(name=CRAWL, queue=CRAWL)(self._crawl)
        app.task(name=READ, queue=READ)(self._read)

    async def run_forever(self) -> None:
        """Until SIGTERM or SIGINT; what runs is ended in order and goes on elsewhere."""
        self.planner.listen()
        self.say(f"working as {self.options.owner}, {self.options.slots} tasks at once")
        async with self.app.open_async():
            sides = [asyncio.create_task(one) for one in (Deferrer(self.app, self.planner).run_forever(), self._retry_stalled())]
            tasks = asyncio.create_task(
                self.app.run_worker_async(
                    queues=[CRAWL, READ], name=self.options.owner, concurrency=self.options.slots, install_signal_handlers=False,
                    update_heartbeat_interval=STALLED / 4, stalled_worker_timeout=STALLED, delete_jobs="successful",
                )
            )  # fmt: skip
            told = asyncio.create_task(self.stopping.wait())
            await asyncio.wait((tasks, told), return_when=asyncio.FIRST_COMPLETED)
            lost = tasks.done()
            self.stopping.set()
            tasks.cancel()  # Procrastinate takes no more tasks, and waits for those that run
            with suppress(asyncio.CancelledError):
                await tasks
            await asyncio.gather(*sides, told)
        if lost:
            raise RunFailed("the queue was lost; start the worker again")

    async def _crawl(self, site: str) -> None:
        held = await asyncio.to_thread(self.launcher.claim, site)
        if held is None:  # another worker has it, or has done it
            return
        self.say(f"{site}: started, planned at {held.planned_at:%Y-%m-%d %H:%M} UTC")
        state = await self.planner.run(held)
        self.say(f"{site}: {state or 'taken over by another worker'}")
        if state in ("failed", "planned") and not self.stopping.is_set():
            raise RunFailed(f"{site}: the crawl exited non-zero; `scrapy runs {site}` tells more")

    async def _read(self, path: str) -> None:
        log = path_of(self.options.logs, "replay", datetime.now(UTC), datetime.now(UTC))
        job = Job(words=("replay", "--apply", path), log=log.with_name(f"{log.stem}-{Path(path).name}.log"), every=3600, beat=lambda: None)
        end = await child.run(job, self.options, self.stopping)
        self.say(f"{path}: {'read again' if end.exit_code == 0 else end.reason}")
        if end.reason == SHUTDOWN:
            await self._requeue(path)
        elif end.exit_code:
            raise RunFailed(f"{path}: {end.reason}; see {job.log}")

    async def _requeue(self, path: str) -> None:
        from crawler.schedule.queue import defer_read

        await defer_read(self.app, Path(path))

    async def _retry_stalled(self) -> None:
        """Procrastinate's recipe: tasks of a worker that beats no more are done again. Of a crawl, the plan sees to that."""
        while not self.stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), STALLED / 4)
            for job in await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
                await self._retry(job)

    async def _retry(self, job: Any) -> None:
        from procrastinate.exceptions import ConnectorException
        from procrastinate.jobs import Status

        with suppress(ConnectorException):  # another worker was first
            if job.task_name == READ:
                await self.app.job_manager.retry_job(job)
            else:
                await self.app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
