"""The worker process: reads jobs from its socket, writes results to it, until the socket ends.

A message is 8 bytes of length (big endian) and a pickle. A job is (function, arguments); an answer is one of (``"done"``, result),
(``"dropped"``, class name, message), (``"error"``, class name, message, traceback). A worker guards itself: the kernel ends
it when a job has used its CPU seconds, memory over the limit raises MemoryError, and it dies with its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import signal
import socket
import struct
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from crawler.items import Dropped

LENGTH = struct.Struct(">Q")
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def serve(own: socket.socket, seconds: float, mebibytes: int) -> None:
    """Do jobs of ``seconds`` of CPU each, in ``mebibytes`` of memory on top of what the process has when the first one comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the crawl ends its workers itself
    jobs, answers = own.makefile("rb"), own.makefile("wb")
    limited = False
    while (job := _receive(jobs)) is not None:
        if not limited:
            function, arguments = pickle.loads(job)
            _limit_memory(mebibytes)
            gc.freeze()  # what the imports made stays to the end; the collector need not look at it again
            limited = True
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF, unhandled, ends the process
        answer = _answer(job)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _send(answers, answer)


def _receive(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    return stream.read(size)


def _send(stream: BinaryIO, answer: bytes) -> None:
    try:
        stream.write(LENGTH.pack(len(answer)) + answer)
        stream.flush()
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)  # nobody is left to read it


def _answer(job: bytes) -> bytes:
    try:
        function, arguments = pickle.loads(job)
        found: tuple[Any, ...] = ("done", function(*arguments))
        return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    except Dropped as reason:
        found = ("dropped", type(reason).__name__, str(reason))
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent is told, and the page ends as failed
        found = ("error", type(error).__name__, str(error)[:2000], traceback.format_exc()[-20_000:])
    return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)


def die_with(parent: int) -> None:
    """On Linux the kernel ends this process with its parent; elsewhere the end of its socket does, after the job at hand."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


def _limit_memory(mebibytes: int) -> None:
    """Private memory may grow by so much. RLIMIT_DATA, which Linux counts truly since 4.7; address space says nothing."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        status = Path("/proc/self/status").read_text("ascii")
        used = next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmData"))
        resource.setrlimit(resource.RLIMIT_DATA, (used + (mebibytes << 20),) * 2)
