"""The profiles that ship: each is valid, tells articles from sections by the addresses on its saved page, and reads that page."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.items import Page
from crawler.links import is_article
from crawler.sites import load, names
from pipelines import process
from tests.conftest import shared

PROFILES = sorted(name for name in names() if name != "sample")
# name: (articles, no articles), as linked from the saved pages
ADDRESSES = {
    "021news": (["https://www.021news.cn/show-83132-1.html"], ["https://www.021news.cn/list-1.html", "https://www.021news.cn/"]),
    "eastday": (["https://j.021east.com/p/1715572974045997", "https://j.eastday.com/p/1610938160023222"], ["https://sh.eastday.com/"]),
    "henan-shangbao": (["http://epaper.dahe.cn/hnsb/html/2022-02/12/content_547409.htm"], ["http://epaper.dahe.cn/hnsb/html/2022-02/12/node_222.htm"]),
    "henandaily": (["https://www.henandaily.cn/2014/12-18/103950144.html"], ["https://www.henandaily.cn/content/szheng/index.html"]),
    "ltn": (["https://news.ltn.com.tw/news/life/breakingnews/2504351"], ["https://news.ltn.com.tw/list/breakingnews/local"]),
    "qianlong": (["http://auto.qianlong.com/36/2005/07/13/1680@2716681.htm"], ["http://beijing.qianlong.com/"]),
    "shanxi-gov": (["http://www.shanxi.gov.cn/yw/sxyw/201909/t20190918_693227.shtml"], ["http://www.shanxi.gov.cn/yw/"]),
    "shjnet": (["http://www.shjnet.cn/xw/jlxw/202202/t20220213_552110.html"], ["http://www.shjnet.cn/xw/", "http://www.shjnet.cn/zhutpd/gnzt/zjc2022/index.html"]),
    "southcn": (["https://news.southcn.com/node_54a44f01a2/3e28537297.shtml"], ["https://news.southcn.com/node_4538da31bd", "http://car.southcn.com/7/node_365692.htm"]),
    "sxrb": (["http://www.sxrb.com/sxxww/xwpd/gnxw/6714166.shtml", "http://www.sxrb.com/sxrb/05/2017/03/31/6713756.shtml"], ["http://www.sxrb.com/sxxww/xwpd/sx/"]),
    "zj-fgw": (["https://fzggw.zj.gov.cn/art/2016/11/22/art_1621004_1010101.html"], ["https://fzggw.zj.gov.cn/col/col1599522/index.html"]),
}  # fmt: skip
# name: saved page, day printed on it, first words of the headline, as read by a person
READ = {
    "021news": ("pages_without_gold/047", date(2019, 9, 26), "大牛股东山精密"),
    "eastday": ("pages_without_gold/056", date(2024, 5, 13), "就在这个周末"),
    "henan-shangbao": ("articles/zh_real/001", date(2022, 2, 12), "拿起跨界"),
    "henandaily": ("articles/zh_real/005", date(2022, 1, 20), "图说洛阳"),
    "ltn": ("articles/zh_real/086", date(2018, 7, 31), "10年前父親"),
    "qianlong": ("articles/zh_real/017", date(2005, 7, 18), "广汽回应"),
    "shanxi-gov": ("pages_without_gold/038", date(2019, 9, 18), "山西品牌丝路行"),
    "shjnet": ("articles/zh_real/003", date(2022, 2, 13), "土豆不“土”"),
    "southcn": ("pages_without_gold/059", date(2024, 5, 12), "亚洲首艘"),
    "sxrb": ("articles/zh_real/080", date(2017, 3, 31), "46城将实施"),
    "zj-fgw": ("articles/zh_real/041", date(2016, 11, 22), "1-10月德清县"),
}


def test_there_are_profiles_of_real_sites():
    assert len(PROFILES) >= 8
    assert set(PROFILES) >= set(ADDRESSES) == set(READ)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_whole(name):
    site = load(name)
    assert site.name == name
    assert site.title
    assert site.region
    assert site.weekly
    assert site.article
    assert "unchecked live" in (site.checked or "")
    assert "Checked on" in names()[name].read_text("utf-8")


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_profile_tells_articles_from_sections(name):
    site = load(name)
    articles, others = ADDRESSES[name]
    assert [url for url in articles if not is_article(url, site)] == []
    assert [url for url in others if is_article(url, site)] == []
    assert all(site.covers(url.split("/")[2]) for url in [*articles, *others, *site.start])


@pytest.mark.parametrize("name", READ)
def test_a_profile_reads_its_saved_page(name):
    file, day, headline = READ[name]
    body = (shared() / "eval/data" / f"{file}.html").read_bytes()
    article = process(Page(ADDRESSES[name][0][0], body, site=name), load(name))
    assert article.published is not None
    assert article.published.date() == day
    assert (article.title or "").startswith(headline)
    assert len(article.text) > 120
