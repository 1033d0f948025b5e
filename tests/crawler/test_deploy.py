"""What is shipped to run the project as a service says what exists, as far as a machine without an engine can tell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.cron import Cron

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "crawler/deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("fangzhi*"))
COMMANDS = {path.stem for path in (ROOT / "crawler/commands").glob("*.py")}
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"}


def unit(name: str) -> ConfigParser:
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read(DEPLOY / name, "utf-8")
    return parsed


def check_command(words: list[str]) -> None:
    assert words[0].endswith("scrapy")
    assert words[1] in COMMANDS
    shown = subprocess.run([sys.executable, "-m", "scrapy", words[1], "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
    assert all(word in shown for word in words[2:] if word.startswith("--"))


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_service_starts_a_command_that_exists_and_ends_it_in_order(name):
    service = unit(name)["Service"]
    check_command(service["ExecStart"].split())
    assert service["KillMode"] == "mixed"
    from crawler.settings import SCHEDULE_GRACE

    assert float(service["TimeoutStopSec"]) > SCHEDULE_GRACE


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
def test_systemd_accepts_the_units(tmp_path):
    scrapy = Path(sys.executable).with_name("scrapy")
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8").replace("/opt/fangzhi/.venv/bin/scrapy", str(scrapy))
        (tmp_path / name).write_text(text.replace("User=fangzhi", "User=root"), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)], capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "fangzhi" in line]
    assert (done.returncode, ours) == (0, [])


def test_a_timer_has_its_service():
    for name in (name for name in UNITS if name.endswith(".timer")):
        assert name.replace(".timer", ".service") in UNITS
        assert unit(name)["Timer"]["OnCalendar"]


def test_the_crontab_line_runs_a_command_that_exists():
    (line,) = [line for line in (DEPLOY / "crontab").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    *fields, command = line.split(maxsplit=5)
    Cron(" ".join(fields), ZoneInfo("UTC"))
    check_command(re.search(r"\S*scrapy .*?(?= >>)", command)[0].split())


def test_the_container_is_made_from_files_that_exist_and_runs_as_nobody_special():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    assert {words[0] for words in lines} <= INSTRUCTIONS
    for _, rest in (words for words in lines if words[0] == "COPY"):
        assert all((ROOT / source).exists() for source in rest.split()[:-1]), rest
    last = dict(lines)
    assert last["USER"] not in ("root", "0")
    assert (last["ENTRYPOINT"], last["CMD"]) == ('["scrapy"]', '["schedule"]')
    extras = re.search(r"\.\[([\w,]+)\]", last["RUN"])[1].split(",")
    assert all(f"\n{extra} = " in (ROOT / "pyproject.toml").read_text("utf-8") for extra in extras)
