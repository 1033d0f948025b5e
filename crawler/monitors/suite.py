"""The checks as Spidermon monitors, with the alert as their action.

A suite of your own may add monitors and any Spidermon action: name it in `MONITOR_SUITE`. Its monitors find in
``self.data``: ``health`` (`crawler.monitors.health.Health`), ``found`` ({check: words}), ``settings``.
"""

from __future__ import annotations

from typing import Any

from spidermon import Monitor, MonitorSuite, monitors
from spidermon.core.actions import Action

from crawler.monitors.alert import send
from storage.health import CHECKS


class SendAlert(Action):  # type: ignore[misc]  # Spidermon has no types
    """Tells what is news of the site to every address of `ALERT_TO`."""

    def run_action(self) -> None:
        send(self.data.news, self.data.settings.getlist("ALERT_TO"))


def _test(name: str) -> Any:
    @monitors.name(name)  # type: ignore[untyped-decorator]
    def test(self: Any) -> None:
        if words := self.data.found.get(name):
            self.fail(words)

    return test


SiteMonitor: Any = type("SiteMonitor", (Monitor,), {"__test__": False, **{f"test_{name}": _test(name) for name in CHECKS}})
"""One test a check of `storage.health`; not one for pytest, which would find it here."""


class SiteSuite(MonitorSuite):  # type: ignore[misc]
    """All checks of one site; the alert goes out whether something is wrong or has become well."""

    monitors = [monitors.name("Site")(SiteMonitor)]
    monitors_finished_actions = [SendAlert]
