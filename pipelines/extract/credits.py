"""Editor and authors, from the lines around the headline, the body's ends, and the page's head."""

from __future__ import annotations

import re

from pipelines.disclaimers import ENDINGS
from pipelines.extract.furniture import FULL_DATE
from pipelines.extract.people import is_name, split_names
from pipelines.extract.sources import SHORT, SIGNED, SOURCE, Beside
from pipelines.extract.tree import Tree
from pipelines.signoff import is_signoff

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
PEN_NAME = re.compile(r"作者\s*[:：]\s*([\u4e00-\u9fff]{2,4}?)(?=\s|$|[|｜】\])）,，]|责编|责任编辑|编辑|来源|发布|浏览|点击|时间|日期)")
NOBODY = re.compile(r"来源|时间|发布|浏览|点击|阅读|日期|字号|打印|分享|关闭|收藏|供稿|本报|佚名|责任|责编|未知|不详|匿名|小编|编辑|管理员|本站|本网|网络|综合|原创|转载|整理|记者|网友|通讯员|办公|宣传|融媒|媒体|妇联|[网报社部局委办处科厅院校会台站室组队厂店馆园所镇乡村县市区]$")
WRITER = re.compile("记者|作者|通讯员|撰|采写|文字|供稿|执笔|文[/／:：丨|]")
PLACE = re.compile(r"[／/][\u4e00-\u9fff]{1,6}(?:報導|报道)")
ENGLISH = re.compile(r"^(?:[Bb]y|BY|Posted by|Written by|Author:)\s+([A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}(?:(?:,| and| &) [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}){0,3})")
NOT_WRITTEN = re.compile(r"摄|供图|图片|漫画|绘|制图|编辑|责编|校对|审核|资料|供稿单位|来源")
META_AUTHORS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author")
JUNK = re.compile(r"discuz|dedecms|phpcms|wordpress|webmaster|admin|www\.|http|\d{3}|net\b|com\b|team|copyright|editor|staff", re.I)


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
    found = _labelled(beside.head) or _opening(beside.body) or _closing(beside) or _labelled([*beside.inner, *beside.tail]) or _pen_name(beside) or _english(beside.head)
    if not found and (declared := _declared(tree, publisher)):
        editor = find_editor(beside) or ""
        found = [name for name in declared if name not in editor]  # systems put the editor there, too
    return tuple(dict.fromkeys(found))


def _pen_name(beside: Beside) -> list[str]:
    """作者：… where that is neither a person's common name nor an office."""
    for line in (*beside.head, *beside.tail, *beside.body[-1:], *beside.body[:1]):
        if len(line) <= SHORT and (match := PEN_NAME.search(line)) and not NOBODY.search(match.group(1)):
            return [match.group(1)]
    return []


def names_in(text: str) -> tuple[str, ...]:
    """The names in what a profile's selector for authors found."""
    return tuple(dict.fromkeys(_named(text) or [part.strip() for part in re.split(r"[,，、;；]| and ", text) if 1 < len(part.strip()) <= 40]))


def _labelled(lines: list[str]) -> list[str]:
    """作者：…, 文/…, 记者 … in short lines."""
    found: list[str] = []
    for line in lines:
        if len(line) > SHORT + 20:
            continue
        dated = FULL_DATE.search(line) is not None
        if dated:
            found += [name for name in BRACKETED.findall(line) if is_name(name)]
        for match in LABELLED.finditer(line):
            found += _named(match.group(1))
        if not found and (len(line) < 60 or ((dated or is_signoff(line)) and "，" not in line and "。" not in line)):
            found += _roles(line)
    return found


def _named(text: str) -> list[str]:
    """Names at the beginning of a text, after titles such as 本报记者."""
    text = TITLES.sub("", PLACE.sub("", text.strip(" 　：:").lstrip("（(【〔[")))
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
    for text in (ENDINGS[0][1].sub("", line) for line in reversed(_ends(beside.body))):
        if len(text) < 60 and (names := _own_line(text)):
            return names
        if is_signoff(text) and (names := _labelled([text])):
            return names
        match = IN_BRACKETS.search(text)
        if match and not NOT_WRITTEN.search(match.group(1)) and (names := _bracketed(match.group(1))):
            return names
    found = (match for text in reversed(beside.body) if "報導" in text[-40:] and (match := TAIWAN.search(text[-60:])))
    return next((names for match in found if (names := split_names(match.group(1)))), [])


def _ends(body: list[str]) -> list[str]:
    """The last paragraphs, less the lines that name editors only."""
    return [line for line in body[-SIGNED:] if WRITER.search(line) or not is_signoff(line)][-4:]


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
