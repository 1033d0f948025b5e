"""Output into a pipe whose reader has seen enough (``scrapy … | head``): the command ends quietly, with the shell's code for SIGPIPE.

SIGPIPE itself stays ignored, as Python has it: a crawl writes to sockets, too.
"""

from __future__ import annotations

import atexit
import os
import select
import sys
from types import TracebackType
from typing import NoReturn

CODE = 128 + 13


def install() -> None:
    """Have this process end so, whatever command it runs."""
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, BrokenPipeError) and is_closed():
            end()
        usual(kind, error, trace)

    sys.excepthook = hook
    atexit.register(_end)


def is_closed() -> bool:
    """Whether nobody reads standard output any more."""
    try:
        watched = select.poll()
        watched.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError, AttributeError):  # no file: closed by the command itself, or a test's
        return False
    return any(event & select.POLLERR for _, event in watched.poll(0))


def end() -> NoReturn:
    """End at once: nothing that is still in a buffer can be written."""
    sys.stderr.flush()
    os._exit(CODE)


def _end() -> None:
    """What is left in the buffer is for nobody: the interpreter would complain that it cannot write it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        end()
    except (OSError, ValueError, AttributeError):
        return
