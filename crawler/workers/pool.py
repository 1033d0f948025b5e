"""The parent's side: a few worker processes, one job each at a time, replaced when they die."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from scrapy import signals

from crawler.items import DROP_REASONS
from crawler.workers.child import LENGTH

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

T = TypeVar("T")
OPEN: WeakKeyDictionary[Any, Workers] = WeakKeyDictionary()
DROPS = {reason.__name__: reason for reason in DROP_REASONS}
WALL = 60.0
"""Seconds by the clock after which a worker is killed whatever CPU it used: the machine may be busy, or the job asleep."""
BUFFER = 1 << 20
FAREWELL = 2.0
"""Seconds that an idle worker has to end after its stdin was closed."""


class WorkerFailed(RuntimeError):
    """A job that raised, or that killed its worker; the message says which."""


class Workers:
    """Worker processes, started when first needed, ``number`` at most; 0 runs everything in this process."""

    def __init__(self, number: int, *, seconds: float = 10.0, mebibytes: int = 512, wall: float = WALL) -> None:
        self.number, self.seconds, self.mebibytes, self.wall = number, seconds, mebibytes, max(wall, seconds)
        self.idle: list[Worker] = []
        self.busy: set[Worker] = set()
        self.free = asyncio.Semaphore(max(1, number))

    @classmethod
    def of(cls, crawler: Crawler) -> Workers:
        """The crawl's workers, made at first use, ended with its engine."""
        if crawler not in OPEN:
            OPEN[crawler] = workers = cls.from_settings(crawler.settings)
            crawler.signals.connect(workers.close, signal=signals.engine_stopped, weak=False)
        return OPEN[crawler]

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Workers:
        return cls(settings.getint("READ_WORKERS"), seconds=settings.getfloat("READ_SECONDS"), mebibytes=settings.getint("READ_MEMORY_MB"))

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """``function(*arguments)``, both picklable. Raises the `Dropped` that it raises, else `WorkerFailed`."""
        if not self.number:
            return function(*arguments)
        job = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        async with self.free:
            worker = self.idle.pop() if self.idle else await Worker.start(self.seconds, self.mebibytes)
            self.busy.add(worker)
            try:
                async with asyncio.timeout(self.wall):
                    answer = await worker.ask(job)
            except TimeoutError:
                raise WorkerFailed(f"no answer within {self.wall:g} s; the worker was killed") from None
            finally:
                self.busy.discard(worker)
                if worker.sound:
                    self.idle.append(worker)
                else:
                    await worker.end()
        result: T = _result(answer)
        return result

    async def close(self) -> None:
        """End every worker; one that does not end by itself is killed."""
        workers, self.idle = [*self.idle, *self.busy], []
        await asyncio.gather(*(worker.end() for worker in workers))


def _result(answer: tuple[Any, ...]) -> Any:
    if answer[0] == "done":
        return answer[1]
    if answer[0] == "dropped" and answer[1] in DROPS:
        raise DROPS[answer[1]](answer[2])
    error = WorkerFailed(f"{answer[1]}: {answer[2]}")
    if len(answer) > 3:
        error.add_note(f"In the worker:\n{answer[3]}")
    raise error


class Worker:
    """One process. ``sound`` while it can be given another job."""

    def __init__(self, process: asyncio.subprocess.Process, seconds: float) -> None:
        self.process, self.seconds = process, seconds
        self.sound = True

    @classmethod
    async def start(cls, seconds: float, mebibytes: int) -> Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "crawler.workers.child", str(seconds), str(mebibytes), str(os.getpid()),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=BUFFER,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )  # fmt: skip
        return cls(process, seconds)

    async def ask(self, job: bytes) -> tuple[Any, ...]:
        """The worker's answer to a job. Raises `WorkerFailed` where it died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.sound = False  # until the answer is whole
        try:
            self.process.stdin.write(LENGTH.pack(len(job)) + job)
            await self.process.stdin.drain()
            (size,) = LENGTH.unpack(await self.process.stdout.readexactly(LENGTH.size))
            answer: tuple[Any, ...] = pickle.loads(await self.process.stdout.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerFailed(self._cause(await self.process.wait())) from None
        # After memory ran out nothing in the process is sure.
        self.sound = answer[:2] != ("error", "MemoryError")
        return answer

    def _cause(self, code: int) -> str:
        if code == -signal.SIGPROF:
            return f"more than {self.seconds:g} s of CPU; the worker was killed"
        if code < 0:
            return f"the worker was killed by {signal.Signals(-code).name}"
        return f"the worker ended with exit code {code}"

    async def end(self) -> None:
        """Let an idle worker go, kill one that is at work or broken."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), FAREWELL if self.sound else 0)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self.sound = False
