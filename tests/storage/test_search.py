"""Search: its language, its order, its snippets; on both databases."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from crawler.items import Article
from storage.search import BadQuery, common, parse
from storage.search.index import rebuild
from storage.search.positions import BITS, WIDTH, Positions, floor
from storage.search.query import And, Field, Not, Or, Term
from storage.search.snippet import snippet
from storage.writer import Visit, save_article, save_articles

NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
VISIT = Visit(now=NOW, rules="1", region="江苏")
A, B, C = Term("a"), Term("b"), Term("c")

TREES = {
    "a b": And((A, B)),
    "a OR b": Or((A, B)),
    "a OR b c": And((Or((A, B)), C)),
    "(a b) OR c": Or((And((A, B)), C)),
    "a （b OR c）": And((A, Or((B, C)))),
    "-a b": And((Not(A), B)),
    "a -(b OR c)": And((A, Not(Or((B, C))))),
    "--a": A,
    "a－b": Term("a-b"),
    "a OR -b": Or((A, Not(B))),
    '"a b"': Term("a b"),
    "“a b” c": And((Term("a b"), C)),
    "a AND b": And((A, Term("and"), B)),
    "oral": Term("oral"),
    "f(a)": Term("f(a)"),
    "中国（上海）": Term("中国(上海)"),
    "(f(a) OR b)": Or((Term("f(a)"), B)),
    "site:A": Field("site", "a"),
    "Site：a": Field("site", "a"),
    'source:"新華社 北京"': Field("source", "新华社 北京"),
    "website:a": Term("website:a"),
    "12:30": Term("12:30"),
    "-site:a b": And((Not(Field("site", "a")), B)),
    "a\0b\ud800": Term("ab\ufffd"),
}


@pytest.mark.parametrize("query", TREES, ids=ascii)
def test_a_query_is_read(query):
    assert parse(query) == TREES[query]


BAD = {
    '"open': "not closed", "“open": "not closed", "(东": "not closed", "东 )": r"no \( before", "()": "empty", "": "empty", " \t": "empty", "OR 东": "left",
    "东 OR": "right", "东 OR OR 西": "left", "(OR 东)": "left", "，": "no letter or digit", "-，": "no letter", "after:soon": "2026-03-18",
    "before:2026-13-01": "2026-03-18", "family:x": "family:12", "family:-1": "family:12", "site:": "site:NAME", "author:。": "no letter", "x" * 257: "shorten",
    "a " * 17: "16 terms", "(" * 20 + "东" + ")" * 20: "deep", "🙂": "no letter or digit",
}  # fmt: skip


@pytest.mark.parametrize("query", BAD, ids=ascii)
def test_a_bad_query_is_a_message_that_says_what_to_do(query):
    with pytest.raises(BadQuery, match=BAD[query]):
        parse(query)


def article(number: int, **values) -> Article:
    plain = {"url": f"http://a.example/{number}.html", "title": "通知", "text": "正文", "site": "a", "published": NOW + timedelta(minutes=number)}
    return Article(**plain | values)


def store(archive, *articles: Article):
    with archive.transaction() as connection:
        return save_articles(connection, [(one, VISIT) for one in articles])


def ids(archive, query: str, limit: int = 20) -> list[int]:
    return [hit.id for hit in archive.search(query, limit)]


TEXTS = (
    "城關鎮东关街停水。", "城关镇西关街停电", "𠮷野家开业，𪚥字难写", "ＮＢＡ赛程 ＡＢＣ", "看著名勝", "ﬁnance ½ ①", "a\u0301b", "镕",
)  # fmt: skip
FOUND = {
    "停": [1, 2], "停水": [1], "城关镇": [1, 2], "城關": [1, 2], "关街停水": [1], "关街 停": [1, 2], "关街 停 -电": [1], "水 OR 电": [1, 2],
    '"东关街停水。"': [1], '"街停水。正"': [], "𠮷": [3], "𠮷野": [3], "𪚥": [3], "𪚥字": [3], "野家开": [3], "nba": [4], "ＡＢＣ": [4], "看着": [5],
    "著名": [5], "着": [5], "finance": [6], "1": [6], "1⁄2": [6], "áb": [7], "b": [4, 7], "镕": [8], "的": [], "水。": [1], "关街停电水": [],
    "-停 -a -f": [3, 5, 7, 8], "停 site:a": [1, 2], "停 site:b": [], "region:江蘇 停水": [1], "停 -site:a": [], "after:2026-03-18 停水": [1], "before:2026-03-18 停水": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(module_archive):
    with module_archive() as archive:
        store(archive, *(article(n, title=None, text=text, published=NOW) for n, text in enumerate(TEXTS, 1)))
        yield archive


@pytest.mark.parametrize("query", FOUND, ids=ascii)
def test_substrings_are_found(filled, query):
    assert sorted(ids(filled, query)) == FOUND[query]


FIELDS = {
    "source:新华": [1], "source:新華社": [1], "source:社": [1, 2], "author:李": [1, 3], "author:李明": [1], "author:明 李": [], "author:王芳": [1],
    "source:社 -author:李": [2], "source:通讯社 OR author:李华": [2, 3], "family:7": [], "author:王李": [], "source:华社A": [1], "source:新华社a -source:通讯": [1],
}  # fmt: skip


@pytest.fixture(scope="module")
def signed(module_archive):
    with module_archive() as archive:
        store(archive, article(1, source="新华社Ａ", authors=("李明", "王芳")), article(2, source="县通讯社"), article(3, authors=("李华",)))
        yield archive


@pytest.mark.parametrize("query", FIELDS, ids=ascii)
def test_filters_are_substrings_of_their_field(signed, query):
    assert sorted(ids(signed, query)) == FIELDS[query]


def test_the_newest_come_first_and_equal_times_by_number(archive):
    times = [5, 3, 9, 3, 0, 700, 3, -100_000, 9]
    store(archive, *(article(n, published=NOW + timedelta(minutes=minutes)) for n, minutes in enumerate(times, 1)))
    expected = sorted(range(1, 10), key=lambda n: (times[n - 1], n), reverse=True)
    assert ids(archive, "正文") == ids(archive, "正") == ids(archive, "-无") == expected
    assert ids(archive, "正文", 4) == expected[:4]


def test_order_is_exact_where_many_articles_share_ten_minutes(archive):
    """More than a bucket holds: the rest stands in later ones and is sorted back."""
    store(archive, *(article(n, published=NOW + timedelta(seconds=n % 7)) for n in range(1, 3 * WIDTH)))
    store(archive, article(999, published=NOW + timedelta(minutes=15)), article(1000, published=NOW - timedelta(minutes=15)))
    with archive.read() as connection:
        expected = list(connection.scalars(text("SELECT id FROM articles ORDER BY sort_at DESC, id DESC")))
    assert ids(archive, "正文", 500) == expected
    assert ids(archive, "正文 before:2026-03-19", 500) == expected
    assert ids(archive, "正文", 3) == expected[:3]


def test_a_day_without_clock_times_may_have_any_number_of_articles(archive):
    """Their places follow each other: a filter by date looks as far as the farthest was moved."""
    with archive.transaction() as connection:
        places = Positions(connection)
        taken = {places.take(NOW) for _ in range(5 * WIDTH)}
        assert {place >> BITS for place in taken} == {(floor(NOW) >> BITS) + bucket for bucket in range(5)}
    for first in range(0, 400, 100):
        articles = [Article(url=f"http://e.test/{n}", site="s", title=f"停水{n}", text=f"第{n}次停水。", published=NOW) for n in range(first, first + 100)]
        with archive.transaction() as connection:
            save_articles(connection, [(article, VISIT) for article in articles])
    with archive.read() as connection:
        assert connection.scalar(text("SELECT spill FROM search_state")) == 400 // WIDTH
        assert connection.scalar(text("SELECT max(position) - min(position) FROM articles")) == 399


def test_days_are_those_of_the_place_of_publication(archive):
    beijing = timezone(timedelta(hours=8))
    store(archive, article(1, published=datetime(2026, 3, 18, 0, 30, tzinfo=beijing)), article(2, published=datetime(2026, 3, 18, 0, 30, tzinfo=UTC)))
    assert ids(archive, "after:2026-03-18 before:2026-03-19") == [2, 1]
    assert ids(archive, "正文 before:2026-03-18") == []


@pytest.mark.parametrize("query", ["正文 after:0001-01-01", "正文 before:9999-12-31", "after:9999-12-31 OR 正文", "正文 -before:0001-01-01"])
def test_the_ends_of_the_calendar(archive, query):
    store(archive, article(1, published=datetime(1, 1, 2, tzinfo=UTC)), article(2, published=datetime(9999, 12, 30, tzinfo=UTC)))
    assert ids(archive, query) == [2, 1]


def test_a_revised_article_is_found_by_its_new_words_and_date_only(archive):
    store(archive, article(1), article(2))
    store(archive, article(1, text="改正", published=NOW + timedelta(days=9), source="社", authors=("李",)))
    assert (ids(archive, "改正"), ids(archive, "正"), ids(archive, "正文"), ids(archive, "author:李"), ids(archive, "社")) == ([1], [1, 2], [2], [1], [])


def test_a_family_is_a_filter(archive):
    store(archive, article(1), article(2), article(3))
    with archive.transaction() as connection:
        connection.execute(text("UPDATE articles SET family_id = 5 WHERE id <> 2"))
    assert (ids(archive, "family:5"), ids(archive, "-family:5"), ids(archive, "正文 family:5"), ids(archive, "通知 OR family:9")) == ([3, 1], [2], [3, 1], [3, 2, 1])


def test_a_search_that_takes_too_long_is_a_message(archive):
    store(archive, *(article(n) for n in range(1, 200)))
    with pytest.raises(BadQuery, match="too many articles"):
        archive.search("-正文", seconds=1e-9)


def test_what_is_kept_of_an_undated_article_is_when_it_was_first_seen(archive):
    with archive.transaction() as connection:
        save_article(connection, article(1, published=None), VISIT)
        save_article(connection, article(1, published=None, text="改"), dataclasses.replace(VISIT, now=NOW + timedelta(days=3)))
    assert archive.search("改")[0].sort_at == NOW


SNIPPETS = {
    ("昨日，城關鎮停水。", "城关"): "昨日，【城關】鎮停水。",
    ("一…二①三停水", "停水"): "一…二①三【停水】",
    ("甲\n乙 停水 停", "停"): "甲 乙 【停】水 【停】",
    ("aáb́c", "b́"): "aá【b́】c",
    ("没有", "停水"): "没有",
    ("ﬁn", "i"): "【ﬁ】n",
    ("停" * 3, "停停"): "【停停】停",
}


@pytest.mark.parametrize("case", SNIPPETS, ids=ascii)
def test_a_snippet_shows_the_original(case):
    assert snippet(case[0], [parse(case[1]).text]).marked() == SNIPPETS[case]


def test_a_long_text_is_cut_about_the_match():
    found = snippet("字" * 500 + "停水" + "字" * 500, ["停水"])
    assert (found.text[0], found.text[-1], len(found.text)) == ("…", "…", 102)
    assert found.text[slice(*found.highlights[0])] == "停水"


@pytest.fixture
def small_sample(monkeypatch):
    monkeypatch.setattr(common, "LEAST", 5)


def known_common(archive) -> frozenset[str]:
    with archive.read() as connection:
        return common.characters(connection)


def test_what_most_articles_have_is_no_token_and_still_found(archive, small_sample):
    store(archive, *(article(n, title=None, text=f"水{'停' if n == 3 else ''}") for n in range(1, 6)))
    assert known_common(archive) == {"水", "停"}
    store(archive, article(6, title=None, text="水电"), article(7, title=None, text="电"))
    assert (ids(archive, "水"), ids(archive, "电"), ids(archive, "停"), ids(archive, "水 电")) == ([6, 5, 4, 3, 2, 1], [7, 6], [3], [6])
    assert ids(archive, "水 OR 电 -停") == [7, 6, 5, 4, 2, 1]


def test_an_article_whose_character_became_common_is_revised_and_forgotten(archive, small_sample):
    store(archive, *(article(n, title=None, text="水") for n in range(1, 7)))
    store(archive, article(1, title=None, text="停"))
    assert (ids(archive, "水"), ids(archive, "停")) == ([6, 5, 4, 3, 2], [1])


def test_a_new_index_counts_anew(archive, small_sample):
    store(archive, *(article(n, title=None, text="水") for n in range(1, 6)), *(article(n, title=None, text="电") for n in range(6, 90)))
    assert known_common(archive) == {"水", "电"}
    with archive.transaction() as connection:
        rebuild(connection)
    assert known_common(archive) == {"电"}
    assert ids(archive, "水") == [5, 4, 3, 2, 1]


def test_below_a_thousand_articles_nothing_is_common(archive):
    store(archive, *(article(n) for n in range(1, 30)))
    assert known_common(archive) == frozenset()
