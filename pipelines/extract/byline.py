"""Date, source, editor and authors from the line beside the headline, the body's ends, and the page's head."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.dates import Found, date_from_url, find_date

END = r"(?=\s*(?:$|[|｜【】\[\]（）()<>；;，,。]|\s{1}|&nbsp|(?:19|20)\d{2}[-年/.]|作者|编辑|责编|责任|记者|发布(?=时间|日期|于|[:：])|时间|日期|浏览|点击|阅读|字号|字体|分享|评论|打印|关闭|选稿|频道|通讯员|版次|来稿|查看|人气))"
SOURCE = re.compile(
    r"(?:信息来源|文章来源|新闻来源|稿件来源|内容来源|来源|來源|稿源|转自|轉自|出处|出處|来源于)\s*[:：]\s*[“\"《【\[]?\s*([A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+){1,3}|[^\s|｜【】\[\]（）()<>；;，,。:：]{2,24}?)[”\"》】\]]?"
    + END
)
SOURCE_BARE = re.compile(
    r"(?:19|20)\d{2}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?\s*(?:来源|來源)?\s*[:：]?\s*([\u4e00-\u9fffA-Za-z]{2,12}(?:网|報|报|社|台|电视|广播|日报|晚报|新闻|在线|客户端))(?:\s|$)"
)
EDITOR = re.compile(r"(?:责任编辑|責任編輯|责任编校|责编|責編|编辑|值班编辑|执行编辑)\s*[:：/／]\s*([\u4e00-\u9fff·]{2,4}(?:[、 ][\u4e00-\u9fff·]{2,4})?|[A-Za-z]{2,6}\d{0,6})")
NAME = r"[\u4e00-\u9fff·]{2,4}"
NAMES = rf"({NAME}(?:(?:[、，, 　/]|\s)+{NAME}){{0,5}})"
AUTHOR_FIELD = re.compile(r"(?:作者|撰文|撰稿|文字|文)\s*[:：/／]\s*(?:本报|本网|本刊)?(?:记者|通讯员)?\s*" + NAMES)
REPORTER = re.compile(r"(?:(?:[\u4e00-\u9fff·]{0,14}?)(?:记者|通讯员|特约记者|见习记者|实习生|實習記者|記者|特派员|全媒体记者))\s*[:：]?\s*" + NAMES)
CREDIT = re.compile(rf"[（(【\[]\s*(?:(?:[^（()）]{{0,16}}?)(?:记者|通讯员|記者))?\s*[:：]?\s*{NAMES}\s*(?:文并图|文/图|摄影报道|文|报道|撰文|／文|/文)?\s*[)）】\]]\s*$")
NOT_NAMES = re.compile(
    r"从|在|获悉|了解|采访|报道|表示|看到|来到|日前|昨|今天|走进|通讯|发自|摄影|摄|电$|讯$|综合|本报|本网|记者|编辑|新闻|网$|报$|中国|见习|实习|近日|随|对|向|于|问|说|就|与|和|的|是|完|图片|责任|来源|发布|时间|作者|供图|资料|图$|北京|上海|实时|一线|现场"
)
LOCAL_NAMES = re.compile(r"[、，, 　/\s]+")
META_DATES = (
    "pubdate", "publishdate", "article:published_time", "og:published_time", "publish_time", "firstpublishedtime", "og:release_date",
    "weibo:article:create_at", "date", "dc.date", "dc.date.issued", "article.published", "sailthru.date", "parsely-pub-date", "datepublished",
    "pub_date", "release_date", "lastmodified_",
)  # fmt: skip
META_SOURCES = ("contentsource", "source", "article:source", "mediaid")
META_AUTHORS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author")
JUNK_AUTHOR = re.compile(
    r"discuz|dedecms|phpcms|webmaster|admin|www\.|http|\d{3}|net\b|com\b|team|copyright|网$|報$|报$|新闻|公司|系统|编辑",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Published:
    """A date and where on the page it was found."""

    found: Found
    where: str


def find_published(top: list[str], page: tuple[Any, dict[str, str], str], zone: ZoneInfo, fetched: datetime | None) -> Published | None:
    """The date: beside the headline first, then the page's head, then the address. ``page``: root, metas, url."""
    root, metas, url = page
    candidates = [*_from_metas(metas, root, zone, fetched)]
    near = _from_lines(top, zone, fetched)
    if near:
        candidates.insert(0, near)
    for candidate in candidates:
        if candidate.found.precision in ("minute", "second") and (not near or near.found.when.date() == candidate.found.when.astimezone(near.found.when.tzinfo).date()):
            return candidate
    if candidates:
        return candidates[0]
    found = date_from_url(url, zone=zone)
    return Published(found, "url") if found and found.when.year >= 1995 else None


def _from_lines(lines: list[str], zone: ZoneInfo, fetched: datetime | None) -> Published | None:
    """A full date first; a relative one only from a short line, since running text has them too."""
    usable = [line for line in lines if len(line) <= 160 and not re.search(r"copyright|©|版权所有|ICP", line, re.I)]
    for against in (None, fetched):
        for line in usable if against is None else [x for x in usable if len(x) < 50 and "。" not in x]:
            if found := find_date(line, zone=zone, fetched_at=against):
                return Published(found, "byline")
    return None


def _from_metas(metas: dict[str, str], root: Any, zone: ZoneInfo, fetched: datetime | None) -> list[Published]:
    values = [(metas[name], "meta") for name in META_DATES if metas.get(name)]
    values += [(value, "jsonld") for value in json_values(root, "datePublished")]
    values += [(e.get("datetime") or e.get("content") or "", "meta") for e in root.xpath("//time[@datetime]|//*[@itemprop='datePublished']")[:2]]
    out = []
    for value, where in values:
        if found := find_date(value[:64], zone=zone, fetched_at=fetched):
            out.append(Published(found, where))
    return out


def json_values(root: Any, key: str) -> list[str]:
    """String values of a key in the page's JSON-LD, in order."""
    out: list[str] = []
    for script in root.xpath("//script[@type='application/ld+json']")[:8]:
        text = (script.text or "")[:200_000]
        try:
            _collect(json.loads(text), key, out, 0)
        except (ValueError, RecursionError):
            out += re.findall(rf'"{key}"\s*:\s*"([^"]{{1,200}})"', text)[:1]
    return out


def _collect(value: Any, key: str, out: list[str], depth: int) -> None:
    if depth > 6:
        return
    if isinstance(value, dict):
        found = value.get(key)
        if isinstance(found, str):
            out.append(found)
        elif isinstance(found, dict | list):
            names = found if isinstance(found, list) else [found]
            out += [n["name"] if isinstance(n, dict) else n for n in names if isinstance(n, str) or isinstance(n.get("name"), str)]
        for inner in value.values():
            _collect(inner, key, out, depth + 1)
    elif isinstance(value, list):
        for inner in value[:50]:
            _collect(inner, key, out, depth + 1)


def find_source(lines: list[str], metas: dict[str, str]) -> str | None:
    """来源 as printed."""
    for line in lines:
        if len(line) < 300 and (match := SOURCE.search(line)):
            return match.group(1).strip("·-—/ ") or None
    for name in META_SOURCES:
        value = (metas.get(name) or "").strip()
        if 2 <= len(value) <= 24 and not value.isdigit() and not value.startswith("http"):
            return re.sub(r"^(?:来源|稿源)\s*[:：]\s*", "", value)
    for line in lines[:12]:
        if len(line) < 80 and (match := SOURCE_BARE.search(line)):
            return match.group(1)
    return None


def find_editor(lines: list[str]) -> str | None:
    """责任编辑 as printed."""
    for line in lines:
        if len(line) < 200 and (match := EDITOR.search(line)):
            return match.group(1).strip()
    return None


def find_authors(near: list[str], body: list[str], metas: dict[str, str], root: Any) -> tuple[str, ...]:
    """Names of those who wrote it, in page order; never the editor.

    ``near``: lines beside the headline; ``body``: paragraphs.
    """
    found = _beside(near)
    found = found or _in_body(body)
    if not found:
        values = [metas[name] for name in META_AUTHORS if metas.get(name)] + json_values(root, "author")
        for value in values[:3]:
            found += _latin_or_han(value)
            if found:
                break
    return tuple(dict.fromkeys(found))


def _beside(near: list[str]) -> list[str]:
    found: list[str] = []
    for line in near:
        if len(line) < 160:
            for match in AUTHOR_FIELD.finditer(line):
                found += _names(match.group(1))
            if not found and len(line) < 60:
                for match in REPORTER.finditer(line):
                    found += _names(match.group(1))
    return found


def _in_body(body: list[str]) -> list[str]:
    found: list[str] = []
    for text in [*body[:2], *body[-2:]]:
        if match := CREDIT.search(text):
            found += _names(match.group(1))
    for text in ([t[:90] for t in body[:2]] + [t[-60:] for t in body[-1:]]) if not found else ():
        for match in REPORTER.finditer(text):
            found += _names(match.group(1), strict=True)
    return found


def _names(text: str, *, strict: bool = False) -> list[str]:
    out = []
    for part in LOCAL_NAMES.split(text.strip()):
        name = part.strip("·")
        if not 2 <= len(name) <= 4 or NOT_NAMES.search(name):
            break
        if strict and len(name) == 4 and "·" not in name:
            break
        out.append(name)
    return out


def _latin_or_han(value: str) -> list[str]:
    value = re.sub(r"^(?:by|作者[:：]?)\s+", "", value.strip(), flags=re.I)
    if not value or len(value) > 80 or JUNK_AUTHOR.search(value):
        return []
    if re.search(r"[\u4e00-\u9fff]", value):
        return _names(value)
    return [name.strip() for name in re.split(r",| and ", value) if 3 < len(name.strip()) < 40]
