"""How this machine runs its sites, from the settings."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.sites import folder_of

PASSED = ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR", "LOG_LEVEL")


def _owner() -> str:
    """Host, process id and something that no later process of that id has."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    archive_url: str
    sites: Path | None
    logs: Path
    slots: int
    """Crawls at once."""
    grace: timedelta
    """From SIGTERM to SIGKILL."""
    longest: timedelta
    """A crawl that runs longer is ended; what it has is kept, the next one goes on."""
    log_bytes: int
    log_keep: int
    poll: timedelta = timedelta(seconds=2)
    environment: dict[str, str] = field(default_factory=dict)
    """What the crawls are told by environment: never by their arguments, a database URL may hold a password."""
    owner: str = field(default_factory=_owner)

    @classmethod
    def of(cls, settings: Any, slots: int | None = None) -> Options:
        folder = folder_of(settings)
        passed = {name: str(settings[name]) for name in PASSED if settings.get(name) is not None}
        return cls(
            archive_url=settings["ARCHIVE_URL"],
            sites=folder,
            logs=Path(settings["LOGS_DIR"]),
            slots=slots or settings.getint("SCHEDULE_SLOTS") or os.cpu_count() or 1,
            grace=timedelta(seconds=settings.getfloat("SCHEDULE_GRACE")),
            longest=timedelta(hours=settings.getfloat("SCHEDULE_RUN_HOURS")),
            log_bytes=settings.getint("RUN_LOG_BYTES"),
            log_keep=settings.getint("RUN_LOG_KEEP"),
            environment=passed,
        )
