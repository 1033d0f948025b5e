"""After runs, and when asked: monitors over the sites, and alerts about what is news."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scrapy.utils.misc import load_object

from crawler.monitors.health import Health, health
from crawler.schedule.options import Options
from crawler.schedule.profiles import readable
from crawler.sites import Site
from storage import clock
from storage.archive import Archive, BadArchive
from storage.health import News, news_of, told


def watch(archive: Archive, settings: Any, sites: dict[str, Site]) -> list[str]:
    """Run the monitor suite over the sites that have news; what went wrong with telling it.

    What could not be told is news again at the next look. Raises `BadArchive` without the extra.
    """
    with archive.read() as connection:
        looked = health(connection, sites, settings.getint("SILENT_DAYS"))
        now = clock.now(connection)
        news = [(one, news_of(connection, one.site.name, one.found, now)) for one in looked]
    troubles = []
    for one, new in news:
        if not new:
            continue
        trouble = _run(settings, one, new)
        if trouble:
            troubles.append(trouble)
            continue
        with archive.transaction() as connection:
            told(connection, new, clock.now(connection))
    return troubles


def _run(settings: Any, one: Health, news: News) -> str | None:
    try:
        from spidermon.runners import MonitorRunner
    except ModuleNotFoundError:
        raise BadArchive("alerts need the extra 'monitor': pip install 'fangzhi[monitor]'") from None
    suite = load_object(settings["MONITOR_SUITE"])
    found = {finding.check: finding.words for finding in one.found}
    result = MonitorRunner().run(suite(), health=one, found=found, news=news, settings=settings)
    actions = (*result.monitors_finished_action_results, *result.monitors_passed_action_results, *result.monitors_failed_action_results)
    return "; ".join(action.error.strip().splitlines()[-1] for action in actions if action.error) or None


class Watcher:
    """Watches for a planner or a worker; does nothing where nobody is to be told."""

    def __init__(self, archive: Archive, settings: Any, say: Callable[[str], None]) -> None:
        self.archive = archive
        self.settings = settings
        self.say = say

    def look(self, names: set[str] | None = None) -> None:
        """At the sites named, or at all."""
        if not self.settings.getlist("ALERT_TO"):
            return
        sites, _ = readable(Options.of(self.settings).sites)
        chosen = sites if names is None else {name: sites[name] for name in names & sites.keys()}
        for trouble in watch(self.archive, self.settings, chosen):
            self.say(trouble)
