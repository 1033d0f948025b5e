"""The parent's side: a few worker processes, one job each at a time, replaced when they die."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from scrapy import signals

from crawler.items import DROP_REASONS
from crawler.workers import nursery
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


class WorkerFailed(RuntimeError):
    """A job that raised, or that killed its worker; the message says which."""


class Workers:
    """Worker processes, started when first needed, ``number`` at most; 0 runs everything in this process.

    ``preload`` is the path of a function that is called once, before the first of them is forked: what it imports they all have.
    """

    def __init__(self, number: int, *, seconds: float = 10.0, mebibytes: int = 512, wall: float = WALL, preload: str = "") -> None:
        self.number, self.seconds, self.mebibytes, self.wall = number, seconds, mebibytes, max(wall, seconds)
        self.preload = preload
        self.idle: list[Worker] = []
        self.busy: set[Worker] = set()
        self.free = asyncio.Semaphore(max(1, number))
        self.nursery: Nursery | None = None

    @classmethod
    def of(cls, crawler: Crawler) -> Workers:
        """The crawl's workers, made at first use, ended with its engine."""
        if crawler not in OPEN:
            OPEN[crawler] = workers = cls.from_settings(crawler.settings)
            crawler.signals.connect(workers.close, signal=signals.engine_stopped, weak=False)
        return OPEN[crawler]

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Workers:
        seconds, mebibytes = settings.getfloat("READ_SECONDS"), settings.getint("READ_MEMORY_MB")
        return cls(settings.getint("READ_WORKERS"), seconds=seconds, mebibytes=mebibytes, preload=settings.get("READ_PRELOAD") or "")

    def prepare(self) -> None:
        """Fork the nursery now, while this process has but one thread; costs some milliseconds."""
        if self.number and self.nursery is None:
            self.nursery = Nursery(self.preload)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """``function(*arguments)``, both picklable. Raises the `Dropped` that it raises, else `WorkerFailed`."""
        if not self.number:
            return function(*arguments)
        job = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        async with self.free:
            worker = self.idle.pop() if self.idle else await self._new()
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

    async def _new(self) -> Worker:
        if self.nursery is None or not self.nursery.alive:
            self.nursery = Nursery(self.preload)
        return await Worker.start(self.nursery, self.seconds, self.mebibytes)

    async def close(self) -> None:
        """End every worker; one that does not end by itself is killed."""
        workers, self.idle = [*self.idle, *self.busy], []
        await asyncio.gather(*(worker.end() for worker in workers))
        self.dismiss()

    def dismiss(self) -> None:
        """End the nursery, and with it, on Linux, whatever worker is left."""
        if self.nursery is not None:
            self.nursery.end()
            self.nursery = None


def _result(answer: tuple[Any, ...]) -> Any:
    if answer[0] == "done":
        return answer[1]
    if answer[0] == "dropped" and answer[1] in DROPS:
        raise DROPS[answer[1]](answer[2])
    error = WorkerFailed(f"{answer[1]}: {answer[2]}")
    if len(answer) > 3:
        error.add_note(f"In the worker:\n{answer[3]}")
    raise error


class Nursery:
    """The process that workers are forked from, as the crawl sees it."""

    def __init__(self, preload: str) -> None:
        self.pid, self.socket = nursery.begin(preload)
        self.socket.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        self.alive = True
        self._turn = asyncio.Lock()

    async def fork(self, seconds: float, mebibytes: int) -> tuple[int, socket.socket]:
        """(process id, socket) of a new worker. Raises `WorkerFailed`."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                pid = await self._order(nursery.FORK, seconds, mebibytes, theirs.fileno())
            except WorkerFailed:
                ours.close()
                raise
        return pid, ours

    async def reap(self, pid: int) -> int:
        """How a worker ended that was killed or closed its socket: its exit code, negative for a signal."""
        return os.waitstatus_to_exitcode(await self._order(nursery.REAP, 0, pid))

    async def _order(self, order: bytes, seconds: float, number: int, *handles: int) -> int:
        # Order and answer stay together whatever becomes of the one who waits.
        answer = await asyncio.shield(asyncio.ensure_future(self._exchange(nursery.ORDER.pack(order, seconds, number), handles)))
        if len(answer) < nursery.ANSWER.size:
            self.alive = False
            raise WorkerFailed("the process that workers are forked from has ended; see above")
        return int(nursery.ANSWER.unpack(answer)[0])

    async def _exchange(self, order: bytes, handles: tuple[int, ...]) -> bytes:
        handles = tuple(map(os.dup, handles))  # the caller's may be closed by then
        try:
            async with self._turn:
                socket.send_fds(self.socket, [order], handles)
                return await asyncio.get_running_loop().sock_recv(self.socket, nursery.ANSWER.size)
        except OSError:
            return b""
        finally:
            for handle in handles:
                os.close(handle)

    def end(self) -> None:
        self.alive = False
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)  # it has nothing to lose
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


class Worker:
    """One process. ``sound`` while it can be given another job."""

    def __init__(self, nursery: Nursery, pid: int, seconds: float, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self.nursery, self.pid, self.seconds = nursery, pid, seconds
        self.reader, self.writer = streams
        self.sound = True
        self.code: int | None = None

    @classmethod
    async def start(cls, nursery: Nursery, seconds: float, mebibytes: int) -> Worker:
        pid, own = await nursery.fork(seconds, mebibytes)
        return cls(nursery, pid, seconds, await asyncio.open_unix_connection(sock=own, limit=BUFFER))

    async def ask(self, job: bytes) -> tuple[Any, ...]:
        """The worker's answer to a job. Raises `WorkerFailed` where it died."""
        self.sound = False  # until the answer is whole
        try:
            self.writer.write(LENGTH.pack(len(job)) + job)
            await self.writer.drain()
            (size,) = LENGTH.unpack(await self.reader.readexactly(LENGTH.size))
            answer: tuple[Any, ...] = pickle.loads(await self.reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerFailed(self._cause(await self._reaped())) from None
        # After memory ran out nothing in the process is sure.
        self.sound = answer[:2] != ("error", "MemoryError")
        return answer

    def _cause(self, code: int) -> str:
        if code == -signal.SIGPROF:
            return f"more than {self.seconds:g} s of CPU; the worker was killed"
        if code < 0:
            return f"the worker was killed by {signal.Signals(-code).name}"
        return f"the worker ended with exit code {code}"

    async def _reaped(self) -> int:
        if self.code is None:
            self.code = await self.nursery.reap(self.pid)
        return self.code

    async def end(self) -> None:
        """Let an idle worker go, kill one that is at work or broken."""
        self.writer.close()
        if self.code is None and not self.sound:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(WorkerFailed):
            await self._reaped()
        self.sound = False
