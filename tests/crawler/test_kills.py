"""The kill matrix: SIGKILL at every named point of a crawl, resume, and nothing is lost, doubled or corrupt.

Each chain is one archive: a crawl is killed at a random point again and again, then a last run goes through. FANGZHI_KILLS
sets the number of kills a database (default 36, of which some may not be reached): ``FANGZHI_KILLS=1000 pytest tests/crawler/test_kills.py``.
"""

from __future__ import annotations

import importlib
import os
import random
from pathlib import Path

import faults
import pytest
from checks import archive_faults, undisturbed

KILLS = int(os.environ.get("FANGZHI_KILLS", "36"))
IN_A_CHAIN = 12
RARE = {"begin", "recover", "seed", "began", "drain", "finish", "finished", "release", "close file", "rename"}


@pytest.mark.slow
@pytest.mark.parametrize("chain", range(max(1, KILLS // IN_A_CHAIN)))
def test_killed_anywhere_a_crawl_loses_and_doubles_nothing(chain, archive_url, crawl_host, small_site, tmp_path, record_property):
    rng = random.Random(f"{chain}/{archive_url.partition(':')[0]}")
    points = [faults.POINTS[(chain * IN_A_CHAIN + n) % len(faults.POINTS)] for n in range(IN_A_CHAIN)]
    rng.shuffle(points)
    profile, captures = small_site.profile(tmp_path), tmp_path / "captures"
    in_flight = done = 0
    for point in points:
        newest = small_site.numbers[-1]
        small_site.numbers += range(newest + 1, newest + 4)  # there is always something to do
        hit = 1 if point in RARE else rng.randrange(1, 4)
        answer = crawl_host.crawl(profile, archive_url, captures, kill={"point": point, "hit": hit})
        if answer["signal"] == 9 and not answer["timeout"]:
            done += 1
            in_flight += int((Path(crawl_host.folder) / "flight").read_text("utf-8"))
        else:
            assert answer["exit"] == 0, answer
    last = crawl_host.crawl(profile, archive_url, captures)
    assert last["result"]["exit_code"] == 0, last
    record_property("kills", done)
    record_property("in flight", in_flight)
    assert done >= IN_A_CHAIN - 3, "most points must be reached, or the matrix shows nothing"
    assert archive_faults(archive_url, captures, small_site) == []
    refetched = sum(small_site.asked[small_site.article_path(n)] - 1 for n in small_site.numbers)
    assert refetched <= in_flight
    assert undisturbed(crawl_host.crawl(profile, archive_url, captures))


@pytest.mark.slow
def test_every_point_is_reached_by_a_crawl(crawl_host, small_site, tmp_path):
    """A point that a refactoring moved would make the matrix say nothing."""
    for point in ("captured", "committed", "item", "torn", "outcome", "save", "index", "family"):
        archive = f"sqlite:///{tmp_path / point}.db"
        answer = crawl_host.crawl(small_site.profile(tmp_path), archive, tmp_path / "c", kill={"point": point, "hit": 2})
        assert answer["signal"] == 9, (point, answer)


@pytest.mark.parametrize("place", sorted({*faults.BEFORE.values(), *faults.AFTER.values()}), ids=":".join)
def test_every_point_is_in_the_program(place):
    found = importlib.import_module(place[0])
    for name in place[1].split("."):
        found = getattr(found, name)
    assert callable(found)
