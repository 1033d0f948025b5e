"""A private PostgreSQL where its binaries are found; free ports; the command line as a user calls it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def shared() -> Path:
    """The folder of corpora and evaluation data beside the project; skips the test where there is none."""
    folder = Path(os.environ.get("FANGZHI_SHARED", ROOT.parent / "shared"))
    if not (folder / "corpora").is_dir():
        pytest.skip(f"no corpora in {folder}: name their folder in FANGZHI_SHARED to run this test")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def scrapy(tmp_path):
    """Call ``scrapy`` in a folder of its own; gives the finished process."""
    (tmp_path / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text("utf-8"), "utf-8")
    environment = {k: v for k, v in os.environ.items() if k not in ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR")}

    def call(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scrapy", *words]
        return subprocess.run(command, cwd=tmp_path, env={**environment, **more}, capture_output=True, text=True, timeout=180, check=False)

    return call


@pytest.fixture(scope="session")
def sample_port():
    """A loopback port that nothing listens on."""
    return free_port()


@pytest.fixture(scope="session")
def postgres():
    """SQLAlchemy URL of a fresh private PostgreSQL server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
    if not found and not shutil.which("initdb"):
        pytest.skip("no PostgreSQL on this machine: install it to run the tests on it")
    binaries = found[-1].parent if found else Path(shutil.which("initdb") or "").parent
    folder = tempfile.mkdtemp(prefix="fangzhi-pg-")
    user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        user = ["runuser", "-u", "postgres", "--"]
    port = free_port()
    data = f"{folder}/data"
    run = lambda *words: subprocess.run([*user, *words], check=True, capture_output=True, cwd=folder, timeout=120)  # noqa: E731
    run(str(binaries / "initdb"), "-D", data, "-U", "fangzhi", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(str(binaries / "pg_ctl"), "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
    yield f"postgresql+psycopg://fangzhi@127.0.0.1:{port}/postgres"
    run(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def archive_url(request, tmp_path):
    """An empty database of each kind."""
    with empty_database(request, tmp_path) as url:
        yield url


@contextmanager
def empty_database(request, folder):
    """SQLAlchemy URL of an empty database of the kind that ``request.param`` names."""
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'archive.db'}"
        return
    from sqlalchemy import create_engine, text

    base = request.getfixturevalue("postgres")
    name = f"t{abs(hash(str(folder))) % 10**9}"
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield base.rsplit("/", 1)[0] + "/" + name
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
