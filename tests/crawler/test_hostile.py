"""Every hostile response ends in exactly one outcome, and costs neither memory nor the reactor's turn."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import defaultdict

import pytest
from hostile import HostileServer, cases

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers on every address of 127/8")]
CASES = [(name, right) for name, _, right in cases()]


@pytest.fixture(scope="module")
def crawled(crawl_host, tmp_path_factory):
    """(answer of the crawl, {name: [(outcome, reason)]})"""
    folder = tmp_path_factory.mktemp("hostile")
    server = HostileServer()
    hosts = ["127.0.0.1", *server.cases]
    values = {
        "name": "hostile", "start": [f"http://127.0.0.1:{server.port}/"], "domains": hosts, "allow_addresses": hosts, "article": ["/a/"], "delay": 0, "concurrency": 4,
    }  # fmt: skip
    profile = folder / "hostile.toml"
    profile.write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items()), "utf-8")
    settings = {"DOWNLOAD_TIMEOUT": 4, "READ_WORKERS": 1, "FRONTIER_WAIT": 0, "LOG_LEVEL": "ERROR"}
    answer = crawl_host.crawl(profile, f"sqlite:///{folder}/archive.db", folder / "captures", settings=settings, stall=True)
    server.close()
    names = {server.url(address): case[0] for address, case in server.cases.items()}
    found = defaultdict(list)
    with sqlite3.connect(folder / "archive.db") as db:
        for url, outcome, reason in db.execute("SELECT url, outcome, reason FROM outcomes"):
            same = str(reason).startswith("Duplicate")  # most send one and the same page: it was read, and recognised
            found[names.get(url, url)].append(("stored" if same else outcome, reason))
    return answer, found


def test_there_are_enough_of_them():
    assert len({name for name, _ in CASES}) == len(CASES) >= 150


def test_the_run_ends_by_itself_and_its_books_balance(crawled):
    result = crawled[0]["result"]
    assert result, crawled[0]
    assert sum(result["counts"].values()) == result["fetched"]
    assert result["state"] == "degraded"


@pytest.mark.parametrize(("name", "right"), CASES, ids=[name for name, _ in CASES])
def test_each_ends_in_one_outcome(crawled, name, right):
    outcomes = [outcome for outcome, _ in crawled[1][name]]
    assert len(outcomes) == 1, crawled[1][name]
    assert outcomes[0] in right, crawled[1][name]


def test_memory_stays_bounded(crawled):
    assert crawled[0]["rss_mb"] <= 512


def test_the_reactor_never_stalls(crawled):
    assert crawled[0]["stall"] <= 1.0
