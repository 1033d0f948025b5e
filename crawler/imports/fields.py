"""Articles of other programs: which of their fields is which of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.items import Article, Precision

ALIASES = {
    "url": ("url", "link", "article_url", "source_url", "网址", "链接", "地址"),
    "canonical_url": ("canonical_url", "canonicalUrl"),
    "title": ("title", "headline", "article_title", "标题"),
    "subtitle": ("subtitle", "副题"),
    "text": ("text", "maintext", "articleBody", "text_content", "plaintext", "content", "body", "正文", "内容"),
    "html": ("html", "body_html", "raw_html", "page"),
    "published": ("published_at", "date_publish", "datePublished", "publication_date", "publishing_date", "publish_date", "published", "pub_time", "date", "时间", "日期", "发布时间"),
    "precision": ("published_precision",),
    "modified": ("modified_at", "date_modify", "dateModified"),
    "fetched": ("fetched_at", "date_download", "fetch_timestamp", "crawl_date", "first_seen_at"),
    "authors": ("authors", "author", "记者", "作者"),
    "editor": ("editor", "责编", "责任编辑"),
    "source": ("source", "original_source", "来源"),
    "section": ("section", "channel", "频道", "栏目"),
    "language": ("language", "inLanguage", "lang"),
    "summary": ("summary", "description", "摘要"),
    "dateline": ("dateline",),
    "site": ("site", "source_domain", "canonical_domain"),
}
"""Names of ours, and those under which news-please, Zyte, Fundus, Media Cloud and tables made by hand have them; the first that is filled counts."""
BETWEEN = re.compile(r"\s*[;；、,，|]\s*")


class BadRecord(ValueError):
    """A record that is no article; the message says what is missing."""


def picked(record: Mapping[str, Any]) -> dict[str, Any]:
    """Our names and the values that are filled."""
    lower = {str(key).strip().lower(): value for key, value in record.items() if key is not None}
    found = {}
    for ours, names in ALIASES.items():
        value = next((lower[name.lower()] for name in names if lower.get(name.lower()) not in (None, "", [], "NULL")), None)
        if value is not None:
            found[ours] = value
    return found


def address(values: Mapping[str, Any]) -> str:
    """The record's address. Raises `BadRecord`."""
    url = str(values.get("url") or "").strip()
    try:
        good = urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        good = False
    if not good:
        raise BadRecord(f"no http(s) address: {url[:200]!r} (looked for {', '.join(ALIASES['url'])})")
    return url


def article(values: Mapping[str, Any], zone: ZoneInfo) -> Article:
    """The article in a record, as extracted elsewhere: repair and stripping are still to come. Raises `BadRecord`."""
    url, text = address(values), values.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadRecord(f"no text (looked for {', '.join(ALIASES['text'])})")
    text = "\n".join(line.strip() for line in re.split(r"[\r\n]+", text) if line.strip())
    published, precision = moment(values.get("published"), zone)
    modified, _ = moment(values.get("modified"), zone)
    title = _words(values.get("title"))
    return Article(
        url=url, canonical_url=_words(values.get("canonical_url")), title=title, title_raw=title, subtitle=_words(values.get("subtitle")),
        text=text, text_extracted=text, published=published, published_precision=values.get("precision") or precision,
        published_raw=str(values["published"]) if "published" in values else None, published_from="import" if published else None, modified=modified,
        authors=_authors(values.get("authors")), editor=_words(values.get("editor")), source=_words(values.get("source")),
        section=_words(values.get("section")), language=_words(values.get("language")), summary=_words(values.get("summary")),
        dateline=_words(values.get("dateline")), extractor="import", site=_words(values.get("site")),
    )  # fmt: skip


def moment(value: Any, zone: ZoneInfo) -> tuple[datetime | None, Precision | None]:
    """A date of another program, and how precise it is; one without a zone is taken to be in ``zone``. None where it is none.

    >>> moment("2026-03-18 10:20", ZoneInfo("Asia/Shanghai"))[0].isoformat()
    '2026-03-18T10:20:00+08:00'
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / (1000 if abs(value) > 1e11 else 1), UTC), "second"
        except (ValueError, OverflowError, OSError):
            return None, None
    written = str(value or "").strip()
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return _chinese(written, zone)
    if len(written) <= 10:
        return read.replace(tzinfo=zone), "day"
    return (read if read.tzinfo else read.replace(tzinfo=zone)), ("second" if len(written) >= 19 else "minute")


def _chinese(written: str, zone: ZoneInfo) -> tuple[datetime | None, Precision | None]:
    match = re.match(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?[\sT]*(?:(\d{1,2})[:：时](\d{1,2}))?", written)
    if not match:
        return None, None
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=zone), ("minute" if match[4] else "day")
    except ValueError:
        return None, None


def _words(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _authors(value: Any) -> tuple[str, ...]:
    """Names of a list, of objects with a name (Zyte), or of one string.

    >>> _authors([{"name": "李明"}]), _authors("李明；王芳")
    (('李明',), ('李明', '王芳'))
    """
    parts: Iterable[Any] = BETWEEN.split(value) if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    named = (part.get("name") if isinstance(part, Mapping) else part for part in parts)
    return tuple(dict.fromkeys(name for part in named if (name := _words(part))))
