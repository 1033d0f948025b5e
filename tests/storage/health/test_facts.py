"""Facts are counted the same on both databases; news is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from crawler.items import Article, Edit
from storage import plan
from storage.archive import Archive
from storage.health import Finding, gather, news_of, told
from storage.plan import Wanted
from storage.tables import OutcomeRow, RunRow
from storage.writer import Visit, save_article

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def connection(archive_url):
    with Archive(archive_url) as archive, archive.transaction() as connection:
        yield connection


def put(connection, site, day, number, **fields):
    for n in range(number):
        text = f"第{day}天第{n}条消息，" + "城东水厂检修，停水一日。" * 6
        given = {"title": f"消息{day}-{n}", "text": text, "text_extracted": text, **fields}
        save_article(connection, Article(url=f"https://{site}.example/{day}/{n}", site=site, **given), Visit(now=NOW - day * DAY, rules="1"))


def test_articles_are_counted_by_week_and_by_what_they_have(connection):
    edit = Edit(step="repair", rule="lost", start=0, before="第", after="第", kind="lost")
    put(connection, "a", 1, 3, published=NOW, source="本报", authors=("李明",), extractor="site")
    put(connection, "a", 2, 2, title=None, text="短", text_extracted="短", edits=(edit,))
    put(connection, "a", 10, 4)
    put(connection, "b", 1, 1)
    run = {"site": "a", "kind": "crawl", "state": "finished", "exit_code": 0, "counts": {"fetched": 1, "stored": 1}}
    number = connection.scalar(insert(RunRow).values(**run, started_at=NOW - 40 * DAY).returning(RunRow.id))
    newest = connection.scalar(insert(RunRow).values(**run, started_at=NOW - DAY).returning(RunRow.id))
    for run_id, outcome in ((newest, "stored"), (newest, "dropped"), (number, "failed")):
        connection.execute(insert(OutcomeRow).values(run_id=run_id, url_key=b"k", url="u", outcome=outcome, at=NOW))
    facts = gather(connection, ["a", "c"], NOW)
    a, c = facts["a"], facts["c"]
    assert (a.week.number, a.week.has) == (5, {"title": 3, "published": 3, "source": 3, "author": 3, "body": 3})
    assert (a.week.lost, a.week.by_selector, a.before.number, a.weekly) == (2, 3, 4, [4, 0, 0, 0])
    assert (a.first_run, a.last_run["id"], a.last_new) == (NOW - 40 * DAY, newest, NOW - DAY)
    assert a.outcomes == {"stored": 1, "dropped": 1}
    assert (c.week.number, c.first_run, c.last_run, c.last_new) == (0, None, None, None)


def test_what_is_late_and_what_is_paused_is_known(connection):
    plan.adopt(connection, [Wanted("a", "0 * * * *", "UTC"), Wanted("b", "0 * * * *", "UTC")], NOW - DAY)
    plan.pause(connection, "b", "li", None, NOW - DAY)
    facts = gather(connection, ["a", "b"], NOW)
    assert facts["a"].late_since is not None
    assert (facts["b"].late_since, facts["b"].paused) == (None, True)


def test_news_is_told_once_a_day_and_when_it_is_over(connection):
    found = [Finding("run", "exit 1"), Finding("silent", "8 days")]
    first = news_of(connection, "a", found, NOW)
    assert first.found == tuple(found)
    told(connection, first, NOW)
    assert not news_of(connection, "a", found, NOW + DAY / 2)
    assert news_of(connection, "b", found, NOW)
    over = news_of(connection, "a", found[:1], NOW + DAY / 2)
    assert (over.found, over.over) == ((), ("silent",))
    told(connection, over, NOW + DAY / 2)
    assert news_of(connection, "a", found[:1], NOW + DAY).found == (found[0],)
