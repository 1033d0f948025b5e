"""What a run may ask of a host now: waits that it asked for, back-off, requests in flight, requests a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.revisits import host_wait
from storage.hosts import HostState

PATIENCE = 5
"""Failures of a host in a row before it is left alone for a while."""


class Hosts:
    """The hosts of one run; states are saved with the outcomes."""

    def __init__(self) -> None:
        self.states: dict[str, HostState] = {}
        self.in_flight: dict[str, int] = {}
        self.budget = 0
        self.at_once = 1

    def state(self, host: str) -> HostState:
        state = self.states.setdefault(host, HostState())
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        if state.day != today:
            state.day, state.fetched = today, 0
        return state

    def free(self, host: str) -> bool:
        """Whether a request may be sent to a host now."""
        return self.in_flight.get(host, 0) < self.at_once and self.until(host) is None

    def until(self, host: str) -> datetime | None:
        """Until when nothing is sent to a host; None: something may be."""
        state, now = self.state(host), datetime.now(UTC)
        if self.spent(host):
            return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return state.not_before if state.not_before and state.not_before > now else None

    def spent(self, host: str) -> bool:
        """Whether the day's requests are used up."""
        return 0 < self.budget <= self.state(host).fetched

    def blocked(self) -> dict[str, datetime]:
        """{host: until when} of the hosts that get nothing now."""
        return {host: until for host in self.states if (until := self.until(host))}

    def sent(self, host: str) -> None:
        """A request goes to the host."""
        state = self.state(host)
        state.fetched += 1
        state.unsaved += 1
        state.changed = True

    def began(self, host: str) -> None:
        self.in_flight[host] = self.in_flight.get(host, 0) + 1
        self.sent(host)

    def ended(self, host: str) -> None:
        self.in_flight[host] = max(0, self.in_flight.get(host, 0) - 1)

    def worked(self, host: str) -> None:
        """The host answered as it should."""
        state = self.state(host)
        if state.failures:
            state.failures, state.changed = 0, True

    def stumbled(self, host: str) -> None:
        """No answer, or a server's error; after several in a row the host is left alone."""
        state = self.state(host)
        state.failures += 1
        state.changed = True
        if state.failures >= PATIENCE:
            self.back_off(host)

    def back_off(self, host: str, wait: timedelta | None = None) -> datetime:
        """Leave the host alone for the time that it asked for, or longer each time; until when."""
        state = self.state(host)
        state.failures += 1
        until = datetime.now(UTC) + (wait or host_wait(max(1, state.failures - PATIENCE)))
        state.not_before = max(until, state.not_before or until)
        state.changed = True
        return state.not_before

    def unsaved(self) -> list[tuple[str, HostState, int]]:
        """The states to save, with the requests since the last time; taken once."""
        taken = []
        for host, state in sorted(self.states.items()):
            if state.changed:
                taken.append((host, state, state.unsaved))
                state.changed, state.unsaved = False, 0
        return taken
