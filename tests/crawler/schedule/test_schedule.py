"""`scrapy schedule` with real processes, a real site and a real database."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

from storage.tables import FiringRow, RunRow

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")


def test_what_was_missed_is_one_run_that_belongs_to_its_firing(place):
    place.site("local")
    place.make_due()
    late = place.scrapy("runs", "--due")
    assert (late.returncode, "no planner has looked" in late.stdout) == (1, True), late
    done = place.scrapy("schedule", "--once")
    assert done.returncode == 0, done
    (firing,), (run,) = place.rows(FiringRow), place.rows(RunRow)
    assert (firing.state, firing.exit_code, firing.run_id) == ("done", 0, run.id)
    assert firing.folded in (143, 144, 145)  # half hours of three days; the tests may cross one
    assert (run.state, run.exit_code, run.firing_id) == ("finished", 0, firing.id)
    assert len(place.articles("local")) > 5
    shown = place.scrapy("runs").stdout
    assert f"(+{firing.folded} missed)" in shown
    assert "finished" in shown
    assert (place.folder / run.log).read_text("utf-8").startswith("run finished")


def test_a_crawl_that_exits_non_zero_is_a_failed_run_everywhere(place):
    place.site("local").close()  # a profile, and nobody who answers
    place.served.clear()
    place.make_due()
    told = place.folder / "alerts.jsonl"
    assert place.scrapy("schedule", "--once", ALERT_TO=f"file:{told}").returncode == 1
    (firing,), (run,) = place.rows(FiringRow), place.rows(RunRow)
    assert (firing.state, firing.attempts, firing.exit_code) == ("planned", 1, 1)
    assert run.exit_code == 1
    assert run.state != "finished"
    late = place.scrapy("runs", "--due")
    assert (late.returncode, "tried 1 times" in late.stdout) == (1, True), late
    shown = place.scrapy("sites", "--health", "local")
    assert (shown.returncode, "exit 1" in shown.stdout) == (1, True), shown
    pytest.importorskip("spidermon", reason="the extra 'monitor' is not installed")
    assert ["run: the last run" in json.loads(line)["text"] for line in told.read_text("utf-8").splitlines()] == [True]
    again = place.scrapy("sites", "--alert", "local", ALERT_TO=f"file:{told}")
    assert (again.returncode, len(told.read_text("utf-8").splitlines())) == (1, 1)  # told once a day


@pytest.mark.slow
def test_a_profile_that_cannot_be_read_does_not_stop_the_others(place):
    place.site("local")
    place.make_due()
    (place.folder / "sites" / "broken.toml").write_text("schedule = 'every day'", "utf-8")
    done = place.scrapy("schedule", "--once")
    assert done.returncode == 0
    assert "left out:" in done.stdout
    assert "broken.toml" in done.stdout
    assert [firing.state for firing in place.rows(FiringRow)] == ["done"]


@pytest.mark.slow
def test_a_paused_site_is_caught_up_once_when_it_is_resumed(place):
    place.site("local")
    place.make_due()
    assert place.scrapy("pause", "local", "--reason", "moving").returncode == 0
    assert place.scrapy("schedule", "--once").returncode == 0
    assert not place.rows(FiringRow)
    assert place.scrapy("resume", "local").returncode == 0
    assert place.scrapy("schedule", "--once").returncode == 0
    assert [firing.state for firing in place.rows(FiringRow)] == ["done"]


@pytest.mark.slow
@linux
def test_sigterm_ends_the_crawls_in_order_and_the_next_planner_goes_on(place, processes):
    place.site("local", delay=0.5)
    place.make_due()
    planner = place.start("schedule")
    place.wait(lambda: processes.crawling(place))
    (crawl,) = processes.children(planner.pid)
    planner.send_signal(signal.SIGTERM)
    assert planner.wait(60) == 0
    assert not processes.alive(crawl)
    (firing,), (run,) = place.rows(FiringRow), place.rows(RunRow)
    assert (firing.state, firing.attempts, firing.reason) == ("planned", 0, "ended by shutdown")
    assert run.state not in ("running", "lost")  # it closed its own books


@pytest.mark.slow
@linux
def test_a_crawl_that_ignores_sigterm_is_killed_after_the_grace(place, processes):
    place.site("local", delay=0.5)
    place.make_due()
    planner = place.start("schedule", "-s", "SCHEDULE_GRACE=1")
    place.wait(lambda: processes.crawling(place))
    (crawl,) = processes.children(planner.pid)
    os.kill(crawl, signal.SIGSTOP)
    planner.send_signal(signal.SIGTERM)
    assert planner.wait(20) == 0
    assert not processes.alive(crawl)
    assert [firing.state for firing in place.rows(FiringRow)] == ["planned"]


@pytest.mark.slow
@linux
def test_kill_9_of_the_planner_ends_its_crawl_and_nothing_is_lost_or_doubled(place, processes):
    truth = place.site("truth")
    place.scrapy("crawl", "news", "-a", "site=truth")
    expected = place.articles("truth")
    truth.close()
    place.served.clear()
    (place.folder / "sites" / "truth.toml").unlink()
    place.site("local", delay=0.4)
    place.make_due()
    planner = place.start("schedule")
    place.wait(lambda: processes.crawling(place))
    (crawl,) = processes.children(planner.pid)
    planner.kill()
    planner.wait()
    place.wait(lambda: not processes.alive(crawl), 5)
    place.expire_leases()
    assert "lost" in place.scrapy("runs").stdout
    assert place.scrapy("schedule", "--once").returncode == 0
    (firing,) = place.rows(FiringRow)
    assert (firing.state, firing.claim) == ("done", 2)
    assert [run.state for run in place.rows(RunRow) if run.firing_id == firing.id] == ["lost", "finished"]
    assert place.articles("local") == expected
