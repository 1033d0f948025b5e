"""Group commit: the outcomes of several pages in one durable transaction, each answered only after it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError

from storage.archive import Archive
from storage.frontier import LeaseLost

logger = logging.getLogger(__name__)

GATHER = 0.05
"""Seconds that a first outcome waits for others."""
AT_ONCE = 64
T = TypeVar("T")
FULL = 5.0
"""Seconds to wait for room on a full disk."""
WAITS = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts while the database is away; the last one repeats."""

Change = Callable[[Connection], Any]


class OutOfService(RuntimeError):
    """The database or the disk stayed away too long; what was not committed is fetched again by the next run."""


@dataclass(slots=True)
class Waiting:
    """A change that waits for its transaction."""

    change: Change
    future: asyncio.Future[Any]
    article: bool
    capture: Any
    """What it will index, for ``guard``."""


@dataclass(frozen=True, slots=True)
class _Raised:
    """In the place of a result: what the change raised. A change may well give an exception as its result."""

    error: BaseException


class _Unfit(Exception):
    """A change failed for its own reason; the group is done again one by one."""


class Committer:
    """Runs changes in order in one thread, a group a transaction, and waits out a database that is away.

    ``before`` runs ahead of each transaction (captures reach the disk), ``guard`` first inside it (the lease is checked, the
    group's captures are indexed), ``flush`` behind its changes: what they left to be written together.
    """

    def __init__(self, archive: Archive, before: Callable[[], None], patience: float) -> None:
        self.archive, self.before, self.patience = archive, before, patience
        self.guard: Callable[[Connection, Sequence[Waiting]], None] = lambda connection, group: None
        self.flush: Callable[[Connection], None] = lambda connection: None
        self.discard: Callable[[], None] = lambda: None
        """A change failed: what it left for ``flush`` is not to be written."""
        self.committed: Callable[[], None] = lambda: None
        """Called in the event loop after each group."""
        self.broken: BaseException | None = None
        self.again = False
        """Whether the group is made a second time: a connection lost in its COMMIT leaves open whether the first went through."""
        self._waiting: list[Waiting] = []
        self._busy = 0
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "commit")

    @property
    def pending(self) -> int:
        """Changes that are not committed yet."""
        return len(self._waiting) + self._busy

    def submit(self, change: Change, *, article: bool = False, capture: Any = None) -> asyncio.Future[Any]:
        """Have a change made. The future gives its result after the commit, or its exception, or `LeaseLost`, `OutOfService`."""
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(_retrieved)
        if self.broken is not None:
            future.set_exception(self.broken)
            return future
        self._waiting.append(Waiting(change, future, article, capture))
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        return future

    async def drained(self) -> None:
        """Everything submitted is committed, or has failed."""
        while self._task is not None:
            await asyncio.shield(self._task)

    def close(self) -> None:
        self._thread.shutdown(wait=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                if len(self._waiting) < AT_ONCE:
                    await asyncio.sleep(GATHER)
                group, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                self._busy = len(group)
                try:
                    results = await loop.run_in_executor(self._thread, self._commit, group)
                except (LeaseLost, OutOfService) as error:
                    self._give_up(error, group)
                else:
                    for one, result in zip(group, results, strict=True):
                        _answer(one.future, result)
                finally:
                    self._busy = 0
                self.committed()
        finally:
            self._task = None

    def _give_up(self, error: BaseException, group: list[Waiting]) -> None:
        self.broken = error
        group, self._waiting = group + self._waiting, []
        for one in group:
            _answer(one.future, _Raised(error))

    def _commit(self, group: list[Waiting]) -> list[Any]:
        """Their results, in the thread."""
        try:
            self.before()
        except OSError as error:  # after a failed fsync nobody knows what is on the disk: none of it is named
            raise OutOfService(f"captures cannot be written: {error}") from error
        results = wait_out(lambda: self._attempt(group), self.patience)
        self.again = False
        return results

    def _attempt(self, group: list[Waiting]) -> list[Any]:
        try:
            try:
                return self._together(group)
            except _Unfit:
                return self._apart(group)
        except DBAPIError:
            self.again = True
            raise

    def _together(self, group: list[Waiting]) -> list[Any]:
        with self.archive.transaction() as connection:
            self.guard(connection, group)
            try:
                results = [one.change(connection) for one in group]
                self.flush(connection)
                return results
            except (OperationalError, InterfaceError, OSError, LeaseLost):
                raise
            except Exception as error:
                raise _Unfit from error

    def _apart(self, group: list[Waiting]) -> list[Any]:
        """One that cannot be written must not keep the others from it."""
        results: list[Any] = []
        with self.archive.transaction() as connection:
            self.guard(connection, group)
            for one in group:
                try:
                    with connection.begin_nested():
                        result = one.change(connection)
                        self.flush(connection)
                    results.append(result)
                except (OperationalError, InterfaceError, OSError, LeaseLost):
                    raise
                except Exception as error:  # noqa: BLE001 - the change's own error is its answer
                    self.discard()
                    results.append(_Raised(error))
        return results


def wait_out(work: Callable[[], T], patience: float) -> T:
    """Do ``work`` again while the database is away, for ``patience`` seconds. Raises `OutOfService`."""
    began, attempt = time.monotonic(), 0
    while True:
        try:
            return work()
        except DBAPIError as error:
            words = str(error.orig).strip()[:300]
            full = "disk" in words.lower()
            if not _passing(error) or time.monotonic() - began > (min(patience, FULL) if full else patience):
                raise OutOfService(f"{type(error.orig).__name__}: {words}") from error
            wait = WAITS[min(attempt, len(WAITS) - 1)]
            attempt += 1
            logger.warning("the archive is away (%s); fetching pauses, next attempt in %.1f s", words, wait)
            time.sleep(wait)


def _passing(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed later: the server is away, the disk is full, another writer was quicker."""
    return isinstance(error, OperationalError | InterfaceError | InternalError | IntegrityError) or error.connection_invalidated


def _answer(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():
        return
    if isinstance(result, _Raised):
        future.set_exception(result.error)
    else:
        future.set_result(result)


def _retrieved(future: asyncio.Future[Any]) -> None:
    """Outcomes without a waiter must not complain of an exception that nobody fetched: `Committer.broken` has it."""
    if not future.cancelled():
        future.exception()
