"""The batch pass: plans without writing, applies what still holds, is undone whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage.families import ledger, recluster
from tests.storage.families.conftest import TEXTS

NOW = datetime(2026, 4, 1, tzinfo=UTC)
TITLE = "枯了三十年的泉眼又出水了"


def plan(archive):
    with archive.read() as connection:
        return recluster.plan(connection)


def apply(archive, steps):
    with archive.transaction() as connection:
        return recluster.apply(connection, steps, NOW)


@pytest.fixture
def torn(archive, arrive):
    """A story and its copy in two families, and a notice wrongly in the family of another."""
    arrive(TITLE, "story")
    arrive(TITLE, "story_edited")
    arrive("停水通知", "notice")
    arrive("停水通知", "notice_other")
    assert arrive.families() == [[1, 2], [3], [4]]
    with archive.transaction() as connection:
        own = ledger.found(connection, 2, NOW)
        families = [ledger.family(connection, article) for article in (1, 3, 4)]
        ledger.move(connection, ledger.Move(articles=[2], source=families[0], target=own, kind="split", because_of=2), NOW)
        ledger.move(connection, ledger.Move(articles=[4], source=families[2], target=families[1], kind="merge", because_of=4), NOW)
    assert arrive.families() == [[1], [2], [3, 4]]
    return arrive


def test_what_is_right_stays(archive, arrive):
    for title, name in ((TITLE, "story"), (TITLE, "story_lead"), ("停水通知", "notice"), (TITLE, "story_traditional"), ("早报｜枯泉又出水；图书馆延长开放", "round_up")):
        arrive(title, name)
    assert plan(archive) == []


def test_a_plan_writes_nothing(archive, torn):
    assert [(step.kind, step.articles) for step in plan(archive)] == [("merge", (2,)), ("split", (4,))]
    assert torn.families() == [[1], [2], [3, 4]]


def test_families_are_joined_and_split(archive, torn):
    apply(archive, plan(archive))
    assert torn.families() == [[1, 2], [3], [4]]
    assert plan(archive) == []


def test_a_pass_is_undone_and_not_done_again(archive, torn):
    batch = apply(archive, plan(archive))
    with archive.transaction() as connection:
        assert recluster.undo_batch(connection, batch, NOW) == 2
    assert torn.families() == [[1], [2], [3, 4]]
    assert [step.kind for step in plan(archive)] == ["split"]
    with archive.transaction() as connection, pytest.raises(LookupError):
        recluster.undo_batch(connection, batch, NOW)


def test_articles_that_have_moved_on_stay_where_they_are(archive, torn):
    steps = plan(archive)
    torn(TITLE, "story", url="http://4.example/a.html")
    apply(archive, steps)
    assert torn.families() == [[1, 2, 4], [3]]


def test_an_older_scheme_is_fingerprinted_anew_and_families_are_kept(archive, arrive):
    arrive(TITLE, "story")
    arrive(TITLE, "story_edited")
    with archive.transaction() as connection:
        connection.execute(text("DELETE FROM fingerprints"))
        connection.execute(text("UPDATE signatures SET scheme = 1"))
    with archive.transaction() as connection:
        assert recluster.unsigned(connection) == [1, 2]
        recluster.enter(connection, [1, 2], NOW)
        assert recluster.unsigned(connection) == []
    arrive(TITLE, "story_lead")
    assert arrive.families() == [[1, 2, 3]]


def test_articles_that_were_never_placed_find_their_family(archive, arrive):
    arrive(TITLE, "story")
    with archive.transaction() as connection:
        for statement in ("DELETE FROM fingerprints", "DELETE FROM signatures", "DELETE FROM families", "UPDATE articles SET family_id = NULL"):
            connection.execute(text(statement))
        recluster.enter(connection, recluster.unsigned(connection), NOW)
    arrive(TITLE, TEXTS["story_edited"])
    assert arrive.families() == [[1, 2]]
