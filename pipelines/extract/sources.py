"""The source of an article (来源, 稿源, 转自) from the lines around it and the page's head."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.extract.furniture import FULL_DATE, is_furniture
from pipelines.extract.people import is_name
from pipelines.extract.tree import Tree


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands around the body, as text."""

    head: list[str] = field(default_factory=list)
    """Lines between headline and body, then those just above the headline."""
    inner: list[str] = field(default_factory=list)
    """Lines between paragraphs that were left out of the text."""
    tail: list[str] = field(default_factory=list)
    """Lines below the body."""
    body: list[str] = field(default_factory=list)
    """The paragraphs."""



NEXT_FIELD = r"(?=\s*(?:$|[|｜【】\[\]（）()<>；;，,。]|\s|&nbsp|(?:19|20)\d{2}[-年/.]|作者|编辑|编审|责编|责任|记者|发布(?=时间|日期|于|人|[:：])|时间|日期|浏览|点击|阅读|字号|字体|字體|分享|评论|打印|关闭|选稿|频道|通讯员|版次|来稿|查看|人气|我要|收藏|发表))"
SOURCE = re.compile(
    r"(?:信息来源|文章来源|新闻来源|稿件来源|内容来源|本文来源|来源于|來源於|来源|來源|稿源|转自|轉自|转载自|出处|出處)\s*[:：丨|｜/／]\s*[“\"《【\[（(]?\s*"
    r"([A-Z][A-Za-z.]+(?: [A-Z][A-Za-z.]+){1,3}|[\u4e00-\u9fff]{2,12}[-—－·][《“]?[\u4e00-\u9fff]{2,12}[》”]?(?:[\u4e00-\u9fff]{1,3})?|《[^》]{2,16}》(?:微信公众号|客户端)?|[^\s|｜【】\[\]（）()<>《》；;，,。:：“”\"]{2,24}?)(?:[”\"》】\]）)](?:微信公众号|公众号|微信|客户端)?)?" + NEXT_FIELD
)
QUOTED = re.compile(r"(?:转自|摘自|选自|原载于?|据|来源于?)\s*[《“]([^》”，。]{2,16})[》”](?:[\u4e00-\u9fff]{0,3})?\s*[）)】\]]?\s*$")
REPORTED = re.compile(r"[（(]\s*(?:据|转自|摘自)([\u4e00-\u9fffA-Za-z]{2,12}(?:网|报|社|台|新闻|客户端|发布|周刊))(?:报道|消息)?\s*[）)]\s*$")
SPACED = re.compile(r"(?<![\u4e00-\u9fff])(?:来源|稿源)\s+([\u4e00-\u9fffA-Za-z]{2,14})(?=\s|$|[|｜])")
ISSUER = re.compile(r"(?:发布(?:机构|单位|部门)|发文(?:机关|机构|单位)|供稿单位|供稿)\s*[:：]\s*([\u4e00-\u9fff]{3,20}?)(?=\s|$|[|｜】\])）,，])")
"""Who issued a notice or sent a piece in: the source where no other is printed."""
MEDIA = r"(?:网|網|报|報|社|台|臺|电视|广播|日报|晚报|晨报|都市报|商报|新闻|在线|线上|客户端|融媒体中心|融媒|传媒|周刊|杂志|发布|公众号|频道|时报|导报|青年报|政府|宣传部|办公室|局|委|[Cc]om)"
BARE = re.compile(rf"^\W*([\u4e00-\u9fffA-Za-z·—－-]{{2,16}}?{MEDIA})(?=$|[\s|｜【\[（(])")
HAN_WORD = re.compile(r"[\u4e00-\u9fff·—－-]{3,12}")
GENERIC = re.compile(r"^(?:转载(?:文章)?|网络|互联网|原创|本站(?:原创)?|本网|未知|不详|其他|其它|网友|佚名|综合|整理|网络转载|网络整理|null|none|admin)$", re.I)
LINK_TAIL = re.compile(r"(?:发布)?(?:(?:19|20)\d{2}[-年/.].*|https?:.*)$")
META_SOURCES = ("contentsource", "source", "article:source", "mediaid", "article_source")
SHORT = 100
SIGNED = 12
"""Lines below a text that can name its source and who made it."""


def find_source(beside: Beside, tree: Tree) -> str | None:
    """来源 as printed: beside the headline, below the text, in the page's head."""
    weak = None
    signed = [line for line in beside.body[-SIGNED:-2] if len(line) <= SHORT and SOURCE.match(line.lstrip("（(【[ "))]
    for line in (*beside.head, *beside.inner, *beside.tail, *beside.body[-2:], *signed, *beside.body[:1]):
        if len(line) > SHORT + 60:
            continue
        match = SOURCE.search(line)
        value = _source(match.group(1)) if match else None
        if value and not GENERIC.match(value):
            return value
        weak = weak or value
    return _bare(beside.head) or _unlabelled(beside) or _from_metas(tree) or weak


def _unlabelled(beside: Beside) -> str | None:
    """转自《…》 below the text, 来源 before a publisher's name without a colon, the authority that issued a notice."""
    for line in (*beside.tail, *beside.inner, *beside.body[-2:]):
        if match := QUOTED.search(line[-40:]) or REPORTED.search(line[-40:]):
            return match.group(1)
    short = [line for line in (*beside.head, *beside.tail, *beside.body[-2:]) if len(line) <= SHORT]
    for line in short:
        if (match := SPACED.search(line)) and BARE.match(match.group(1)):
            return match.group(1)
    issuers = (match.group(1) for line in short if (match := ISSUER.search(line)))
    return next((name for name in issuers if not is_name(name)), None)


def _source(value: str) -> str | None:
    value = LINK_TAIL.sub("", value.strip("·-—/ “”\"《"))
    if value.count("《") > value.count("》"):
        value += "》"
    return value if 2 <= len(value) <= 24 and not value.isdigit() else None


def _bare(head: list[str]) -> str | None:
    """A publisher's name that stands beside the date without a label."""
    for line in head:
        date = FULL_DATE.search(line)
        if not date or len(line) > SHORT:
            continue
        after = re.sub(r"^[\s日:：\d时分秒T|｜]*", "", line[date.end() :])
        word, _, rest = after.partition(" ")
        if HAN_WORD.fullmatch(word) and is_furniture(rest) and not is_furniture(word) and not is_name(word):
            return word
        before = line[: date.start()].strip()
        for part in (after, before):
            match = BARE.match(part)
            if match and match.group(1) not in ("发布", "新闻"):
                return match.group(1).strip("·-—")
    return None


def _from_metas(tree: Tree) -> str | None:
    for name in META_SOURCES:
        value = re.sub(r"^(?:来源|稿源)\s*[:：]\s*", "", (tree.metas.get(name) or "").strip())
        if 2 <= len(value) <= 24 and not value.isdigit() and not value.startswith("http") and not GENERIC.match(value):
            return value
    return None
