"""One crawl from start to its books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crawler.progress import Progress
from crawler.recorder import OPEN, Recorder
from crawler.spiders.news import NewsSpider, site_of


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    state: str
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
    # A broken profile must be reported before the reactor starts.
    site_of(process.settings, arguments.get("site"), arguments.get("url"))
    crawler = process.create_crawler(NewsSpider)
    recorder = Recorder.of(crawler)
    progress = show(recorder) if show else None
    process.crawl(crawler, **arguments)
    if progress:
        progress.start()
    process.start()
    if progress:
        progress.stop()
    return _close(crawler)


def _close(crawler: Any) -> Result:
    recorder = OPEN.pop(crawler)
    stats = crawler.stats.get_stats() if crawler.stats else {}
    spider = crawler.spider
    try:
        if not recorder.run_id:
            return Result("failed", "the run did not begin; see the log above", {}, 0, stats)
        state, reason = _verdict(stats, spider)
        counts = recorder.finish(state, reason)
        if sum(counts.values()) != recorder.fetched and state != "failed":
            state, reason = "failed", "books out of balance"
        return Result(state, reason, counts, recorder.fetched, stats)
    finally:
        recorder.archive.close()


def _verdict(stats: dict[str, Any], spider: Any) -> tuple[str, str | None]:
    if stats.get("finish_reason") not in ("finished", None):
        return "degraded", f"ended by {stats.get('finish_reason')}; run it again to go on"
    if stats.get("spider_exceptions/count") or any(k.startswith("spider_exceptions/") for k in stats):
        return "failed", "an error in the spider; see the log"
    if spider is not None and spider.failures:
        return "degraded", f"{spider.failures} addresses failed; they are tried again later"
    return "finished", None
