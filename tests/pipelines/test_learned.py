"""Recurring lines: what may be text is left alone, however often it comes."""

from __future__ import annotations

import pytest

from pipelines.learned import enough, left_alone
from storage.learned import Recurring

TOTAL = 100
# (line, articles, of them at the head, at the tail)
TEXT = {
    "a weather formula": ("据县气象台预报，未来三天我县以晴到多云天气为主。", 40, 40, 0),
    "a column's standing introduction": ("本栏目每周讲述一位普通劳动者的故事，欢迎提供线索。", 60, 60, 0),
    "a sentence that closes some stories": ("目前，案件正在进一步办理中。", 12, 0, 12),
    "a credit": ("（记者 王小明 通讯员 李刚）", 30, 0, 30),
    "a photographer": ("王小明 摄", 30, 0, 30),
    "who signed": ("青石县自来水有限公司", 50, 0, 50),
    "who signed, an office": ("青石县人民政府办公室", 50, 0, 50),
    "a date below a signature": ("2026年3月1日", 20, 0, 20),
    "a formula of notices": ("特此公告。", 50, 0, 50),
    "a column's name": ("【新春走基层】", 30, 30, 0),
    "a subheading inside texts": ("主要做法", 40, 2, 3),
    "a dateline": ("青石网消息（青石新闻联播）：", 30, 30, 0),
    "a dateline in brackets": ("（青石网讯）", 30, 30, 0),
    "a salutation": ("各用水户", 30, 30, 0),
}
BOILERPLATE = {
    "a call to follow": ("扫码关注青石发布", 60, 0, 60),
    "a share line": ("点赞 在看 分享", 30, 0, 29),
    "a slogan that begins like a credit": ("文明健康 有你有我", 50, 0, 50),
    "an own disclaimer": ("青石网转载此文，意在多说一声，不作他用，如有不妥请来电。", 45, 0, 45),
    "a banner above the text": ("青石新闻 天天看", 70, 70, 0),
    "an address of the desk": ("投稿邮箱 news@qingshi.example", 80, 0, 80),
}


def recurring(case):
    line, articles, head, tail = case
    return Recurring(line=line, articles=articles, head=head, tail=tail, first_article=1)


@pytest.mark.parametrize("name", TEXT)
def test_a_line_that_may_be_text_is_left_alone(name):
    assert left_alone(recurring(TEXT[name]), TOTAL)


@pytest.mark.parametrize("name", BOILERPLATE)
def test_boilerplate_would_go(name):
    assert left_alone(recurring(BOILERPLATE[name]), TOTAL) is None


@pytest.mark.parametrize(("articles", "total", "looked_at"), [(4, 30, False), (5, 19, False), (5, 30, True), (9, 200, False), (10, 200, True)])
def test_few_articles_say_nothing(articles, total, looked_at):
    assert enough(recurring(("某一行", articles, 0, articles)), total) is looked_at
