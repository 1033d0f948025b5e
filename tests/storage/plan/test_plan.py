"""What the plan refuses, and what it promises, one rule at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import InternalError

from storage import frontier, plan
from storage.archive import Archive
from storage.plan import Ended, Wanted
from storage.tables import FiringRow, PauseRow, RunRow, SiteRow

NOON = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)
WANTED = [Wanted("x", "0 * * * *", "UTC")]


@pytest.fixture
def connection(archive_url):
    with Archive(archive_url) as archive, archive.transaction() as connection:
        plan.adopt(connection, WANTED, NOON - timedelta(hours=1))
        yield connection


def states(connection):
    return [(row.planned_at.hour, row.state) for row in connection.execute(select(FiringRow.__table__).order_by(FiringRow.planned_at))]


def test_a_firing_is_claimed_once(connection):
    assert plan.plan_due(connection, NOON) == ["x"]
    assert plan.plan_due(connection, NOON) == []
    assert plan.claim(connection, "one", NOON)
    assert plan.claim(connection, "two", NOON) is None


def test_a_site_that_is_being_crawled_is_not_started(connection):
    plan.plan_due(connection, NOON)
    token = frontier.acquire(connection, "x", "by hand", NOON)
    assert plan.claim(connection, "one", NOON) is None
    frontier.release(connection, "x", token)
    assert plan.claim(connection, "one", NOON)


def test_what_falls_due_while_a_crawl_runs_is_one_catch_up(connection):
    plan.plan_due(connection, NOON)
    held = plan.claim(connection, "one", NOON)
    for hours in (1, 2, 3):
        plan.plan_due(connection, NOON + timedelta(hours=hours))
    assert states(connection) == [(12, "started"), (13, "folded"), (14, "folded"), (15, "planned")]
    assert plan.finish(connection, held, Ended(exit_code=0), NOON + timedelta(hours=3)) == "done"
    assert plan.claim(connection, "one", NOON + timedelta(hours=3)).planned_at.hour == 15


def test_an_end_is_written_under_the_newest_claim_only(connection):
    plan.plan_due(connection, NOON)
    old = plan.claim(connection, "frozen", NOON)
    later = NOON + timedelta(minutes=1)
    assert plan.reclaim(connection, later) == ["x"]
    new = plan.claim(connection, "next", later)
    assert plan.finish(connection, old, Ended(exit_code=0), later) is None
    assert not plan.beat(connection, old, later)
    assert not plan.give_back(connection, old, "", later)
    assert plan.finish(connection, new, Ended(exit_code=0), later) == "done"


def test_a_run_for_a_firing_that_another_has_does_not_begin(connection):
    plan.plan_due(connection, NOON)
    old = plan.claim(connection, "frozen", NOON)
    plan.reclaim(connection, NOON + timedelta(minutes=1))
    plan.claim(connection, "next", NOON + timedelta(minutes=1))
    run = connection.scalar(insert(RunRow).values(site="x", kind="crawl", state="running", started_at=NOON).returning(RunRow.id))
    with pytest.raises(frontier.LeaseLost, match="another launcher"):
        plan.enter(connection, (old.firing, old.token), run, NOON)


def test_a_reclaimed_firing_revokes_the_lease_of_its_crawl(connection):
    plan.plan_due(connection, NOON)
    plan.claim(connection, "gone", NOON)
    token = frontier.acquire(connection, "x", "its crawl", NOON)
    assert plan.reclaim(connection, NOON + timedelta(hours=1)) == ["x"]
    with pytest.raises(frontier.LeaseLost):
        frontier.check(connection, "x", token, NOON + timedelta(hours=1))


def test_the_end_of_a_run_whose_launcher_died_counts(connection):
    plan.plan_due(connection, NOON)
    held = plan.claim(connection, "gone", NOON)
    run = connection.scalar(insert(RunRow).values(site="x", kind="crawl", state="running", started_at=NOON).returning(RunRow.id))
    plan.enter(connection, (held.firing, held.token), run, NOON)
    connection.execute(RunRow.__table__.update().values(state="finished"))
    assert plan.reclaim(connection, NOON + timedelta(minutes=1)) == []
    assert states(connection) == [(12, "done")]


def test_three_failures_fail_a_firing_after_longer_and_longer_pauses(connection):
    plan.plan_due(connection, NOON)
    now = NOON
    for pause, state in ((1, "planned"), (5, "planned"), (0, "failed")):
        held = plan.claim(connection, "one", now)
        assert plan.finish(connection, held, Ended(exit_code=1), now) == state
        assert plan.claim(connection, "one", now) is None
        now += timedelta(minutes=pause)


def test_a_failed_firing_is_not_tried_again_beside_a_later_one(connection):
    plan.plan_due(connection, NOON)
    held = plan.claim(connection, "one", NOON)
    plan.plan_due(connection, NOON + timedelta(hours=1))
    assert plan.finish(connection, held, Ended(exit_code=1), NOON + timedelta(hours=1)) == "failed"
    assert states(connection) == [(12, "failed"), (13, "planned")]


def test_a_firing_that_kills_every_launcher_is_given_up(connection):
    plan.plan_due(connection, NOON)
    now = NOON
    for _ in range(10):
        assert plan.claim(connection, "one", now)
        now += timedelta(minutes=1)
        plan.reclaim(connection, now)
    assert states(connection) == [(12, "failed")]


@pytest.mark.parametrize("hours", [1, 2])
def test_a_clock_set_back_a_little_runs_nothing_again(connection, hours):
    plan.plan_due(connection, NOON)
    plan.finish(connection, plan.claim(connection, "one", NOON), Ended(exit_code=0), NOON)
    for minutes in range(0, 60 * hours, 10):
        assert plan.plan_due(connection, NOON - timedelta(hours=hours) + timedelta(minutes=minutes)) == []


def test_a_clock_set_back_a_day_starts_over_from_there(connection):
    plan.plan_due(connection, NOON)
    back = NOON - DAY
    assert plan.plan_due(connection, back) == []
    assert plan.plan_due(connection, back + timedelta(hours=1)) == ["x"]


def test_a_lease_stamped_by_a_clock_that_was_set_back_runs_out(connection):
    token = frontier.acquire(connection, "x", "dead", NOON + DAY)
    plan.plan_due(connection, NOON)
    plan.mend(connection, NOON)
    assert plan.claim(connection, "one", NOON) is None  # it may be alive: it has its time from now
    assert plan.claim(connection, "one", NOON + frontier.LEASE + timedelta(seconds=1))
    assert token == 1


def test_a_site_without_schedule_is_planned_no_more(connection):
    plan.adopt(connection, [], NOON)
    assert plan.plan_due(connection, NOON + DAY) == []
    plan.adopt(connection, WANTED, NOON + DAY)
    assert plan.plan_due(connection, NOON + DAY) == []  # what passed meanwhile was not wanted
    assert plan.plan_due(connection, NOON + DAY + timedelta(hours=1)) == ["x"]


def test_pausing_keeps_what_a_person_said(connection):
    plan.pause(connection, "x", "li@host", "moving", NOON)
    with pytest.raises(plan.AlreadyPaused):
        plan.pause(connection, "x", "li@host", None, NOON)
    assert plan.plan_due(connection, NOON + DAY) == []
    plan.resume(connection, "x", "wang@host", NOON + DAY)
    with pytest.raises(plan.NotPaused):
        plan.resume(connection, "x", "wang@host", NOON + DAY)
    assert plan.plan_due(connection, NOON + DAY) == ["x"]
    (row,) = connection.execute(select(PauseRow.__table__)).all()
    assert (row.paused_by, row.reason, row.resumed_by) == ("li@host", "moving", "wang@host")
    assert connection.scalar(select(SiteRow.paused)) is False


def test_what_is_late_is_told_with_its_reason(connection):
    (late,) = plan.late(connection, NOON + DAY)
    assert "no planner has looked" in late.why
    plan.plan_due(connection, NOON + DAY)
    (late,) = plan.late(connection, NOON + DAY)
    assert (late.since, late.why) == (NOON.replace(second=0), "waits for a free slot")


def test_a_writer_frozen_in_its_transaction_loses_its_locks(archive_url, monkeypatch):
    if archive_url.startswith("sqlite"):
        pytest.skip("on SQLite all writers are on one machine, and a frozen one holds up the others until it is ended")
    monkeypatch.setattr("storage.archive.IDLE", "1s")
    with Archive(archive_url) as archive:
        with archive.transaction() as connection:
            plan.adopt(connection, WANTED, NOON - timedelta(hours=1))
        with pytest.raises(InternalError, match="idle-in-transaction"), archive.transaction() as frozen:  # noqa: PT012 - it fails at its next word
            frontier.acquire(frozen, "x", "frozen", NOON)
            with archive.transaction() as other:
                assert frontier.acquire(other, "x", "other", NOON) == 1
            frontier.check(frozen, "x", 1, NOON)
