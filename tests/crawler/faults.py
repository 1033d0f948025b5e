"""Named points of a crawl at which a test kills the process, or has an operation fail. The program's own code runs all the same.

A point is reached before or after a real function of the program; what is done there is done to the real process.
"""

from __future__ import annotations

import errno
import functools
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

COUNTS: Counter[str] = Counter()
STALL = [0.0]

BEFORE = {
    "begin": ("storage.frontier", "acquire"),
    "recover": ("storage.captures", "recover"),
    "seed": ("storage.frontier", "seed"),
    "lease": ("storage.frontier", "lease"),
    "request": ("crawler.robots", "StrictRobots.process_request"),
    "response": ("crawler.capture", "Capture.process_response"),
    "decode": ("crawler.encodings", "ContentEncoding.process_response"),
    "parse": ("crawler.spiders.news", "NewsSpider.parse"),
    "listing": ("crawler.spiders.news", "NewsSpider._listing"),
    "item": ("pipelines.persist", "Persist.process_item"),
    "sync": ("crawler.capture", "WarcWriter.sync"),
    "save": ("storage.writer", "_versions"),
    "index": ("storage.search.index", "Index.put"),
    "family": ("storage.families", "place_saved"),
    "outcome": ("storage.frontier", "end_all"),
    "close file": ("crawler.capture", "WarcWriter._close"),
    "drain": ("crawler.recorder", "Recorder.drained"),
    "finish": ("crawler.recorder", "Recorder.finish"),
    "release": ("storage.frontier", "release"),
}
AFTER = {
    "began": ("crawler.recorder", "Recorder.begin"),
    "leased": ("storage.frontier", "lease"),
    "captured": ("crawler.capture", "WarcWriter.write"),
    "synced": ("crawler.capture", "WarcWriter.sync"),
    "added": ("storage.frontier", "add"),
    "written": ("storage.frontier", "end_all"),
    "committed": ("crawler.committer", "Committer._commit"),
    "answered": ("crawler.committer", "_answer"),
    "finished": ("crawler.recorder", "Recorder.finish"),
}
SPECIAL = ("torn", "commit", "rename")
POINTS = (*BEFORE, *AFTER, *SPECIAL)
OPERATIONS = ("fsync", "write", "commit", "read", "begin")


def hits() -> dict[str, int]:
    return dict(COUNTS)


def worst_stall() -> float:
    """Most CPU seconds that the event loop's thread spent between two of its turns; other processes' load is not in it."""
    return STALL[0]


def install(job: dict) -> None:
    if job.get("stall"):
        _watch_stalls()
    if job.get("fail") or job.get("count"):
        _fail(job.get("fail") or {"operation": None, "hit": 0})
    if job.get("kill"):
        _kill(job)
    for place in job.get("poison", ()):
        _poison(place, job["poisoned"])


def _poison(place: str, ending: str) -> None:
    """Addresses that end so raise at a place: ``parse`` or ``item``."""
    from crawler.spiders.news import NewsSpider
    from pipelines.persist import Persist

    owner, name = {"parse": (NewsSpider, "_page"), "item": (Persist, "process_item")}[place]
    real = getattr(owner, name)

    def raising(self, what, *more):
        if what.url.endswith(ending):
            raise RuntimeError(f"poison at {place}")
        return real(self, what, *more)

    setattr(owner, name, raising)


def _kill(job: dict) -> None:
    point, hit = job["kill"]["point"], job["kill"]["hit"]

    def reach() -> None:
        COUNTS[point] += 1
        if COUNTS[point] == hit:
            die(job)

    if point in BEFORE:
        _wrap(BEFORE[point], before=reach)
    elif point in AFTER:
        _wrap(AFTER[point], after=reach)
    else:
        {"torn": _tear, "commit": _on_commit, "rename": _on_rename}[point](reach)


def die(job: dict) -> None:
    """Note what was in flight, then kill -9."""
    from crawler.recorder import OPEN

    open_now = sum(len(recorder.open) + recorder.committer.pending for recorder in OPEN.values())
    Path(job["flight"]).write_text(str(open_now), "utf-8")
    os.kill(os.getpid(), signal.SIGKILL)


def _wrap(place: tuple[str, str], before=None, after=None) -> None:
    import importlib

    module = importlib.import_module(place[0])
    *owner, name = place[1].split(".")
    holder = getattr(module, owner[0]) if owner else module
    real = getattr(holder, name)

    @functools.wraps(real)
    def around(*args, **kwargs):
        if before:
            before()
        found = real(*args, **kwargs)
        if after:
            after()
        return found

    setattr(holder, name, around)


def _tear(reach) -> None:
    """Half of a capture reaches the file."""
    import crawler.capture as capture

    real = capture._append

    def half(stream, data):
        hit = COUNTS["torn"]
        if stream.tell():  # not the file's own head
            stream.write(data[: len(data) // 2])
            os.fsync(stream.fileno())
            reach()
            stream.seek(-(len(data) // 2), os.SEEK_CUR)
            stream.truncate()
        assert COUNTS["torn"] - hit in (0, 1)
        real(stream, data)

    capture._append = half


def _on_commit(reach) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    event.listen(Engine, "commit", lambda connection: reach())


def _on_rename(reach) -> None:
    real = Path.rename

    def rename(self, target):
        found = real(self, target)
        reach()
        return found

    Path.rename = rename


def _fail(fail: dict) -> None:
    """The ``hit``-th operation of a kind fails, as a disk or a connection does; every one is counted."""
    operation, hit = fail["operation"], fail["hit"]
    lock = threading.Lock()

    def due(kind: str) -> bool:
        with lock:
            COUNTS[kind] += 1
            return kind == operation and COUNTS[kind] == hit

    _fail_files(due)
    _fail_database(due)
    _fail_network(due)


def _fail_files(due) -> None:
    import crawler.capture as capture

    real_fsync, real_file = os.fsync, capture.FileIO

    def fsync(handle):
        if due("fsync"):
            raise OSError(errno.EIO, "Input/output error (made by a test)")
        real_fsync(handle)

    class Failing(real_file):
        def write(self, data):
            if due("write"):
                super().write(data[: len(data) // 2])
                raise OSError(errno.ENOSPC, "No space left on device (made by a test)")
            return super().write(data)

    os.fsync = fsync
    capture.FileIO = Failing


def _fail_database(due) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.exc import OperationalError

    def fail(kind: str) -> None:
        if due(kind):
            raise OperationalError(kind, {}, Exception("server closed the connection unexpectedly (made by a test)"))

    event.listen(Engine, "commit", lambda connection: fail("commit"))
    event.listen(Engine, "begin", lambda connection: fail("begin"))


def _fail_network(due) -> None:
    from crawler.download import BoundedProtocol

    real = BoundedProtocol.dataReceived

    def received(self, data):
        if due("read"):
            self.transport.abortConnection()
            return
        real(self, data)

    BoundedProtocol.dataReceived = received


def _watch_stalls() -> None:
    """Time the event loop's turns."""
    import asyncio

    import crawler.recorder as recorder

    real = recorder.Recorder.keep_lease

    async def watched(self):
        await real(self)

        async def tick():
            while True:
                began = time.thread_time()
                await asyncio.sleep(0.02)
                STALL[0] = max(STALL[0], time.thread_time() - began)

        self._ticking = asyncio.ensure_future(tick())

    recorder.Recorder.keep_lease = watched
