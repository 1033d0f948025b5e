"""Which process holds a lease, and whether it still lives: a rerun right after kill -9 need not wait for the lease to end."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def me() -> str:
    """``host:pid:start:namespace`` of this process; the last two are empty where /proc tells nothing.

    A pid is used again by another process, its start time is not; and a pid means nothing in another pid namespace.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}:{_namespace()}"


def is_dead(owner: str | None) -> bool:
    """Whether a lease's owner is known to have ended: a process of this machine and namespace that is there no more.

    >>> is_dead(me()), is_dead("elsewhere:1:2:3"), is_dead(None)
    (False, False, False)
    """
    parts = (owner or "").split(":")
    if len(parts) != 4 or parts[0] != socket.gethostname() or not parts[2] or parts[3] != _namespace():
        return False
    return _started(int(parts[1])) != parts[2]


def _started(pid: int) -> str:
    """Start of a process in clock ticks since boot, with the boot's id; empty when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8")[:8]
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else f"{rest[18]}-{boot}"


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return ""

