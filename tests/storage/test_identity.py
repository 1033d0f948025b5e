"""Many addresses, one article: by tracking parameters, fragments, index names, rel=canonical, the profile; never by guessing."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Article, Page
from crawler.sites import BadSite
from crawler.sites.site import parse
from pipelines import process
from storage.keys import url_key
from storage.values import content_hash
from storage.writer import Visit, save_article, save_articles

NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
TEXT = "三月十七日，青石县供水公司对东关街老旧管网进行改造，涉及居民一千二百余户，施工将持续三天，居民可在公告栏查看停水时段。"
MAIN = Article(url="https://www.a.cn/news/1.html", title="管网改造", text=TEXT, site="a")
PHONE = replace(MAIN, url="https://m.a.cn/1.html", canonical_url=MAIN.url)

SAME = (
    "https://www.a.cn/news/1.html#top", "https://www.a.cn/news/1.html?utm_source=x&from=timeline", "HTTPS://WWW.A.CN:443/news/1.html?spm=1.2",
)  # fmt: skip
OTHER = (
    "https://m.a.cn/news/1.html", "https://a.cn/news/1.html", "https://www.a.cn/news/1.html?id=2", "https://www.a.cn/news/1_print.html",
    "http://www.a.cn/news/1.html", "https://www.a.cn/news/1.HTML",
)  # fmt: skip


@pytest.mark.parametrize("url", SAME)
def test_one_address(url):
    assert url_key(url) == url_key(MAIN.url)


@pytest.mark.parametrize("url", OTHER)
def test_another_address(url):
    assert url_key(url) != url_key(MAIN.url)


def test_a_default_index_name_is_its_folder():
    assert url_key("https://a.cn/n/index.html") == url_key("https://a.cn/n/") == url_key("https://a.cn/n/default.shtml")


def store(archive, *articles: Article) -> list[tuple[int, str]]:
    with archive.transaction() as connection:
        return [(saved.article_id, saved.outcome) for saved in save_articles(connection, [(one, Visit(now=NOW, rules="1")) for one in articles])]


@pytest.mark.parametrize("order", [(MAIN, PHONE), (PHONE, MAIN), (PHONE, PHONE, MAIN)])
@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_a_view_is_its_article_whichever_comes_first(archive, order, together):
    found = store(archive, *order) if together else [store(archive, one)[0] for one in order]
    assert found == [(1, "stored"), *[(1, "unchanged")] * (len(order) - 1)]


def test_a_page_that_gets_a_canonical_later_stays_its_article(archive):
    own = replace(PHONE, canonical_url=None)
    assert [*store(archive, own), *store(archive, PHONE), *store(archive, MAIN)] == [(1, "stored"), (1, "unchanged"), (1, "unchanged")]


LIES = {
    "the home page": "https://www.a.cn/", "the home page, no slash": "https://www.a.cn", "one page for all": "https://www.a.cn/list.html",
}  # fmt: skip


@pytest.mark.parametrize("canonical", LIES.values(), ids=LIES)
def test_a_canonical_that_stands_on_every_page_joins_nothing(archive, canonical):
    articles = [
        replace(MAIN, url=f"https://www.a.cn/{n}.html", canonical_url=canonical, title=title, text=text)
        for n, (title, text) in enumerate([("管网改造", TEXT), ("灯会开幕", "灯会昨晚在人民公园开幕，数万市民前来观灯。"), ("小学招生", "今年秋季小学招生报名四月一日开始。")])
    ]  # fmt: skip
    assert [article_id for article_id, _ in store(archive, *articles)] == [1, 2, 3]
    assert [outcome for article in articles for _, outcome in store(archive, article)] == ["unchanged"] * 3


CHANGES = {
    "text": TEXT.replace("三天", "五天"), "title": "管网改造延期", "authors": ("李明",), "source": "青石日报", "editor": "王芳",
    "published": NOW, "subtitle": "副题",
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_reader_is_told_otherwise_is_a_new_version(archive, name):
    store(archive, MAIN)
    assert store(archive, replace(MAIN, **{name: CHANGES[name]})) == [(1, "revised")]
    assert len(archive.history(1)) == 2


def test_what_a_reader_does_not_see_is_none(archive):
    store(archive, MAIN)
    assert store(archive, replace(MAIN, section="民生", url=MAIN.url + "?utm_source=x", extractor="own")) == [(1, "unchanged")]


def test_seen_again_is_noted(archive):
    store(archive, MAIN)
    with archive.transaction() as connection:
        save_article(connection, MAIN, Visit(now=NOW + timedelta(days=1), rules="1"))
    article = archive.article(1)
    assert (article["first_seen_at"], article["last_seen_at"]) == (NOW, NOW + timedelta(days=1))


PAGE = f"<html><head><title>管网改造</title></head><body><h1>管网改造</h1><div>{''.join(f'<p>{TEXT}</p>' for _ in range(3))}</div></body></html>"


def profile(**values):
    return parse({"start": ["https://www.a.cn/"], "domains": ["a.cn"], **values}, Path("a.toml"))


def test_the_profile_says_which_addresses_are_views():
    site = profile(same_page={r"^https://m\.a\.cn/(\d+)": r"https://www.a.cn/news/\1", r"_print\.html$": ".html"})
    found = {url: process(Page(url=url, body=PAGE.encode(), content_type="text/html; charset=utf-8"), site).canonical_url for url in (PHONE.url, "https://www.a.cn/news/1_print.html", MAIN.url)}
    assert list(found.values()) == [MAIN.url, MAIN.url, None]


@pytest.mark.parametrize("same_page", [{"(": "x"}, {"a": "\\1"}, {"a": 1}])
def test_a_profile_that_cannot_rewrite_is_refused(same_page):
    with pytest.raises(BadSite, match="same_page"):
        profile(same_page=same_page)


MARKS = st.sampled_from("水a，。 \n\u0301℃㈱½①_﹩\U00011099\U000110ba\ufe34가ᅡ")


@given(st.text(st.one_of(MARKS, st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])), max_size=12))
def test_the_hash_of_a_text_is_that_of_its_letters_in_normal_form(text):
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", f"\n{text}"))
    assert content_hash(None, text) == hashlib.sha256(letters.encode()).digest()
