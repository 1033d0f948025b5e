"""The sample site as answers: paths, headers, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import groupby

from crawler.sample.content import SECTION_NAMES, SECTIONS, Story, stories
from crawler.sample.looks import LOOKS, SITE, foot, nav, parts_of
from crawler.sample.mirror_kit import damage

PER_PAGE = 8
BEIJING = timezone(timedelta(hours=8))
LOST_AT = 12
"""Index, in the second paragraph, of the character that loses its last byte on a page with a lost byte."""
SOFT_404 = ("/yaowen/202601/t20260101_998.html", "/minsheng/202601/t20260105_996.html")
LIST_PAGES = ("/yaowen/202601/t20260102_999.html", "/wenhua/202601/t20260106_995.html")
PRIVATE = "/private/202601/t20260103_997.html"
MOVED = {"/old/103.html": (301, 103), "/old/124.html": (302, 124)}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response."""

    body: bytes
    content_type: str = "text/html"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def answers(day: int, base: str) -> dict[str, Answer]:
    """{path: response} of the whole site on a day, 1 or 2."""
    made = stories(day)
    found = {story.page_path(page): article(story, page, made) for story in made for page in range(1, len(story.pages) + 1)}
    found |= _old_addresses(made)
    found |= _listings(made)
    found |= _epaper([story for story in made if story.edition])
    found |= _machines(made, base)
    found |= _oddities(made)
    return found


def article(story: Story, page: int, made: Sequence[Story]) -> Answer:
    """A page of a story in its own look, encoding and damage."""
    alike = [other for other in made if (other.look == "english") == (story.look == "english") and other.n != story.n]
    others = [alike[(story.n * 5 + n * 11) % len(alike)] for n in range(4)]
    html = LOOKS[story.look](story, parts_of(story, page, others))
    name = f"{story.title}_{SECTION_NAMES.get(story.section, '数字报')}_{SITE}"
    if "kit" in story.damage:
        html, name = _damaged(html), damage(name)
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={story.declared}">' if story.declared else ""
    source = f'<meta name="source" content="{story.source}">' if story.look == "english" else ""
    whole = f"<html><head>{meta}{source}<title>{name}</title></head><body>{html}</body></html>"
    body = whole.encode(story.encoding, "xmlcharrefreplace")
    if "lost_byte" in story.damage:
        body = _without_byte(body, story)
    return Answer(body, f"text/html; charset={story.header}" if story.header else "text/html")


def _damaged(html: str) -> str:
    """Text between tags damaged, tags left alone."""
    parts = html.replace("<", "\0<").replace(">", ">\0").split("\0")
    return "".join(part if part.startswith("<") else damage(part) for part in parts)


def _without_byte(body: bytes, story: Story) -> bytes:
    paragraph = story.paragraphs[1]
    at = body.index(paragraph.encode(story.encoding)) + len(paragraph[: LOST_AT + 1].encode(story.encoding))
    return body[: at - 1] + body[at:]


def _old_addresses(made: Sequence[Story]) -> dict[str, Answer]:
    paths = {story.n: story.path for story in made}
    return {old: Answer(b"", status=status, headers={"Location": paths[n]}) for old, (status, n) in MOVED.items()}


def _listings(made: Sequence[Story]) -> dict[str, Answer]:
    found = {}
    for section in SECTIONS:
        own = [story for story in made if story.section == section]
        pages = [own[n : n + PER_PAGE] for n in range(0, len(own), PER_PAGE)]
        for number, page in enumerate(pages):
            below = f'<a href="/{section}/index_{number + 1}.html">下一页</a>' if number + 1 < len(pages) else ""
            items = "".join(f'<li><a href="{s.path}">{s.title}</a> <span>{s.at[:10]}</span></li>' for s in page)
            name = f"/{section}/" if number == 0 else f"/{section}/index_{number}.html"
            found[name] = _html(f"<title>{SECTION_NAMES[section]}_{SITE}</title>", f"{nav()}<ul>{items}</ul>{below}{foot()}")
    newest = "".join(f'<li><a href="{s.path}">{s.title}</a></li>' for s in made[:10])
    more = {**dict.fromkeys(MOVED, "旧闻"), **dict.fromkeys(SOFT_404, "下线的旧闻"), **dict.fromkeys(LIST_PAGES, "专题"), PRIVATE: "内部通讯"}
    extra = " ".join(f'<a href="{path}">{words}</a>' for path, words in more.items())
    search = '<form action="/search"><input name="q"></form> 热搜：<a href="/search?q=%E6%B3%89">龙王泉</a> <a href="/search/t20260601_1.html">停水</a>'
    feed = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    found["/"] = _html(f"<title>{SITE}</title>{feed}", f"{nav()}{search}<ul>{newest}</ul>{extra}{foot()}")
    return found


def _html(head: str, body: str) -> Answer:
    return Answer(f'<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode(), "text/html; charset=utf-8")


def _epaper(made: Sequence[Story]) -> dict[str, Answer]:
    """The entry page of the e-paper, which leads to the newest issue, and that issue's pages (版)."""
    pages = [list(group) for _, group in groupby(sorted(made, key=lambda story: (story.edition, story.n)), key=lambda story: story.edition)]
    folder = made[0].path.rpartition("/")[0]
    names = "".join(f'<li><a href="node_{page[0].edition}.htm">第{page[0].edition}版：{page[0].edition_name}</a></li>' for page in pages)
    found = {"/epaper/": _html(f'<meta http-equiv="refresh" content="0; url={folder}/node_{pages[0][0].edition}.htm">', "正在进入数字报")}
    for page in pages:
        items = "".join(f'<li><a href="{story.path.rpartition("/")[2]}">{story.title}</a></li>' for story in page)
        title = f"<title>第{page[0].edition}版：{page[0].edition_name}</title>"
        found[f"{folder}/node_{page[0].edition}.htm"] = _html(title, f"<ul>{names}</ul><ul>{items}</ul>")
    return found


def _machines(made: Sequence[Story], base: str) -> dict[str, Answer]:
    """robots.txt, sitemap, feed, and what robots.txt forbids."""
    web = [story for story in made if not story.edition]
    urls = "".join(f"<url><loc>{base}{s.path}</loc><lastmod>{s.at[:10]}</lastmod></url>" for s in web)
    items = "".join(f"<item><title>{s.title}</title><link>{base}{s.path}</link><pubDate>{_mail_date(s)}</pubDate></item>" for s in web[:20])
    xml = '<?xml version="1.0" encoding="UTF-8"?>'
    sitemap = f'{xml}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    feed = f'{xml}<rss version="2.0"><channel><title>{SITE}</title><link>{base}/</link>{items}</channel></rss>'
    robots = f"User-agent: *\nDisallow: /search\nDisallow: /private/\nSitemap: {base}/sitemap.xml\n"
    return {
        "/robots.txt": Answer(robots.encode(), "text/plain"),
        "/sitemap.xml": Answer(sitemap.encode(), "application/xml"),
        "/rss.xml": Answer(feed.encode(), "application/rss+xml"),
        "/search?q=": _html("<title>搜索</title>", "请输入关键词"),
        PRIVATE: _html("<title>内部通讯</title>", "<p>本页供内部人员使用，请勿外传，谢谢配合。</p>"),
    }


def _mail_date(story: Story) -> str:
    return format_datetime(datetime.fromisoformat(story.at).replace(tzinfo=BEIJING))


def _oddities(made: Sequence[Story]) -> dict[str, Answer]:
    """Pages that say with 200 that they are gone, and index pages whose addresses look like an article's."""
    found = {SOFT_404[0]: _html("<title>提示</title>", f"{nav()}<div>对不起，您访问的页面不存在或已被删除。</div>{foot()}")}
    found[SOFT_404[1]] = _html("<title>出错了</title>", f"{nav()}<h2>404</h2><p>抱歉，该文章不存在，3秒后返回首页。</p>{foot()}")
    for path, first in zip(LIST_PAGES, (20, 45), strict=True):
        items = "".join(f'<li><a href="{s.path}">{s.title}</a> {s.at[:10]}</li>' for s in made[first : first + 25])
        found[path] = _html("<title>专题：乡村见闻</title>", f"{nav()}<h1>专题：乡村见闻</h1><ul>{items}</ul>{foot()}")
    return found
