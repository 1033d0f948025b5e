"""Sites served on loopback, a folder with their profiles, and the commands as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from crawler.sample.server import SampleSite
from crawler.schedule.profiles import readable, wanted
from storage import plan
from storage.archive import Archive
from storage.tables import ArticleRow, FiringRow, PlanRow, RunRow, SiteRow

ROOT = Path(__file__).parents[3]
DAYS_AGO = datetime.now(UTC) - timedelta(days=3)


class Place:
    """A folder as a user has it: profiles, an archive, captures, logs."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.url = url or f"sqlite:///{folder / 'archive.db'}"
        self.served: list[SampleSite] = []
        self.processes: list[subprocess.Popen[str]] = []
        (folder / "sites").mkdir()
        (folder / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text("utf-8"), "utf-8")
        plain = {k: v for k, v in os.environ.items() if k not in ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR", "LOGS_DIR")}
        self.environment = {**plain, "ARCHIVE_URL": self.url, "SITES_DIR": str(folder / "sites")}

    def site(self, name: str, *, delay: float = 0, schedule: str = "*/30 * * * *") -> SampleSite:
        """The sample site under another name and port, with a profile that has a schedule."""
        served = SampleSite(port=0)
        # One section of the sample site is enough here, and saves minutes of reading.
        profile = (
            f'name = "{name}"\nregion = "样例县"\nstart = ["{served.url}/gonggao/"]\narticle = ["/gonggao/.*/t\\\\d{{8}}_\\\\d+\\\\.html$"]\nsection = ["/gonggao/"]\n'
            f'allow_addresses = ["127.0.0.1"]\ndelay = {delay}\nconcurrency = {1 if delay else 8}\nschedule = "{schedule}"\n'
        )
        (self.folder / "sites" / f"{name}.toml").write_text(profile, "utf-8")
        self.served.append(served)
        return served

    def scrapy(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scrapy", *words]
        return subprocess.run(command, cwd=self.folder, env={**self.environment, **more}, capture_output=True, text=True, timeout=180, check=False)

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """A command that goes on; what it says is in a file."""
        command = [sys.executable, "-m", "scrapy", *words]
        with (self.folder / f"{words[0]}-{len(self.processes)}.out").open("w") as out:
            process = subprocess.Popen(command, cwd=self.folder, env={**self.environment, **more}, stdout=out, stderr=subprocess.STDOUT, text=True)
        self.processes.append(process)
        return process

    def make_due(self, since: datetime = DAYS_AGO) -> None:
        """As if nobody had planned since then."""
        with self.archive() as archive, archive.transaction() as connection:
            plan.adopt(connection, wanted(readable(self.folder / "sites")[0]), since)
            connection.execute(update(PlanRow).values(planned_until=since, next_at=since + timedelta(minutes=1)))

    def archive(self) -> Archive:
        return Archive(self.url)

    def rows(self, table: type) -> list:
        with self.archive() as archive, archive.read() as connection:
            return list(connection.execute(select(table.__table__)))

    def articles(self, site: str) -> set[str]:
        with self.archive() as archive, archive.read() as connection:
            return set(connection.scalars(select(ArticleRow.title).where(ArticleRow.site == site)))

    def expire_leases(self) -> None:
        """What the passing of time does to a dead run's claim and lease."""
        with self.archive() as archive, archive.transaction() as connection:
            connection.execute(update(SiteRow).values(lease_expires_at=DAYS_AGO))
            connection.execute(update(FiringRow).where(FiringRow.state == "started").values(heartbeat_at=DAYS_AGO))

    def wait(self, until: Callable[[], object], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if until():
                return
            time.sleep(0.2)
        raise AssertionError(f"not within {seconds} s: {until}; {[p.read_text('utf-8')[-500:] for p in self.folder.glob('*.out')]}")

    def close(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        for served in self.served:
            served.close()


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    made.close()


@pytest.fixture
def shared_place(tmp_path, postgres):
    """A place whose archive is a fresh database of a real PostgreSQL."""
    from sqlalchemy import create_engine

    name = f"p{abs(hash(str(tmp_path))) % 10**9}"
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    made = Place(tmp_path, postgres.rsplit("/", 1)[0] + "/" + name)
    yield made
    made.close()
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


class Processes:
    """What /proc and the archive say of the processes that a test has started."""

    @staticmethod
    def children(pid: int) -> list[int]:
        """Processes that have this parent."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(stat.parent.name))
        return found

    @staticmethod
    def alive(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            return False

    @staticmethod
    def crawling(place: Place, number: int = 1) -> bool:
        """Whether so many runs have stored something."""
        query = select(RunRow.site).join(ArticleRow, ArticleRow.run_id == RunRow.id).where(RunRow.state == "running").distinct()
        with place.archive() as archive, archive.read() as connection:
            return len(connection.scalars(query).all()) >= number


@pytest.fixture
def processes():
    return Processes
