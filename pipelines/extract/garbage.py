"""The garbage collector held back while a page is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """No search for reference cycles inside; then as before, also after an exception.

    A page makes tens of thousands of objects that live until it is read, each some hundred of them a reason for the collector
    to walk through all that the process holds: up to two fifths of a page's time, for nothing, since what a page leaves
    behind goes by its reference counts. A page's size is bounded, so is what waits.

    >>> with no_collection():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
