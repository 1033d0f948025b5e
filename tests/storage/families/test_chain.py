"""The chain of a story: order, claimed sources, changes, parts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.families.chain import chain, changed

TITLE = "枯了三十年的泉眼又出水了"


def see(archive, article):
    with archive.read() as connection:
        return chain(connection, article)


def test_an_unknown_article_is_a_clear_error(archive):
    with pytest.raises(LookupError, match="no article 7"):
        see(archive, 7)


def test_the_oldest_comes_first_whoever_was_crawled_first(archive, arrive):
    copy = arrive(TITLE, "story_edited", source="青石日报", published=datetime(2026, 3, 13, 2, tzinfo=UTC))
    first = arrive(TITLE, "story", published=datetime(2026, 3, 12, 9, tzinfo=UTC))
    assert [(one.article_id, one.source) for one in see(archive, copy).copies] == [(first, None), (copy, "青石日报")]


def test_a_copy_says_what_it_is_a_copy_of(archive, arrive):
    arrive(TITLE, "story")
    arrive(TITLE, "story_lead")
    assert [(one.relation, one.relation_to) for one in see(archive, 1).copies] == [(None, None), ("lead_of", 1)]


def test_what_a_copy_left_out_is_shown(archive, arrive):
    arrive(TITLE, "story")
    arrive(TITLE, "story_dropped")
    changes = see(archive, 2).copies[1].changes
    assert [change.kind for change in changes] == ["left out", "left out"]
    assert changes[0].text.startswith("泉眼在村东头的老槐树下")


def test_a_changed_word_is_marked_within_its_paragraph():
    assert [(change.kind, change.text) for change in changed("共有三十户搬迁。", "共有三十二户搬迁。")] == [("changed", "共有三十{+二+}户搬迁。")]


def test_an_equal_copy_has_no_changes(archive, arrive):
    arrive(TITLE, "story")
    arrive(TITLE, "story")
    assert see(archive, 2).copies[1].changes == ()


def test_parts_are_seen_from_both_ends(archive, arrive):
    arrive(TITLE, "story")
    arrive("早报｜枯泉又出水；图书馆延长开放；菜市场搬新棚", "round_up")
    assert [(part.article_id, part.relation, part.member, part.within) for part in see(archive, 1).parts] == [(2, "part_of", 1, False)]
    assert [(part.article_id, part.relation, part.member, part.within) for part in see(archive, 2).parts] == [(1, "part_of", 2, True)]
