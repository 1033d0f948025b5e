"""Which of a site's recurring lines are its boilerplate. A line that may be text is left to a person."""

from __future__ import annotations

import re

from storage.learned import Recurring

LEAST_ARTICLES = 20
"""Fewer articles of a site say nothing."""
LEAST_COUNT = 5
LEAST_SHARE = 0.05
SENTENCE_SHARE = 0.2
"""A sentence at the end of texts is taken for a disclaimer where so many of them have it."""
AT_AN_END = 0.9
"""Share of a line's places that are at the beginning or at the end of texts."""
SENTENCE = re.compile(r"[。！？!?；;]”?[)）】]?$|，.*，|，.{12,}$")
CREDIT = re.compile(r"^[(（【\[]?\s*(?:(?:本报|本网|全媒体|见习|特约|通讯员|记者|摄影|作者|来源|稿源|撰文|编剧|翻译)\s*[:：/／]?|[文图]\s*[:：/／丨|])|记者|通讯员|摄影报道|(?:文|图|摄)[/／]|\S\s*摄$")
SIGNATURE = re.compile(r"(?:局|公司|委员会|政府|办公室|中心|医院|学校|院|厅|部|社|队|站|协会|法院|检察院)$|^(?:19|20)\d{2}年\d{1,2}月\d{1,2}日$|^[〇○零一二三四五六七八九]{4}年")
NOTICE = re.compile(r"^(?:特此|此致|敬礼|附件|附[:：]|各\S{1,8}$|各位|尊敬的|第[一二三四五六七八九十百\d]+[章节条])")
COLUMN = re.compile(r"^[【\[《〔].{2,20}[】\]》〕]$")
DATELINE = re.compile(r"(?:讯|电|消息|报道|訊|電|報導)\s*(?:[（(][^）)]{1,30}[）)])?\s*[:：—-]*$|^[（(【][^）)】]{2,16}(?:讯|电|消息)[）)】]$")
TEXT_LIKE = (
    (DATELINE, "a dateline"),
    (CREDIT, "credits of those who wrote it"),
    (SIGNATURE, "a signature or date of a notice"),
    (NOTICE, "a formula of notices"),
    (COLUMN, "the name of a column"),
)


def left_alone(found: Recurring, total: int) -> str | None:
    """Why a line that stands in ``found.articles`` of ``total`` articles may be text; None where it is boilerplate.

    >>> left_alone(Recurring(line="扫码关注青石发布", articles=60, head=0, tail=60, first_article=1), 80)
    >>> left_alone(Recurring(line="据县气象台预报，未来三天以晴天为主。", articles=30, head=30, tail=0, first_article=1), 80)
    'a sentence at the beginning of texts'
    """
    if found.head + found.tail < AT_AN_END * found.articles:
        return "inside texts, too"
    for pattern, what in TEXT_LIKE:
        if pattern.search(found.line):
            return what
    if not SENTENCE.search(found.line):
        return None
    if found.head > found.tail:
        return "a sentence at the beginning of texts"
    return f"a sentence, in fewer than {SENTENCE_SHARE:.0%} of the articles" if found.articles < SENTENCE_SHARE * total else None


def enough(found: Recurring, total: int) -> bool:
    """Whether a line recurs often enough to be looked at."""
    return total >= LEAST_ARTICLES and found.articles >= max(LEAST_COUNT, LEAST_SHARE * total)
