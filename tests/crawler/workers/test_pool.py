"""Worker processes, with real ones: what kills a worker costs one job, and none outlives the crawl."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.items import IndexPage, Page, TooLarge
from crawler.workers.pool import WorkerFailed, Workers
from pipelines.read_page import read_page

LOOPS = "while True: pass"
EATS = "kept = [bytes(1 << 24) for _ in range(1000)]"
KILLS = {
    "loops": ((exec, LOOPS), "more than 1 s of CPU"),
    "crashes": ((ctypes.string_at, 0), "killed by SIGSEGV"),
    "aborts": ((exec, "import os; os.abort()"), "killed by SIGABRT"),
    "exits": ((exec, "import os; os._exit(3)"), "exit code 3"),
    "eats memory": ((exec, EATS), "MemoryError"),
    "recurses": ((exec, "def f(): f()\nf()", {}), "RecursionError"),
    "raises": ((int, "x"), "ValueError: invalid literal"),
}


def together(main, seconds=10.0):
    """Run a coroutine function with workers that are ended afterwards."""

    async def run():
        workers = Workers(2, seconds=seconds, mebibytes=128)
        try:
            return await main(workers)
        finally:
            await workers.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def killed():
    """{kind: what became of the job}, (answers to the jobs between them), all from one pool."""

    async def main(workers):
        jobs = [(kind, job) for kind, (job, _) in KILLS.items()]
        mixed = [one for kind, job in jobs for one in ((kind, job), (None, (len, kind)))]
        answers = await asyncio.gather(*(workers.run(*job) for _, job in mixed), return_exceptions=True)
        bad = {kind: answer for (kind, _), answer in zip(mixed, answers, strict=True) if kind}
        return bad, [answer for (kind, _), answer in zip(mixed, answers, strict=True) if not kind]

    return together(main, seconds=1.0)


@pytest.mark.parametrize("name", KILLS)
def test_a_job_that_kills_its_worker_fails_with_the_cause(name, killed):
    found = killed[0][name]
    assert isinstance(found, WorkerFailed)
    assert KILLS[name][1] in str(found)


def test_the_jobs_beside_it_are_done(killed):
    assert killed[1] == [len(kind) for kind in KILLS]


@pytest.mark.slow
def test_a_job_that_waits_for_ever_is_killed_by_the_clock():
    async def main():
        workers = Workers(1, seconds=5, wall=12)
        try:
            with pytest.raises(WorkerFailed, match="no answer within"):
                await workers.run(time.sleep, 90)
            return await workers.run(len, "x")
        finally:
            await workers.close()

    assert asyncio.run(main()) == 1


def test_the_workers_traceback_comes_with_the_error():
    async def main(workers):
        with pytest.raises(WorkerFailed) as caught:
            await workers.run(int, "x")
        return caught.value

    assert "In the worker:" in together(main).__notes__[0]


def test_a_named_drop_stays_one():
    links = "".join(f'<li><a href="/a/{n}.html">县城要闻第{n}条的标题</a></li>' for n in range(40))

    async def main(workers):
        with pytest.raises(IndexPage, match="list of links"):
            await workers.run(read_page, Page("http://a.example/", f"<ul>{links}</ul>".encode()), None)
        with pytest.raises(TooLarge):
            await workers.run(read_page, Page("http://a.example/", b"<p>" + "县城的事，".encode() * 400_000), None)

    together(main)


def test_what_a_job_prints_does_not_reach_the_answers():
    async def main(workers):
        await workers.run(exec, "import os; os.write(1, b'x' * 1000); print('y' * 1000)")
        return await workers.run(len, "abc")

    assert together(main) == 3


def test_no_workers_means_in_this_process():
    assert asyncio.run(Workers(0).run(os.getpid)) == os.getpid()


def test_workers_are_reused_and_no_more_than_asked_for():
    async def main(workers):
        return await asyncio.gather(*(workers.run(os.getpid) for _ in range(20)))

    found = together(main)
    assert len(set(found)) <= 2
    assert os.getpid() not in found


PARENT = """
import asyncio, os, signal, sys
from crawler.workers.pool import Workers
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job, as these tests may be, ignores it
async def main():
    workers = Workers(2, seconds=30)
    print(*(await asyncio.gather(workers.run(os.getpid), workers.run(os.getpid))), flush=True)
    await workers.run(exec, "while True: pass")
asyncio.run(main())
"""


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text("ascii").rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=lambda how: how.name)
def test_no_worker_outlives_its_parent(how):
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert workers
        time.sleep(0.3)  # one of them is at work
        parent.send_signal(how)
        parent.wait(10)
    until = time.monotonic() + 5
    while any(map(_alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in workers if _alive(pid)]
