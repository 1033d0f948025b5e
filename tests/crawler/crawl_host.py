"""A process that has everything imported and forks a child for each crawl: a crawl costs a third of a second, not two.

Reads a list of JSON objects a line, crawls that run at once: ``profile``, ``archive``, ``captures``, ``settings``, ``log``, ``kill`` ({point, hit}), ``fail``
({operation, hit}), ``limits``; answers with a list of pids, then of: ``signal``, ``exit``, ``result``, ``hits``, ``cpu``, ``rss_mb``. Run by `harness.CrawlHost`.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import faults

TIMEOUT = 240


def crawl(job: dict) -> dict:
    """One crawl in this process, from its settings to its books."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    import crawler.settings
    from crawler.running import run_news
    from storage.archive import BadArchive
    from storage.frontier import SiteHeld

    settings = Settings()
    settings.setmodule(crawler.settings, priority="project")
    settings.update({"ARCHIVE_URL": job["archive"], "CAPTURES_DIR": job["captures"], "LOG_FILE": job["log"], "ARCHIVE_PATIENCE": 20, "READ_WORKERS": 0, **job.get("settings", {})}, priority="cmdline")
    try:
        result = run_news(AsyncCrawlerProcess(settings), site=job["profile"])
    except (BadArchive, SiteHeld) as error:
        return {"error": f"{type(error).__name__}: {error}", "exit_code": 2}
    return {"state": result.state, "reason": result.reason, "counts": result.counts, "fetched": result.fetched, "exit_code": result.exit_code}


def child(job: dict) -> None:
    """Never returns."""
    code = 0
    try:
        os.setpgid(0, 0)
        for name, value in job.get("limits", {}).items():
            resource.setrlimit(getattr(resource, name), (value, resource.RLIM_INFINITY))
        if "RLIMIT_FSIZE" in job.get("limits", {}):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        faults.install(job)
        found = crawl(job)
        Path(job["answer"]).write_text(json.dumps({"result": found, "hits": faults.hits(), "stall": faults.worst_stall()}), "utf-8")
    except BaseException:  # noqa: BLE001 - the parent must hear of anything at all
        Path(job["answer"]).write_text(json.dumps({"result": None, "crash": traceback.format_exc(), "hits": faults.hits()}), "utf-8")
        code = 70
    finally:
        os._exit(code)


def wait(pid: int) -> tuple[int, resource.struct_rusage]:
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        time.sleep(0.01)
    os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    return status | 1 << 16, usage


def warm() -> None:
    """Import what a crawl imports, once for every child; not the reactor, which each child makes."""
    from scrapy.settings import Settings
    from scrapy.utils.misc import load_object

    import crawler.settings

    settings = Settings()
    settings.setmodule(crawler.settings)
    for key in ("EXTENSIONS_BASE", "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE", "ITEM_PIPELINES", "DOWNLOADER_MIDDLEWARES"):
        for name in settings[key]:
            load_object(name)
    more = ("crawler.download.BoundedHandler", "crawler.running.run_news", "alembic.command.upgrade")
    for name in (*more, "scrapy.core.engine.ExecutionEngine", "scrapy.core.scraper.Scraper"):
        load_object(name)
    if "pages" in sys.argv:
        load_object("pipelines.preload")()
    assert "twisted.internet.reactor" not in sys.modules


def main() -> None:
    warm()
    for line in sys.stdin:
        jobs = json.loads(line)  # several run at once
        pids = [begin(job) for job in jobs]
        say(pids)
        say([told(job, pid) for job, pid in zip(jobs, pids, strict=True)])


def begin(job: dict) -> int:
    Path(job["answer"]).unlink(missing_ok=True)
    pid = os.fork()
    if not pid:
        child(job)
    return pid


def told(job: dict, pid: int) -> dict:
    status, usage = wait(pid)
    found = json.loads(Path(job["answer"]).read_text("utf-8")) if Path(job["answer"]).exists() else {}
    answer = {"signal": status & 0x7F, "exit": status >> 8 & 0xFF, "timeout": bool(status >> 16), "cpu": usage.ru_utime + usage.ru_stime, "rss_mb": usage.ru_maxrss / 1024}
    return answer | found


def say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
