"""Many machines: `scrapy worker` processes on a real PostgreSQL, one of which dies for good."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from sqlalchemy import select

from crawler.sample.content import stories
from storage import clock
from storage.tables import ArticleRow, FiringRow, OutcomeRow, RunRow, VersionRow

pytest.importorskip("procrastinate", reason="the extra 'workers' is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")]
SITES = [f"site{n}" for n in range(6)]
TAKEOVER = 30.0


def truth() -> set[str]:
    """Headlines of the section that these profiles crawl, from the sample site's data."""
    return {story.title for story in stories() if story.section == "gonggao"}


def test_a_worker_dies_for_good_and_the_archive_is_the_truth(shared_place, processes):
    place = shared_place
    for name in SITES:
        place.site(name, delay=0.5)
    place.make_due()
    workers = [place.start("worker", "--slots", "4", LOGS_DIR=f"logs{n}", CAPTURES_DIR=f"captures{n}") for n in range(2)]
    place.wait(lambda: processes.crawling(place, 3), 90)
    dead = workers[0]
    held = [row.site for row in place.rows(FiringRow) if row.state == "started" and f":{dead.pid}:" in row.owner]
    assert held, "the worker that is killed must have a crawl to lose"
    for pid in (dead.pid, *processes.children(dead.pid)):
        os.kill(pid, signal.SIGKILL)
    dead.wait()
    with place.archive() as archive, archive.read() as connection:
        died = clock.now(connection)
    place.wait(lambda: all(row.state == "done" for row in place.rows(FiringRow)), 150)
    runs = place.rows(RunRow)
    for site in held:
        taken = min(run.started_at for run in runs if run.site == site and run.started_at > died)
        assert (taken - died).total_seconds() <= TAKEOVER, f"{site} was taken over after {taken - died}"
    expected = truth()
    assert {site: place.articles(site) for site in SITES} == dict.fromkeys(SITES, expected)
    for firing in place.rows(FiringRow):
        states = [run.state for run in runs if run.firing_id == firing.id]
        assert states.count("finished") == 1, f"{firing.site}: {states}"
    assert len(place.rows(FiringRow)) == len(SITES)


def test_a_frozen_worker_that_thaws_writes_nothing(shared_place, processes):
    place = shared_place
    place.site("local", delay=1)
    place.make_due()
    frozen = place.start("worker", "--slots", "1")
    place.wait(lambda: processes.crawling(place), 60)
    pids = (frozen.pid, *processes.children(frozen.pid))
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    place.start("worker", "--slots", "1", CAPTURES_DIR="captures2")
    place.wait(lambda: len(place.rows(RunRow)) == 2, 60)
    for pid in reversed(pids):
        os.kill(pid, signal.SIGCONT)
    place.wait(lambda: [row.state for row in place.rows(FiringRow)] == ["done"], 90)
    old, new = sorted(place.rows(RunRow), key=lambda run: run.id)
    assert (old.state, new.state) == ("lost", "finished")
    with place.archive() as archive, archive.read() as connection:
        late = connection.scalars(select(OutcomeRow.id).where(OutcomeRow.run_id == old.id, OutcomeRow.at > new.started_at)).all()
    assert not late
    frozen.send_signal(signal.SIGTERM)
    assert frozen.wait(60) == 0


def test_workers_read_files_again_once_each(shared_place):
    place = shared_place
    place.site("local")
    assert place.scrapy("crawl", "news", "-a", "site=local").returncode == 0
    with place.archive() as archive, archive.transaction() as connection:
        connection.execute(ArticleRow.__table__.update().values(title="今天的规则读得不一样"))
    files = sorted(str(path) for path in (place.folder / "captures").rglob("*.warc.gz"))
    assert place.scrapy("replay", "--workers", *files).returncode == 0
    again = place.scrapy("replay", "--workers", *files)
    assert "were waiting already" in again.stderr
    worker = place.start("worker", "--slots", "2")
    place.wait(lambda: all(row.title != "今天的规则读得不一样" for row in place.rows(ArticleRow)), 60)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    versions = len(place.rows(VersionRow))
    twice = place.scrapy("replay", "--apply", *files)
    assert twice.returncode == 0, twice
    assert len(place.rows(VersionRow)) == versions
