"""Random schedules, random faults, against a model: the plan's real SQL on a real database, with the clock in the test's hand.

The world has planners that claim and launch, and crawls that hold the site's lease; each step of each is one transaction,
and between any two of them a process may be killed, frozen and thawed, or the clock set. `FANGZHI_SCHEDULES` sets the number
of worlds (tests of real processes are in tests/crawler/schedule).
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, update

from storage import frontier, plan
from storage.archive import Archive
from storage.plan import Claim, Ended, Wanted
from storage.tables import FiringRow, OutcomeRow, PlanRow, RunRow, SiteRow

WORLDS = int(os.environ.get("FANGZHI_SCHEDULES", "300"))
SECOND = timedelta(seconds=1)
# (minutes, hours, the two fields, whether they name fixed times)
SCHEDULES = (
    (range(0, 60, 30), range(24), "*/30 *", False), (range(0, 60, 20), range(6, 24), "*/20 6-23", False), ((5,), range(24), "5 *", False),
    ((30,), (2,), "30 2", True), ((15,), (1, 13), "15 1,13", True), ((0,), (0, 6, 12, 18), "0 0,6,12,18", True), ((0, 30), (2, 3), "0,30 2-3", True),
)  # fmt: skip
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "UTC")
STARTS = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 3, 7, 20, tzinfo=UTC), datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 31, 20, tzinfo=UTC))
HOUR = timedelta(hours=1)


def truth(schedule: tuple, zone: str, since: datetime, until: datetime) -> set[datetime]:
    """The planned times by another way than the code's: minute by minute, with what Debian's cron does when clocks change."""
    minutes, hours, _, fixed = schedule
    found, tz = set(), ZoneInfo(zone)
    if not fixed:
        moment = since.replace(second=0, microsecond=0)
        while moment <= until:
            local = moment.astimezone(tz)
            if local.minute in minutes and local.hour in hours:
                found.add(moment)
            moment += timedelta(minutes=1)
    else:
        day = (since - 24 * HOUR).astimezone(tz).date()
        while day <= until.astimezone(tz).date():
            for hour in hours:
                for minute in minutes:
                    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=tz)
                    moment = local.astimezone(UTC)
                    if moment.astimezone(tz).replace(tzinfo=None) != local.replace(tzinfo=None):  # skipped: right after the change
                        moment = next(m for m in (moment.replace(minute=0) + timedelta(minutes=n) for n in range(-120, 280)) if changes(m, tz))
                    found.add(moment)
            day += timedelta(days=1)
    return {moment for moment in found if since < moment <= until}


def changes(moment: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).utcoffset() != (moment - timedelta(minutes=1)).astimezone(zone).utcoffset()


@dataclass
class Crawl:
    held: Claim
    left: int
    code: int
    tied: bool
    """Whether it dies with its launcher (Linux)."""
    token: int = 0
    run: int = 0
    frozen: datetime | None = None
    exit_code: int | None = None


@dataclass
class Planner:
    name: str
    crawls: list[Crawl] = field(default_factory=list)
    frozen: datetime | None = None


class World:
    def __init__(self, archive: Archive, seed: int) -> None:
        self.random = random.Random(seed)
        self.archive = archive
        self.true = self.random.choice(STARTS) + self.random.randrange(86400) * SECOND
        self.offset = timedelta()
        self.set_back = False
        self.planners: list[Planner] = []
        self.orphans: list[Crawl] = []
        self.born = 0
        self.commits: list[tuple[str, int]] = []
        self.refused = 0
        self.sites = {f"s{n}": (self.random.choice(SCHEDULES), self.random.choice(ZONES)) for n in range(self.random.randint(1, 3))}
        with archive.transaction() as connection:
            for table in (OutcomeRow, RunRow, FiringRow, PlanRow, SiteRow):
                connection.execute(delete(table))
            self.began = self.latest = self.now
            plan.adopt(connection, [Wanted(site, f"{schedule[2]} * * *", zone) for site, (schedule, zone) in self.sites.items()], self.now)

    @property
    def now(self) -> datetime:
        """What the database's clock shows."""
        return self.true + self.offset

    def hire(self) -> None:
        self.born += 1
        self.planners.append(Planner(f"p{self.born}"))

    # the steps of a planner

    def look(self, planner: Planner) -> None:
        for crawl in list(planner.crawls):
            self.watch(planner, crawl)
        with self.archive.transaction() as connection:
            plan.mend(connection, self.now)
        with self.archive.transaction() as connection:
            plan.reclaim(connection, self.now)
        with self.archive.transaction() as connection:
            plan.plan_due(connection, self.now)
        self.latest = max(self.latest, self.now)

    def watch(self, planner: Planner, crawl: Crawl) -> None:
        with self.archive.transaction() as connection:
            if crawl.exit_code is not None:
                plan.finish(connection, crawl.held, Ended(exit_code=crawl.exit_code), self.now)
                planner.crawls.remove(crawl)
            elif not plan.beat(connection, crawl.held, self.now):
                planner.crawls.remove(crawl)  # killed at once, or, where the kill comes late, left behind
                if self.random.random() < 0.5:
                    self.orphans.append(crawl)

    def take(self, planner: Planner) -> None:
        if len(planner.crawls) < 2:
            with self.archive.transaction() as connection:
                held = plan.claim(connection, planner.name, self.now)
            if held:
                planner.crawls.append(Crawl(held, self.random.randint(1, 4), self.random.choice((0, 0, 0, 1)), self.random.random() < 0.7))

    # the steps of a crawl

    def work(self, crawl: Crawl) -> None:
        try:
            with self.archive.transaction() as connection:
                if not crawl.run:
                    self.begin(connection, crawl)
                elif crawl.left:
                    frontier.check(connection, crawl.held.site, crawl.token, self.now)
                    connection.execute(insert(OutcomeRow).values(run_id=crawl.run, url_key=b"k", url="u", outcome="stored", at=self.now))
                    self.commits.append((crawl.held.site, crawl.token))
                    crawl.left -= 1
                else:
                    self.close(connection, crawl)
        except (frontier.SiteHeld, frontier.LeaseLost):
            self.refused += 1
            crawl.exit_code = 2

    def begin(self, connection, crawl: Crawl) -> None:
        token = frontier.acquire(connection, crawl.held.site, "c", self.now)
        run = frontier.begin_run(connection, crawl.held.site, token, "c", self.now)
        plan.enter(connection, (crawl.held.firing, crawl.held.token), run, self.now)
        crawl.token, crawl.run = token, run

    def close(self, connection, crawl: Crawl) -> None:
        frontier.check(connection, crawl.held.site, crawl.token, self.now)
        state = "finished" if crawl.code == 0 else "degraded"
        connection.execute(update(RunRow).where(RunRow.id == crawl.run).values(state=state, ended_at=self.now))
        frontier.release(connection, crawl.held.site, crawl.token)
        crawl.exit_code = crawl.code

    # faults

    def kill_planner(self) -> None:
        if self.planners:
            gone = self.planners.pop(self.random.randrange(len(self.planners)))
            self.orphans += [crawl for crawl in gone.crawls if not crawl.tied and crawl.exit_code is None]

    def kill_crawl(self) -> None:
        running = [crawl for planner in self.planners for crawl in planner.crawls if crawl.exit_code is None]
        if running:
            self.random.choice(running).exit_code = 137

    def freeze(self) -> None:
        """SIGSTOP of a planner, a crawl, or both; SIGCONT later."""
        until = self.true + self.random.choice((5, 20, 25, 60, 600)) * SECOND
        if not self.planners:
            return
        planner = self.random.choice(self.planners)
        which = self.random.choice(("planner", "crawl", "both"))
        planner.frozen = until if which != "crawl" else planner.frozen
        for crawl in planner.crawls if which != "planner" else ():
            crawl.frozen = until

    def set_clock(self) -> None:
        step = self.random.choice((-30, -600, -7200, -86400, 30, 600, 7200, 86400)) * SECOND
        self.set_back |= step < timedelta()
        self.offset += step

    def days_down(self) -> None:
        while self.planners:
            self.kill_planner()
        self.orphans = [crawl for crawl in self.orphans if crawl.frozen]
        self.true += timedelta(days=3)
        before = self.firings()
        self.hire()
        self.look(self.planners[0])
        for site in self.sites:
            new = sum(f.site == site for f in self.firings()) - sum(f.site == site for f in before)
            assert new == 1 or self.set_back, f"{site}: {new} firings after three days down"

    # time

    def awake(self, one: Planner | Crawl) -> bool:
        if one.frozen and one.frozen > self.true:
            return False
        one.frozen = None
        return True

    def busy(self) -> list[Crawl]:
        return [crawl for crawl in (*self.orphans, *(c for p in self.planners for c in p.crawls)) if crawl.exit_code is None]

    def round(self) -> None:
        """Everybody who is awake does one thing, in random order."""
        self.orphans = [crawl for crawl in self.orphans if crawl.exit_code is None]
        doers = [*self.planners, *self.busy()]
        self.random.shuffle(doers)
        for one in doers:
            if not self.awake(one):
                continue
            if isinstance(one, Crawl):
                self.work(one)
            elif one in self.planners:
                self.look(one)
                self.take(one)

    def pass_time(self) -> None:
        """Seconds while something runs, else to the next planned time or a retry."""
        if self.busy() or any(planner.crawls for planner in self.planners):
            self.true += self.random.choice((1, 3, 5)) * SECOND
            return
        with self.archive.read() as connection:
            times = [*connection.scalars(select(PlanRow.next_at)), *connection.scalars(select(FiringRow.not_before).where(FiringRow.state == "planned"))]
        ahead = [moment - self.now for moment in times if moment and moment > self.now]
        self.true += min((*ahead, 600 * SECOND)) + self.random.choice((0, 1, 30)) * SECOND

    def firings(self) -> list:
        with self.archive.read() as connection:
            return list(connection.execute(select(FiringRow.__table__)))

    def live(self, steps: int) -> None:
        faults = (self.kill_planner, self.kill_crawl, self.freeze, self.freeze, self.set_clock)
        down = self.random.randrange(steps) if self.random.random() < 0.3 else -1
        for step in range(steps):
            if len(self.planners) < self.random.choice((1, 1, 2)):
                self.hire()
            self.round()
            if self.random.random() < 0.25:
                self.random.choice(faults)()
            if step == down:
                self.days_down()
            self.pass_time()

    def settle(self) -> None:
        """No more faults: one healthy planner, and time enough for every lease, claim and retry to run out."""
        self.planners = self.planners[:1] or [Planner("last")]
        self.planners[0].frozen = None
        for crawl in self.planners[0].crawls:
            crawl.frozen = None
        for _ in range(200):
            self.round()
            waiting = [f for f in self.firings() if f.state in ("planned", "started")]
            if not waiting and not self.busy():
                return
            self.true += 5 * SECOND if self.busy() or any(f.state == "started" for f in waiting) else 30 * SECOND
        raise AssertionError(f"nothing comes to rest: {waiting}")

    # what must hold

    def check(self) -> None:
        firings = self.firings()
        with self.archive.read() as connection:
            runs = list(connection.execute(select(RunRow.__table__).order_by(RunRow.id)))
        for firing in firings:
            own = [run.state for run in runs if run.firing_id == firing.id]
            assert own.count("finished") <= 1, f"run twice: {firing}"
            assert "finished" not in own[:-1], f"run again after it was finished: {firing}"
            assert (firing.state == "done") == ("finished" in own), f"{firing} and its runs {own}"
        for site in self.sites:
            tokens = [token for name, token in self.commits if name == site]
            assert tokens == sorted(tokens), f"{site}: a commit under an older token"
            self.check_times(site, [f for f in firings if f.site == site])

    def check_times(self, site: str, firings: list) -> None:
        schedule, zone = self.sites[site]
        expected = truth(schedule, zone, self.began, self.latest)
        with self.archive.read() as connection:
            until = connection.scalar(select(PlanRow.planned_until).where(PlanRow.site == site))
        missed = {moment for moment in truth(schedule, zone, self.began, self.now) if moment > until} - {f.planned_at for f in firings}
        assert not missed, f"{site}: never planned: {missed}"
        if self.set_back:
            return
        assert {f.planned_at for f in firings} <= expected, f"{site}: planned what is not in its schedule"
        served = sum(f.folded + 1 for f in firings if f.state != "folded")
        assert served == len(expected), f"{site}: {served} of {len(expected)} planned times accounted for"


def live(archive: Archive, seeds: range) -> tuple[int, int, int]:
    commits = refused = firings = 0
    for seed in seeds:
        world = World(archive, seed)
        try:
            world.live(world.random.randint(8, 24))
            world.settle()
            world.check()
        except AssertionError as error:
            raise AssertionError(f"world {seed}: {error}") from error
        commits, refused, firings = commits + len(world.commits), refused + world.refused, firings + len(world.firings())
    return commits, refused, firings


@pytest.mark.slow
def test_no_planned_time_is_run_twice_or_lost_whatever_dies():
    """0 double runs, 0 commits by a fenced-out crawl, 0 planned times beyond the one catch-up."""
    with Archive("sqlite://") as archive:
        commits, refused, firings = live(archive, range(WORLDS))
    assert commits > WORLDS, "the worlds did no work: the test says nothing"
    assert refused > WORLDS / 50, "no zombie was ever refused: the test says nothing"
    assert firings > WORLDS


def test_the_same_on_both_databases(archive_url):
    with Archive(archive_url) as archive:
        live(archive, range(10_000, 10_012))
