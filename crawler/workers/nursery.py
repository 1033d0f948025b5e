"""The process that workers are forked from: what they import is imported once, whatever number of workers comes and goes.

It reads orders from its socket until that ends: ``FORK`` (with the new worker's socket) is answered by the worker's process id,
``REAP`` by the wait status of a worker that is known to end.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from importlib import import_module

ORDER, ANSWER = struct.Struct(">cdq"), struct.Struct(">q")
FORK, REAP = b"F", b"R"
KEPT: list[object] = []
LINGER = 1.0
"""Seconds that a worker has to end once its socket did; then it is killed."""


def begin(preload: str) -> tuple[int, socket.socket]:
    """(process id, socket) of a nursery; ``preload`` is the path of a function that it calls before its first fork, or empty.

    Forked from this process where that has but one thread, since most of what workers need is imported here already; else started anew.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        return (_forked if threading.active_count() == 1 and hasattr(os, "fork") else _spawned)(ours, theirs, preload), ours


def _forked(ours: socket.socket, theirs: socket.socket, preload: str) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        ours.close()
        _close_all_but(theirs.fileno())
        run(theirs, parent, preload)
    except BaseException:  # noqa: BLE001 - nothing of this process may run on in the parent's code
        traceback.print_exc()
    finally:
        os._exit(0)


def _spawned(ours: socket.socket, theirs: socket.socket, preload: str) -> int:
    os.set_inheritable(theirs.fileno(), True)  # noqa: FBT003 - the standard library's own signature
    path = os.pathsep.join(part for part in sys.path if part)
    words = [sys.executable, "-m", "crawler.workers.nursery", str(theirs.fileno()), str(os.getpid()), preload]
    return os.posix_spawn(sys.executable, words, {**os.environ, "PYTHONPATH": path})


def _close_all_but(kept: int) -> None:
    """What the parent has open is none of a worker's business: locks, sockets, the database."""
    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, kept)
    os.closerange(kept + 1, most if 0 < most < 1 << 20 else 1 << 20)


def _leave_the_parents_files() -> None:
    """Its objects are kept, never used and never collected: they would close file numbers that are new by now."""
    KEPT.extend((sys.stdin, sys.stdout, sys.stderr, *logging.root.handlers))
    logging.root.handlers.clear()  # what is left of logging goes to stderr
    sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what a library prints is no answer
    gc.freeze()


def run(own: socket.socket, parent: int, preload: str) -> None:
    """Serve orders until the socket ends."""
    from crawler.workers.child import die_with

    die_with(parent)
    _leave_the_parents_files()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ready = False
    while True:
        message, sent, _, _ = socket.recv_fds(own, ORDER.size, 1)
        if len(message) < ORDER.size:
            return
        order, seconds, number = ORDER.unpack(message)
        if order == FORK and preload and not ready:
            module, _, name = preload.rpartition(".")
            getattr(import_module(module), name)()
            gc.freeze()  # what is loaded now is shared by all workers; a collector that looked at it would copy it
            ready = True
        own.sendall(ANSWER.pack(_fork(own, sent[0], seconds, number) if order == FORK else _reap(number)))


def _fork(own: socket.socket, handle: int, seconds: float, mebibytes: int) -> int:
    from crawler.workers.child import die_with, serve

    nursery = os.getpid()
    pid = os.fork()
    if pid:
        os.close(handle)
        return pid
    code = 1
    try:
        own.close()
        die_with(nursery)
        with socket.socket(fileno=handle) as job:
            serve(job, seconds, mebibytes)
        code = 0
    except BaseException:  # noqa: BLE001 - nor may anything of this one run on in the nursery's
        traceback.print_exc()
    finally:
        os._exit(code)


def _reap(pid: int) -> int:
    """The wait status of a worker that ends by itself or was killed."""
    until = time.monotonic() + LINGER
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


if __name__ == "__main__":
    run(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), sys.argv[3])
