"""One crawl from start to its books."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from crawler.committer import OutOfService, wait_out
from crawler.discovery.starts import starts
from crawler.progress import Progress
from crawler.recorder import OPEN, Recorder, now
from crawler.sites import Site
from crawler.spiders.news import NewsSpider, site_of
from crawler.workers.pool import Workers
from storage import frontier
from storage.archive import BadArchive

FEW = 0.25
"""Share of a site's expected weekly articles under which a run has failed."""
WEEK = timedelta(days=7)
MOST_NAMED = 3
"""Hosts that a run's reason names."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    state: str
    """finished, degraded (something is to be tried again), failed."""
    reason: str | None
    counts: dict[str, int]
    fetched: int
    stats: dict[str, Any]

    @property
    def exit_code(self) -> int:
        return 0 if self.state == "finished" else 1

    def summary(self) -> str:
        """The run in a few lines."""
        parts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(self.counts.items())) or "nothing was due"
        total = sum(self.counts.values())
        lines = [f"run {self.state}: {self.fetched} fetched = {total} outcomes: {parts}"]
        if self.reason:
            lines.append(f"reason: {self.reason}")
        return "\n".join(lines)


def run_news(process: Any, *, show: type[Progress] | None = None, **arguments: Any) -> Result:
    """Run the news spider in a Scrapy process, its progress shown by ``show``.

    Raises BadSite, BadArchive, SiteHeld before anything is fetched.
    """
    # What is wrong with profile, archive or lease must be said before the reactor starts.
    site = site_of(process.settings, arguments.get("site"), arguments.get("url"))
    crawler = process.create_crawler(NewsSpider)
    workers = Workers.of(crawler)
    workers.prepare()  # before the archive is open
    gc.freeze()  # what was imported stays to the end; the collector need not look at it again
    try:
        recorder = Recorder.of(crawler)
    except BadArchive:
        workers.dismiss()
        raise
    try:
        _begin(recorder, site)
        progress = show(recorder) if show else None
        process.crawl(crawler, **arguments)
        if progress:
            progress.start()
        process.start()
        if progress:
            progress.stop()
        return _close(crawler)
    finally:
        workers.dismiss()
        OPEN.pop(crawler, None)
        recorder.archive.close()


def _begin(recorder: Recorder, site: Site) -> None:
    """Open the run, when the database can be written. Raises `BadArchive`."""
    try:
        wait_out(lambda: recorder.begin(site, starts(site)), recorder.patience)
    except OutOfService as error:
        raise BadArchive(f"{recorder.archive.safe_url} cannot be written: {error}; does a process that hangs hold it, is its disk full?") from error


def _close(crawler: Any) -> Result:
    recorder = Recorder.of(crawler)
    stats = crawler.stats.get_stats() if crawler.stats else {}
    try:
        state, reason, counts = recorder.finish(_verdict(crawler, recorder, stats))
    except OutOfService as error:
        return Result("failed", f"the archive is away: {error}; run it again to go on", {}, recorder.fetched, stats)
    return Result(state, reason, counts, recorder.fetched, stats)


def _verdict(crawler: Any, recorder: Recorder, stats: dict[str, Any]) -> Callable[[Connection, dict[str, int]], tuple[str, str | None]]:
    def verdict(connection: Connection, counts: dict[str, int]) -> tuple[str, str | None]:
        broken = recorder.committer.broken
        if broken is not None:
            return "failed", f"{broken}; run it again to go on"
        total = sum(counts.values())
        stopped = crawler.spider.stopped if crawler.spider else None
        if total != recorder.fetched:
            return "failed", f"{recorder.fetched} fetched, but {total} outcomes: books out of balance"
        if stopped:
            return "failed", f"{stopped}; run it again to go on"
        if crawler.spider is None or stats.get("finish_reason") == "start_error":
            return "failed", "the run did not begin; see the log above"
        if reason := _barren(connection, recorder):
            return "failed", reason
        return _incomplete(recorder, counts, stats)

    return verdict


def _barren(connection: Connection, recorder: Recorder) -> str | None:
    """Why listings that were read mean that something is wrong with the site or its profile; None: they do not."""
    listings, named, site = recorder.seen["listings"], recorder.seen["named"], recorder.site
    if not listings:
        return None
    if not named:
        return f"{listings} listings were read and no article's address was found on them: has the site changed? (start, feeds and article in its profile)"
    began = frontier.first_run(connection, site.name)
    new = frontier.articles_since(connection, site.name, now() - WEEK)
    if site.weekly and began and max(named, new) < site.weekly * FEW:
        return f"{named} article addresses on {listings} listings and {new} new articles in a week, {site.weekly} are expected (weekly in its profile)"
    return None


def _incomplete(recorder: Recorder, counts: dict[str, int], stats: dict[str, Any]) -> tuple[str, str | None]:
    reasons = []
    if counts.get("failed"):
        reasons.append(f"{counts['failed']} addresses failed; they are tried again later (scrapy retry lists those given up)")
    budget = {host for host in recorder.put_off if recorder.hosts.spent(host)}
    others = {host: why for host, why in recorder.put_off.items() if host not in budget}
    reasons += [f"{host} was left alone: {why}" for host, why in sorted(others.items())[:MOST_NAMED]]
    if len(others) > MOST_NAMED:
        reasons.append(f"so were {len(others) - MOST_NAMED} other hosts")
    if stats.get("finish_reason") not in ("finished", None):
        reasons.append(f"ended by {stats.get('finish_reason')}; run it again to go on")
    if reasons:
        return "degraded", "; ".join(reasons)
    if budget:
        return "finished", f"the day's requests for {', '.join(sorted(budget))} are used up (daily_budget); the rest follows tomorrow"
    return "finished", None
