"""The headline: what the page's lines, its ``<title>`` and its metas agree on, without the site's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extract.furniture import BREADCRUMB, is_dateline, is_furniture, squash
from pipelines.extract.lines import HEADINGS, Line
from pipelines.extract.tree import Tree

SPLIT = re.compile(r"\s*(?:-{2,}|_{1,3}|\s[-–—|·»]\s|[|｜丨»]|—{1,2})\s*")
GLUED = re.compile(r"[-–](?=[^-–]{2,24}$)|[·・](?=[\u4e00-\u9fff]{1,8}(?:日报|晚报|新闻|网|客户端)$)|\s(?=[^\s]{3,16}$)")
SITE = re.compile(
    r"(?:网|網|报|報|台|社|在线|频道|新闻|门户|中心|平台|客户端|官网|官方网站|头条|动态|政府|公司|论坛|首页|正文|资讯|时报|日报|晚报|晨报|传媒|集团|杂志|周刊|电视|广播|财经|体育|娱乐|政务|健康|旅游|汽车|房产|科技|社会|国内|国际|时政|要闻|医院|大学|学院|协会|委员会|[局厅部委办馆站]|News|Times|Post|Daily|\.com|\.cn|\.net)$",
    re.I,
)
BAD = re.compile(r"^(?:首页|正文|新闻|详细页|内容页|文章页|无标题(?:文档)?|untitled(?: document)?|home|index|标题|title)?$", re.I)
LABEL = re.compile(r"^[\[【][^\]】]{1,8}[\]】]\s*")
TITLED = re.compile(r"(?:^|[\s_-])(?:\w*title\w*|\w*tit|biaoti|dabiaoti|bt|headline|f24|h1)(?:$|[\s_-])", re.I)
LONGEST_SITE = 5
"""Characters that `SITE` takes at most."""
SHORTEST = 4
LONGEST = 120
TOP = 400


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline, and the number of the line that it stands in; None where no line shows it."""

    text: str | None
    line: int | None = None


def find_headline(lines: list[Line], tree: Tree, hint: str | None = None) -> Headline:
    """The headline, white space folded; ``hint`` is what a listing called the page."""
    whole = _fold(next((title.text for title in tree.root.iter("title")), None) or "")
    whole = "" if BAD.match(whole) else whole
    meta = _fold(tree.metas.get("og:title") or tree.metas.get("articletitle") or tree.metas.get("title") or "")
    candidates = [line for line in lines[:TOP] if _can_be(line)]
    found = _agreed(candidates, whole, meta) or _cut_short(candidates, whole) or _heading(candidates, whole + meta)
    if found:
        return found
    text = without_site(whole) or without_site(meta) or hint
    named = text and _names_site(text) and len(SPLIT.split(whole)) == 1  # perhaps the site's name and no headline
    return (_beside_date(lines) if named or not text else None) or Headline(text)


def _names_site(text: str) -> bool:
    """Whether a text ends as the names of sites and channels do; only its end is looked at, since the pattern takes 1 µs a character."""
    return SITE.search(text, max(0, len(text) - LONGEST_SITE)) is not None


def _fold(text: str) -> str:
    return " ".join(text.split())


def _can_be(line: Line) -> bool:
    text = line.text
    if not SHORTEST <= len(text) <= LONGEST or line.clutter in ("comment", "related", "advert"):
        return False
    if text.startswith("—"):
        return False  # 副题
    return (line.tag in HEADINGS or line.linked < 0.5 * len(text)) and not BAD.match(text)


def _is_furniture(line: Line) -> bool:
    return is_furniture(line.text) or (line.tag not in HEADINGS and bool(BREADCRUMB.match(line.text)))


def _agreed(candidates: list[Line], whole: str, meta: str) -> Headline | None:
    """The longest line that ``<title>`` or a meta repeats; two lines in a row where it repeats both."""
    if not whole and not meta:
        return None
    reference = f"{squash(whole)}\n{squash(meta)}".lower()
    least = 0.45 * len(squash(without_site(whole) or without_site(meta) or ""))
    best: tuple[tuple[float, ...], Headline] | None = None
    for number, line in enumerate(candidates):
        text = _repeated(line.text, reference)
        flat = squash(text).lower()
        if len(flat) < SHORTEST or flat not in reference or _is_furniture(line):
            continue
        below = candidates[number + 1] if number + 1 < len(candidates) else None
        if below is not None and below.number <= line.number + 1 and len(squash(below.text)) > 3 and flat + squash(below.text).lower() in reference:
            text, flat = f"{text} {below.text}", flat + squash(below.text).lower()
        if len(flat) < least or (_is_site(line.text, whole) and len(flat) < 0.8 * len(squash(whole))):
            continue
        rank = (len(flat), _rank(line), line.number)
        if best is None or rank > best[0]:
            best = (rank, Headline(text, line.number))
    return best[1] if best else None


def _repeated(text: str, reference: str) -> str:
    """A line without a label that the reference lacks; empty where its first letters show that the reference lacks all of it."""
    start = text[:SHORTEST] if text[:SHORTEST].isalnum() else text[0]
    if start.isalnum() and start.lower() not in reference:
        return ""
    label = LABEL.match(text)
    return text[label.end() :] if label and squash(text).lower() not in reference else text


def _rank(line: Line) -> float:
    return {"h1": 3.0, "h2": 2.0, "h3": 1.5}.get(line.tag, 1.0 if TITLED.search(f"{line.block.get('class') or ''} {line.block.get('id') or ''}") else 0.0)


def _is_site(text: str, whole: str) -> bool:
    """Whether a line is the part of ``<title>`` that names the site or its section."""
    parts = [part for part in SPLIT.split(whole) if part]
    return len(parts) > 1 and squash(text) in [squash(part) for part in parts[1:]] and _names_site(text)


def _cut_short(candidates: list[Line], whole: str) -> Headline | None:
    """A heading that goes on where ``<title>`` was cut with dots."""
    match = re.search(r"\.{3}|…", whole)
    if not match or match.start() < 6:
        return None
    start = squash(whole[: match.start()])
    return next((Headline(line.text, line.number) for line in candidates if squash(line.text).startswith(start) and not _is_furniture(line)), None)


def _heading(candidates: list[Line], reference: str) -> Headline | None:
    """The one ``<h1>``, or else the best marked line that shares its characters with ``<title>``."""
    heads = [line for line in candidates if line.tag == "h1"]
    shared = set(squash(reference))
    if len(heads) == 1 and (len(shared) < 8 or len(shared & set(squash(heads[0].text))) >= 0.5 * len(set(squash(heads[0].text)))):
        return Headline(heads[0].text, heads[0].number)
    for line in candidates:
        if not _rank(line) or _is_furniture(line):
            continue
        own = set(squash(line.text))
        if len(own) >= 6 and len(own & shared) >= 0.8 * len(own):
            return Headline(line.text, line.number)
    return None


def without_site(title: str) -> str | None:
    """``<title>`` without the names of site and channel.

    >>> without_site("县里修了一条新路 全县都通了车-某某网")
    '县里修了一条新路 全县都通了车'
    >>> without_site("县里修了一条新路_本地新闻_某某网"), without_site("某某网-县里修了一条新路"), without_site("1-10月工业增长")
    ('县里修了一条新路', '县里修了一条新路', '1-10月工业增长')
    """
    if not title:
        return None
    parts = [part.strip() for part in SPLIT.split(title) if part.strip()]
    if not parts:
        return None
    kept = parts[0]
    if len(squash(kept)) < 6 or (_names_site(kept) and len(parts) > 1):
        longest = max(parts, key=len)
        kept = longest if not _names_site(longest) or len(squash(kept)) < SHORTEST else kept
    if len(parts) > 1 and title.startswith(kept):
        kept = _joined(title, parts)
    for _ in range(2):
        match = next((m for m in reversed(list(GLUED.finditer(kept))) if _names_site(kept[m.end() :])), None)
        if match and len(squash(kept[: match.start()])) >= 6:
            kept = kept[: match.start()].strip()
        elif (first := re.match(r"^([\u4e00-\u9fff]{2,10})[-–](?=.{6})", kept)) and _names_site(first.group(1)):
            kept = kept[first.end() :].strip()
    return kept or None


def _joined(title: str, parts: list[str]) -> str:
    """The beginning of ``<title>`` up to the first part that is a name of the site or short like one."""
    end = len(parts)
    for number in range(1, len(parts)):
        if _names_site(parts[number]) or len(parts[number]) <= 8 or number == len(parts) - 1:
            end = number
            break
    last = parts[end - 1]
    return title[: title.index(last, title.index(parts[0])) + len(last)]


def _beside_date(lines: list[Line]) -> Headline | None:
    """On a page without ``<title>`` and headings: the line above the date line."""
    for number, line in enumerate(lines[:TOP]):
        if not is_dateline(line.text) or line.linked > 0.7 * len(line.text):
            continue
        for above in reversed(lines[max(0, number - 4) : number]):
            if 6 <= len(above.text) <= 60 and above.linked < 0.3 * len(above.text) and not above.text.startswith("—") and not (above.ended or is_furniture(above.text) or BREADCRUMB.match(above.text)):
                return Headline(above.text, above.number)
    return None
