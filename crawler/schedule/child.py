"""One command as a child process: its output bounded, watched, ended when it must be."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crawler.schedule.lifeline import PARENT
from crawler.schedule.logs import RunLog, prune
from crawler.schedule.options import Options

CHUNK = 1 << 16
SHUTDOWN = "ended by shutdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    words: tuple[str, ...]
    """The command, after ``scrapy``."""
    log: Path
    every: float
    """Seconds between two calls of ``beat``."""
    beat: Callable[[], str | None]
    """Called while it runs, in a thread; a reason to end it, None to go on."""


@dataclass(frozen=True, slots=True)
class End:
    exit_code: int
    """As a shell gives it: 128 + n where signal n ended it."""
    reason: str | None
    """Why it was not 0, or why we ended it."""


async def run(job: Job, options: Options, stopping: asyncio.Event) -> End:
    """Run a command to its end, at most ``options.longest``; SIGTERM, then SIGKILL after the grace, when it must end."""
    log = RunLog(job.log, options.log_bytes)
    # A session of its own: Ctrl-C reaches the launcher alone, which ends its children in order.
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scrapy", *job.words, env={**os.environ, **options.environment, PARENT: str(os.getpid())},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    reader = asyncio.create_task(_copy(child, log))
    reason = await _watch(child, job, options, stopping)
    if child.returncode is None:
        await _end(child, options)
    with suppress(TimeoutError):  # a process that the child left behind may hold the pipe
        await asyncio.wait_for(reader, 2)
    log.close()
    prune(log.path.parent, options.log_keep)
    code = child.returncode or 0
    if reason is None and code:
        reason = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
    return End(128 - code if code < 0 else code, reason)


async def _watch(child: asyncio.subprocess.Process, job: Job, options: Options, stopping: asyncio.Event) -> str | None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + options.longest.total_seconds()
    ended, told = asyncio.create_task(child.wait()), asyncio.create_task(stopping.wait())
    try:
        while True:
            done, _ = await asyncio.wait((ended, told), timeout=job.every, return_when=asyncio.FIRST_COMPLETED)
            if ended in done:
                return None
            if told in done:
                return SHUTDOWN
            if loop.time() > deadline:
                return f"ended after {options.longest}, the longest that a run may take (SCHEDULE_RUN_HOURS)"
            if reason := await asyncio.to_thread(job.beat):
                return reason
    finally:
        told.cancel()


async def _end(child: asyncio.subprocess.Process, options: Options) -> None:
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), options.grace.total_seconds())
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def _copy(child: asyncio.subprocess.Process, log: RunLog) -> None:
    assert child.stdout is not None
    while chunk := await child.stdout.read(CHUNK):
        log.write(chunk)
