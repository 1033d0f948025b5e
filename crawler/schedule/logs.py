"""The log of one run: bounded, and only so many of a site."""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime
from pathlib import Path

UNSAFE = re.compile(r"[^\w.-]+")


class RunLog:
    """Keeps the beginning and the end of what a run writes, ``limit`` bytes in all.

    The beginning is written as it comes, the end when the log is closed or the launcher asks (`flush`).
    """

    def __init__(self, path: Path, limit: int) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._half = max(1, limit // 2)
        self._written = 0
        self._end: deque[bytes] = deque()
        self._held = 0
        self._dropped = 0

    def write(self, chunk: bytes) -> None:
        room = self._half - self._written
        if room > 0:
            self._file.write(chunk[:room])
            self._file.flush()
            self._written += len(chunk[:room])
            chunk = chunk[room:]
        if chunk:
            self._end.append(chunk)
            self._held += len(chunk)
        while self._held > self._half:
            old = self._end.popleft()
            cut = min(len(old), self._held - self._half)
            if len(old) > cut:
                self._end.appendleft(old[cut:])
            self._held -= cut
            self._dropped += cut

    def close(self) -> None:
        if self._dropped:
            self._file.write(f"\n[… {self._dropped} bytes left out here …]\n".encode())
        self._file.write(b"".join(self._end))
        self._file.close()


def path_of(folder: Path, site: str, planned_at: datetime, started_at: datetime) -> Path:
    """Where the log of a run lies: a folder a site, named by planned time and start."""
    return folder / (UNSAFE.sub("_", site) or "_") / f"{planned_at:%Y%m%dT%H%M}-{started_at:%Y%m%dT%H%M%S%f}.log"


def prune(folder: Path, keep: int) -> None:
    """Delete a site's oldest logs beyond ``keep``."""
    for path in sorted(folder.glob("*.log"), key=lambda p: p.name.partition("-")[2])[:-keep or None]:
        path.unlink(missing_ok=True)
