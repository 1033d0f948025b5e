"""Articles find their family on arrival, on both databases; what is merged can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from storage.families import forget, index, ledger
from storage.tables import ArticleRow, FamilyLinkRow, FamilyMergeRow, FamilyRow, FingerprintRow, SignatureRow
from tests.storage.families.conftest import TEXTS

NOW = datetime(2026, 4, 1, tzinfo=UTC)
TITLE = "枯了三十年的泉眼又出水了"
BRIDGE = "枯了三十年的泉眼今春出水"


def rows(archive, table):
    with archive.read() as connection:
        return connection.execute(select(table.__table__)).mappings().all()


def two_halves_and_the_whole(arrive):
    """The end of a story, then its beginning, then all of it: two families that turn out to be one."""
    paragraphs = TEXTS["story"].strip().split("\n")
    end = arrive(TITLE, "\n".join(paragraphs[2:]))
    lead = arrive(BRIDGE, "\n".join(paragraphs[:2]))
    return end, lead, arrive(TITLE, "\n".join(paragraphs))


def test_notices_of_two_streets_are_two_families(arrive):
    arrive("停水通知", "notice")
    arrive("停水通知", "notice_other")
    assert arrive.families() == [[1], [2]]


def test_a_round_up_joins_nothing_and_is_linked(archive, arrive):
    arrive(TITLE, "story")
    arrive("早报｜枯泉又出水；图书馆延长开放；菜市场搬新棚", "round_up")
    assert arrive.families() == [[1], [2]]
    assert [(row["article_id"], row["other_id"], row["relation"]) for row in rows(archive, FamilyLinkRow)] == [(1, 2, "part_of")]


def test_company_boilerplate_that_many_stories_share_joins_none(arrive):
    about = "\n" + TEXTS["company_a"].strip().split("\n")[1]
    openings = (
        "新厂房昨天在县开发区封顶，明年六月投产后可以安排三百人就业，主要生产灌溉用的水泵，县里的领导到场祝贺。",
        "县一中的三十名学生上周末走进车间，听工程师讲解水泵是怎样把河水送上山的，还亲手装了一台小水泵。",
        "三名技工在全省职业技能比武中拿了前三，其中年纪最小的只有二十二岁，进厂才三年，师傅说他坐得住。",
        "灌溉季到来之前，八百台水泵已经发往各县，装卸工人连着干了四个通宵，最后一车是星期天凌晨出的厂门。",
    )
    for title, opening in zip(("新厂房封顶", "学生走进车间", "技工比武夺魁", "水泵发往各县"), openings, strict=True):
        arrive(title, opening + about)
    assert arrive.families() == [[1], [2], [3], [4]]


def test_copies_join_whatever_their_script_and_clutter(arrive):
    for text in ("story_cluttered", "story_traditional", "story_readings", "story_edited", "story_lead", "story_dropped", "story"):
        arrive(TITLE, text)
    assert arrive.families() == [[1, 2, 3, 4, 5, 6, 7]]


def test_a_copy_adds_only_hashes_that_its_family_has_not(archive, arrive):
    arrive(TITLE, "story")
    before = len(rows(archive, FingerprintRow))
    arrive(TITLE, "story")
    assert len(rows(archive, FingerprintRow)) == before


def test_a_hash_that_many_articles_share_is_kept_once(archive, arrive):
    line = "值班电话零三九四六一二零零一二，请市民朋友相互转告，并注意用水用电安全，特此通告。"
    for number in range(index.HOT + 3):
        arrive(f"第{number}号通告", f"{number}号街的工程{'东南西北中上下左右前后里外天地人和日月星云'[number] * 40}，今天开工。" + line)
    kept = [row for row in rows(archive, FingerprintRow) if row["article_id"] == index.EVERYBODY]
    crowds = {}
    for row in rows(archive, FingerprintRow):
        crowds[row["hash"]] = crowds.get(row["hash"], 0) + 1
    assert kept
    assert max(crowds.values()) <= index.HOT
    assert all(crowds[row["hash"]] == 1 for row in kept)


def test_a_revised_article_stays_in_its_family(archive, arrive):
    arrive(TITLE, "story", url="http://a.example/1.html")
    arrive(TITLE, "story")
    arrive(TITLE, "story_edited", url="http://a.example/1.html")
    assert arrive.families() == [[1, 2]]
    assert len(rows(archive, SignatureRow)) == 2


def test_an_article_revised_into_another_story_leaves(archive, arrive):
    arrive(TITLE, "story", url="http://a.example/1.html")
    arrive(TITLE, "story")
    arrive("停水通知", "notice", url="http://a.example/1.html")
    assert arrive.families() == [[1], [2]]
    assert sorted(row["size"] for row in rows(archive, FamilyRow)) == [1, 1]


def test_a_revised_article_alone_leaves_no_hash_behind(archive, arrive):
    arrive(TITLE, "story", url="http://a.example/1.html")
    arrive("停水通知", "notice", url="http://a.example/1.html")
    changed = {row["hash"] for row in rows(archive, FingerprintRow)}
    arrive("停水通知", "notice_other", url="http://a.example/1.html")
    arrive("停水通知", "notice", url="http://a.example/1.html")
    assert {row["hash"] for row in rows(archive, FingerprintRow)} == changed


def test_a_forgotten_article_leaves_nothing_in_the_index(archive, arrive):
    arrive(TITLE, "story")
    with archive.transaction() as connection:
        forget(connection, 1)
    assert [len(rows(archive, table)) for table in (FingerprintRow, SignatureRow, FamilyRow, FamilyLinkRow)] == [0, 0, 0, 0]


def test_sizes_and_heads_agree_with_the_members(archive, arrive):
    for text in ("story", "notice", "story_edited", "story_lead"):
        arrive(TITLE if text.startswith("story") else "停水通知", text)
    assert sorted((row["size"], row["head_id"]) for row in rows(archive, FamilyRow)) == [(1, 2), (3, 1)]


def test_a_copy_that_belongs_to_two_families_merges_them(archive, arrive):
    end, lead, whole = two_halves_and_the_whole(arrive)
    assert arrive.families() == [[end, lead, whole]]
    (entry,) = rows(archive, FamilyMergeRow)
    assert (entry["kind"], entry["because_of"], entry["batch"], entry["undone_at"]) == ("merge", whole, None, None)


def test_an_undone_merge_is_two_families_again_and_stays_so(archive, arrive):
    end, lead, whole = two_halves_and_the_whole(arrive)
    moved = rows(archive, FamilyMergeRow)[0]["moved"]
    with archive.transaction() as connection:
        assert ledger.undo(connection, 1, NOW) == moved
    apart = arrive.families()
    assert sorted(map(len, apart)) == [1, 2]
    assert moved in apart
    arrive(TITLE, "story_edited")
    assert sorted(map(len, arrive.families())) == [1, 3]


def test_an_entry_is_undone_once(archive, arrive):
    two_halves_and_the_whole(arrive)
    with archive.transaction() as connection:
        ledger.undo(connection, 1, NOW)
    for entry in (1, 99):
        with archive.transaction() as connection, pytest.raises(LookupError):
            ledger.undo(connection, entry, NOW)


def test_families_and_signatures_say_the_same(archive, arrive):
    two_halves_and_the_whole(arrive)
    with archive.read() as connection:
        different = select(func.count()).select_from(ArticleRow).join(SignatureRow, SignatureRow.article_id == ArticleRow.id)
        assert connection.scalar(different.where(ArticleRow.family_id != SignatureRow.family_id)) == 0
