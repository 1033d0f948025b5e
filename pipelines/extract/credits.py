"""Source, editor and authors, from the lines around the headline, the body's ends, and the page's head."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.disclaimers import ENDINGS
from pipelines.extract.furniture import FULL_DATE, is_furniture
from pipelines.extract.people import is_name, split_names
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


STOPS = r"|｜【】\[\]（）()<>《》；;，,。"
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
PERSON_EDITOR = r"(?:[\u4e00-\u9fff·]{2,4}(?:[、，, 　/]{1,3}[\u4e00-\u9fff·]{2,4}(?![\u4e00-\u9fff:：])){0,3}|[A-Za-z][A-Za-z_]{1,14}\d{0,8})"
EDITORS = (
    re.compile(rf"(?:责任编辑|責任編輯|责任编校|责编|責編|值班编辑|执行编辑|网络编辑|实习编辑|本文编辑)\s*[:：/／丨|]\s*({PERSON_EDITOR})"),
    re.compile(rf"(?<![\u4e00-\u9fff])(?:编辑|編輯|文字编辑|编审|校对)\s*[:：/／丨|]\s*({PERSON_EDITOR})"),
    re.compile(r"[（(【\[][^）)】\]。，]{0,12}(?:编辑|编校)\s*([\u4e00-\u9fff·]{2,4}(?:[ 　、][\u4e00-\u9fff·]{2,4}){0,2})\s*[）)】\]]"),
)
ROLE = r"(?:特约|见习|实习|首席|全媒体|融媒体?|新媒体|驻站|驻[\u4e00-\u9fff]{2,4}|摄影|文字|评论|视觉|全媒|融合|本报|本网|本刊|本台)"
REPORTER = rf"(?:{ROLE}{{0,3}}(?:记者|記者|通讯员|通訊員|特派员|特派記者|评论员|撰稿人)|实习生|實習生|实习|全媒体)"
LABELLED = re.compile(r"(?:作者|撰文|撰稿|采写|采访|执笔|文字|供稿|原作者|文图|图文|文/图|图/文|文、图|文并图|作者/|撰文/|(?<![\u4e00-\u9fff])文)\s*[:：/／|｜丨]\s*(.{2,60})")
TITLES = re.compile(rf"^(?:[\u4e00-\u9fff《》·“”]{{0,16}}?(?:{REPORTER}|作者|主笔|编辑部)\s*[:：丨|｜]?\s*)+")
WITH_ROLE = re.compile(rf"{REPORTER}\s*[:：丨|｜]?\s*([\u4e00-\u9fff·][\u4e00-\u9fff·\s、，,/]{{1,40}})")
BRACKETED = re.compile(r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\s*[\[【]\s*([\u4e00-\u9fff·]{2,4})\s*[\]】]")
AGENCY = re.compile(r"^[（(][\u4e00-\u9fff]{2,6}(?:记者|記者)([\u4e00-\u9fff]{4,6})\d{1,2}日[电電]")
DATELINE = re.compile(r"^[^。]{0,24}(?:电|讯|消息|报道|訊|電)\s*[（(【\[]([^）)】\]]{2,60})[）)】\]]")
IN_BRACKETS = re.compile(r"[（(【\[]\s*([^（()）【】\[\]。]{2,60})\s*[）)】\]]\s*$")
MARKED = re.compile(r"^\s*[□■●◎○◆◇▲△☆★◇▌▍|]+\s*(.{2,50})$")
BEFORE_SLASH = re.compile(r"^([\u4e00-\u9fff·、 　]{2,30}?)\s*[/／]\s*(?:文|图文|文图|文并图|文、图|文字)(?![\u4e00-\u9fff]{0,2}编辑)")
PHOTO = re.compile(r"(?:摄|攝|供图|制图|绘图?|漫画)\s*[）)]?$")
AFTER_NAMES = re.compile(r"^([\u4e00-\u9fff·]{2,4}(?:[\s、]+[\u4e00-\u9fff·]{2,4}){0,4})\s*(?:文/图|图/文|文图|图文|文并图|文/摄|摄影报道|综合报道|报道|撰文|/文)$")
OFFICE = re.compile(r"^[\u4e00-\u9fff“”·]{2,20}(?:中心|融媒体?|宣传部|传媒|委|局|办|办公室|院|校|社|站|镇|乡|街道|公司|集团|发布|新闻|报|网|台|政府|支队|大队|中队|队|学|所|厅|部|会)[\s　]+")
WITH_PHOTO = re.compile(r"^(?:文/图|图/文|文图|图文|文、图|文)[\s　]+")
LEADING = re.compile(r"^(?:【[^】]{2,12}】|\[[^\]]{2,12}\])?\s*[（(〔【\[]([^（()）〔〕【】\[\]。]{2,40})[）)〕】\]]")
TAIWAN = re.compile(r"[（(〔](?:記者)?([\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4})*)[／/][\u4e00-\u9fff]{1,8}報導[）)〕]")
TAIWAN_LINE = re.compile(r"^([\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4})*)[／/][\u4e00-\u9fff]{1,8}(?:報導|报道)$")
PLACE = re.compile(r"[／/][\u4e00-\u9fff]{1,6}(?:報導|报道)")
ENGLISH = re.compile(r"^(?:[Bb]y|BY|Posted by|Written by|Author:)\s+([A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}(?:(?:,| and| &) [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}){0,3})")
NOT_WRITTEN = re.compile(r"摄|供图|图片|漫画|绘|制图|编辑|责编|校对|审核|资料|供稿单位|来源")
META_SOURCES = ("contentsource", "source", "article:source", "mediaid", "article_source")
META_AUTHORS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author")
JUNK = re.compile(r"discuz|dedecms|phpcms|wordpress|webmaster|admin|www\.|http|\d{3}|net\b|com\b|team|copyright|editor|staff", re.I)
SHORT = 100


def find_source(beside: Beside, tree: Tree) -> str | None:
    """来源 as printed: beside the headline, below the text, in the page's head."""
    weak = None
    for line in (*beside.head, *beside.inner, *beside.tail, *beside.body[-2:], *beside.body[:1]):
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


def find_editor(beside: Beside) -> str | None:
    """责任编辑 as printed; an editor of another kind where there is none."""
    lines = [line for line in (*beside.tail, *reversed(beside.body[-3:]), *beside.inner, *beside.head) if len(line) < 2 * SHORT or "编" in line[-40:]]
    for pattern in EDITORS:
        for line in lines:
            if match := pattern.search(line if len(line) < 2 * SHORT else line[-60:]):
                return match.group(1).split("_")[0].strip()
    return None


def find_authors(beside: Beside, tree: Tree, publisher: str | None) -> tuple[str, ...]:
    """Names of those who wrote it, in page order; never the editor.

    ``publisher``: the source, which a page's head often gives as its author.
    """
    found = _labelled(beside.head) or _opening(beside.body) or _closing(beside) or _labelled([*beside.inner, *beside.tail]) or _english(beside.head) or _declared(tree, publisher)
    return tuple(dict.fromkeys(found))


def names_in(text: str) -> tuple[str, ...]:
    """The names in what a profile's selector for authors found."""
    return tuple(dict.fromkeys(_named(text) or [part.strip() for part in re.split(r"[,，、;；]| and ", text) if 1 < len(part.strip()) <= 40]))


def _labelled(lines: list[str]) -> list[str]:
    """作者：…, 文/…, 记者 … in short lines."""
    found: list[str] = []
    for line in lines:
        if len(line) > SHORT + 20:
            continue
        if FULL_DATE.search(line):
            found += [name for name in BRACKETED.findall(line) if is_name(name)]
        for match in LABELLED.finditer(line):
            found += _named(match.group(1))
        if not found and len(line) < 60:
            found += _roles(line)
    return found


def _named(text: str) -> list[str]:
    """Names at the beginning of a text, after titles such as 本报记者."""
    text = TITLES.sub("", PLACE.sub("", text.strip(" 　：:")))
    names = split_names(text)
    for match in WITH_ROLE.finditer(text):  # 记者 张三 通讯员 李四
        names += [name for name in split_names(match.group(1)) if name not in names]
    return names


def _roles(text: str) -> list[str]:
    found: list[str] = []
    for match in WITH_ROLE.finditer(PLACE.sub("", text)):
        found += split_names(match.group(1))
    return found


def _opening(body: list[str]) -> list[str]:
    """A byline in the first lines: 本报讯（记者 …）, □ 本报记者 …, a line of its own."""
    for number, text in enumerate(body[:8]):
        if names := _led(number, text):
            return names
    if body and len(names := split_names(body[0])) == 1 and names[0] == re.sub(r"\s", "", body[0]):
        return names  # the author's name alone above the text
    for text in body[:2]:
        if names := _agency(text) or (_roles(text[:40].split("。")[0]) if re.match(r"^[^，。]{0,30}(?:讯|电|消息|报道)", text) else []):
            return names
    return []


def _led(number: int, text: str) -> list[str]:
    """The names that a paragraph begins with, or consists of."""
    if number < 2 and (match := LEADING.match(text)) and (names := _roles(match.group(1))):
        return names
    if number < 4 and (match := DATELINE.match(text)):
        return _roles(match.group(1)) or ([] if NOT_WRITTEN.search(match.group(1)) else split_names(match.group(1)))
    return _own_line(text) if len(text) < 60 else []


def _agency(text: str) -> list[str]:
    """（某某社記者王小明臺北19日電）: the name, then the place, nothing between."""
    match = AGENCY.match(text)
    if not match:
        return []
    run = match.group(1)
    name = run[: min(3, len(run) - 2)]
    return [name] if is_name(name) else []


def _own_line(text: str) -> list[str]:
    """A line that is nothing but a byline."""
    if PHOTO.search(text) and "文" not in text:
        return []
    if match := MARKED.match(text):
        return _named(match.group(1))
    for pattern in (TAIWAN_LINE, BEFORE_SLASH, AFTER_NAMES):
        if match := pattern.match(TITLES.sub("", text)):
            return split_names(match.group(1))
    if LABELLED.match(text.strip("（()） ")) or SOURCE.match(text.lstrip("（(【[")):
        return _labelled([text.strip("（()） ")])
    if len(text) < 40 and not text.endswith(("。", "？", "！")) and re.match(rf"^[（(\s]*[\u4e00-\u9fff《》·“”\s]{{0,16}}(?:{REPORTER}|作者\s)", text):
        return _named(text)
    return []


def _closing(beside: Beside) -> list[str]:
    """A byline at the end: （记者 …）, （张三 李四）, 采写：…; one of Taiwan after any paragraph."""
    for text in (ENDINGS[0][1].sub("", line) for line in reversed(beside.body[-4:])):
        if len(text) < 60 and (names := _own_line(text)):
            return names
        match = IN_BRACKETS.search(text)
        if match and not NOT_WRITTEN.search(match.group(1)) and (names := _bracketed(match.group(1))):
            return names
    found = (match for text in reversed(beside.body) if "報導" in text[-40:] and (match := TAIWAN.search(text[-60:])))
    return next((names for match in found if (names := split_names(match.group(1)))), [])


def _bracketed(inner: str) -> list[str]:
    """The names in the brackets behind the last sentence."""
    inner = re.sub(r"^(?:本报|本网|[\u4e00-\u9fff]{2,8})?(?:讯|电)\s*", "", inner)
    inner = WITH_PHOTO.sub("", OFFICE.sub("", inner))
    if names := _roles(inner) or _labelled([inner]):
        return names
    if match := BEFORE_SLASH.match(inner):
        return split_names(match.group(1))
    return _all_names(re.sub(r"\s*(?:文/图|图/文|文图|图文|文|/文|报道|采写|文并图)$", "", inner))


def _all_names(text: str) -> list[str]:
    """Names where a text is nothing else."""
    names = split_names(text)
    return names if len("".join(names)) == len(re.sub(r"[\s、，,/；;]", "", text)) else []


def _english(head: list[str]) -> list[str]:
    for line in head:
        if len(line) < SHORT and (match := ENGLISH.match(line)):
            return [name.strip() for name in re.split(r",| and | & ", match.group(1)) if name.strip()]
    return []


def _declared(tree: Tree, publisher: str | None) -> list[str]:
    """Authors that the page's head names; systems and publishers are none."""
    for value in [tree.metas[name] for name in META_AUTHORS if tree.metas.get(name)] + tree.values("author")[:3]:
        value = re.sub(r"^(?:by|作者|文)\s*[:：]?\s+", "", value.strip(), flags=re.I)
        if not value or len(value) > 80 or JUNK.search(value) or (publisher and value in publisher):
            continue
        if re.search(r"[\u4e00-\u9fff]", value):
            if names := [name for name in re.split(r"[\s,，、;；/]+", value) if is_name(name)]:
                return names
            continue
        names = [name.strip() for name in re.split(r",| and | & ", value) if re.fullmatch(r"[A-Z][\w.'’-]+(?: [\w.'’-]+){1,4}", name.strip())]
        if names:
            return names
    return []
