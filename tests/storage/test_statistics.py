"""Counts and gaps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crawler.items import Article, Edit
from storage.charts import months
from storage.statistics import Gap, gaps, statistics
from storage.writer import Visit, save_articles

MONDAY = date(2026, 1, 5)


def weeks(*numbers: int, site: str = "a") -> list[tuple[str, date, int]]:
    return [(site, MONDAY + timedelta(weeks=n, days=2), number) for n, number in enumerate(numbers) if number]


GAPS = {
    "steady": (weeks(9, 8, 10, 9, 11, 9), {}, []),
    "one silent week": (weeks(9, 8, 0, 9, 11, 9), {}, [Gap("a", date(2026, 1, 19), date(2026, 1, 25), 0, 9.0)]),
    "two weeks are one gap": (weeks(9, 9, 1, 0, 9, 9, 9), {}, [Gap("a", date(2026, 1, 19), date(2026, 2, 1), 1, 9.0)]),
    "first and last week are cut": (weeks(1, 9, 9, 9, 9, 1), {}, []),
    "too young to say": (weeks(9, 0, 0, 9), {}, []),
    "a weekly paper's quiet week": (weeks(1, 1, 1, 1, 1, 1, 1), {}, []),
    "what the profile expects": (weeks(2, 2, 2, 2, 2, 2), {"a": 20}, [Gap("a", date(2026, 1, 12), date(2026, 2, 8), 8, 20.0)]),
    "each site by itself": (weeks(9, 9, 9, 9, 9, 9) + weeks(9, 9, 0, 9, 9, 9, site="b"), {}, [Gap("b", date(2026, 1, 19), date(2026, 1, 25), 0, 9.0)]),
    "nothing": ([], {}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", GAPS)
def test_gaps(case):
    days, expected, found = GAPS[case]
    assert gaps(days, expected) == found


@pytest.fixture
def counted(archive):
    beijing = timezone(timedelta(hours=8))
    lost = Edit(step="repair", rule="x", start=0, before="\ufffd", after="\ufffd", kind="lost")
    articles = [
        Article(url="http://a.example/1", site="a", text="一", published=datetime(2026, 4, 1, 0, 30, tzinfo=beijing), edits=(lost,)),
        Article(url="http://a.example/2", site="a", text="二", published=datetime(2026, 3, 31, 0, 30, tzinfo=beijing)),
        Article(url="http://b.example/3", site="乙", text="三"),
    ]
    with archive.transaction() as connection:
        save_articles(connection, [(one, Visit(now=datetime(2026, 4, 2, tzinfo=UTC), rules="1", region="江苏")) for one in articles])
    with archive.read() as connection:
        return statistics(connection)


def test_counts_by_the_day_of_the_place(counted):
    assert counted.sites == {"a": 2, "乙": 1}
    assert counted.months == {"2026-03": {"a": 1}, "2026-04": {"a": 1, "乙": 1}}
    assert (counted.regions, counted.states, counted.undated, counted.lost, counted.repairs) == ({"江苏": 3}, {"live": 3}, 1, 1, {"repair/x": 1})


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
@pytest.mark.filterwarnings("ignore:Glyph")  # a machine without a Chinese font
def test_a_chart_is_drawn(counted, tmp_path, ending, start):
    pytest.importorskip("matplotlib", reason="the extra charts is not installed")
    months(counted, tmp_path / f"a.{ending}")
    whole = (tmp_path / f"a.{ending}").read_bytes()
    assert whole.startswith(start)
    if ending == "svg":
        assert "乙".encode() in whole


@pytest.mark.slow
def test_the_command_prints_tables_or_json(archive, counted, archive_url, scrapy):
    assert "3 articles" in scrapy("stats", ARCHIVE_URL=archive_url).stdout
    assert '"乙": 1' in scrapy("stats", "--json", ARCHIVE_URL=archive_url).stdout
    assert scrapy("stats", "--chart", "a.xyz", ARCHIVE_URL=archive_url).returncode == 2
