"""A crawl that ends with the launcher that started it, however that ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PARENT = "FANGZHI_LAUNCHER"
"""Environment variable in which a launcher gives its process id to its crawl."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tie() -> None:
    """Have the kernel end this process when its launcher dies (Linux); elsewhere the fence makes a leftover crawl harmless."""
    launcher = os.environ.get(PARENT)
    if not launcher or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(launcher):  # it died before the line above
        os.kill(os.getpid(), signal.SIGKILL)
