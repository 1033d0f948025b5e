"""The sample site as answers: paths, headers, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from crawler.sample.content import SECTION_NAMES, SECTIONS, Story, stories
from crawler.sample.mirror_kit import damage

SITE = "青石新闻网"
PER_PAGE = 8
BEIJING = timezone(timedelta(hours=8))
DISCLAIMERS = (
    "免责声明：本文仅代表作者个人观点，与本网无关。其原创性以及文中陈述文字和内容未经本站证实，请读者仅作参考，并自行核实相关内容。",
    "版权声明：凡本网注明“来源：青石新闻网”的所有作品，版权均属于青石新闻网，未经本网授权不得转载、摘编。",
    "声明：转载此文是出于传递更多信息之目的。若有来源标注错误或侵犯了您的合法权益，请与本网联系，我们将及时更正、删除。",
)
HEADINGS = ("相关阅读", "阅读推荐", "点击排行", "图片精选")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response."""

    body: bytes
    content_type: str = "text/html"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def answers(day: int, base: str) -> dict[str, Answer]:
    """{path: response} of the whole site on a day."""
    made = stories(day)
    found = {story.path: article(story, made) for story in made}
    found |= _old_address(made[3])
    found |= _listings(made)
    found |= _machines(made, base)
    found |= _oddities(made)
    return found


def article(story: Story, made: Sequence[Story], *, paragraphs: Sequence[str] | None = None, more: str = "") -> Answer:
    """A story's page in its own look, encoding and damage."""
    html = LOOKS[story.look](story, list(paragraphs or story.paragraphs), _tail(story, made) + more)
    if "kit" in story.damage:
        html = _damaged(html)
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={story.declared}">' if story.declared else ""
    page = f"<html><head>{meta}<title>{_kit(story, story.title)}_{SECTION_NAMES[story.section]}_{SITE}</title></head><body>{html}</body></html>"
    body = page.encode(story.encoding, "xmlcharrefreplace")
    if "lost_byte" in story.damage:
        at = body.find("版权".encode(story.encoding))
        body = body[: at + 1] + body[at + 2 :] if at > 0 else body
    return Answer(body, f"text/html; charset={story.header}" if story.header else "text/html")


def _kit(story: Story, text: str) -> str:
    return damage(text) if "kit" in story.damage else text


def _damaged(html: str) -> str:
    """Text between tags damaged, tags left alone."""
    parts = html.replace("<", "\0<").replace(">", ">\0").split("\0")
    return "".join(part if part.startswith("<") else damage(part) for part in parts)


def _mail(story: Story) -> str:
    if "email" not in story.damage:
        return ""
    key, address = 0x2A, f"news{story.number}@qingshi.example"
    code = f"{key:02x}" + "".join(f"{ord(char) ^ key:02x}" for char in address)
    return f'<p>新闻线索请寄<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</a>，一经采用即付稿酬。</p>'


def mail_line(story: Story) -> str | None:
    """The paragraph that a page with a protected address really says."""
    return f"新闻线索请寄news{story.number}@qingshi.example，一经采用即付稿酬。" if "email" in story.damage else None


def _byline(story: Story) -> str:
    author = f" 作者：{story.author}" if story.author else ""
    return f"{story.published} 来源：{story.source}{author}"


def _modern(story: Story, paragraphs: list[str], tail: str) -> str:
    body = "".join(f"<p>　　{p}</p>" for p in paragraphs)
    return (
        f'{_nav()}<div class="main"><h1>{story.title}</h1><div class="info"><span>{_byline(story)}</span> <a href="#">分享到微信</a></div>'
        f'<div class="article-content">{body}{_mail(story)}<p>（责任编辑：{story.editor or "青石"}）</p></div>{tail}</div>{_foot()}'
    )


def _trs(story: Story, paragraphs: list[str], tail: str) -> str:
    body = "".join(f'<p style="text-indent:2em">{p}</p>' for p in paragraphs)
    return (
        f'{_nav()}<div class="bt">{story.title}</div><div class="sj">发布时间：{story.published}　来源：{story.source}　作者：{story.author or "佚名"}　【字号：大 中 小】</div>'
        f'<div class="TRS_Editor">{body}{_mail(story)}</div><div>责任编辑：{story.editor or "青石"}</div>{tail}{_foot()}'
    )


def _table(story: Story, paragraphs: list[str], tail: str) -> str:
    body = "".join(f"<p>　　{p}</p>" for p in paragraphs)
    return (
        f"<table width=760><tr><td>{_nav()}</td></tr></table><table width=760><tr><td width=540 valign=top><table><tr><td align=center><b><font size=5>{story.title}</font></b></td></tr>"
        f"<tr><td align=center>{_byline(story)} 【打印】【关闭】</td></tr><tr><td class=zw>{body}{_mail(story)}</td></tr><tr><td align=right>责任编辑：{story.editor or '青石'}</td></tr></table>"
        f"</td><td width=200 valign=top>{tail}</td></tr></table>{_foot()}"
    )


def _br(story: Story, paragraphs: list[str], tail: str) -> str:
    body = "<br><br>".join(f"　　{p}" for p in paragraphs)
    return f"{_nav()}<center><h2>{story.title}</h2></center><p align=center>{_byline(story)}</p><div id=zoom>{body}<br>{_mail(story)}<br>编辑：{story.editor or '青石'}</div>{tail}{_foot()}"


LOOKS = {"modern": _modern, "trs": _trs, "table": _table, "br": _br}


def _nav() -> str:
    links = "".join(f'<a href="/{name}/">{SECTION_NAMES[name]}</a> | ' for name in SECTIONS)
    return f'<div class="nav"><a href="/">首页</a> | {links}<a href="/search?q=">搜索</a></div><div>当前位置：<a href="/">首页</a> &gt; 正文</div>'


def _foot() -> str:
    return f'<div class="foot">版权所有 {SITE} 浙ICP备00000000号 <a href="/about.html">关于我们</a></div>'


def _tail(story: Story, made: Sequence[Story]) -> str:
    """Disclaimer and related titles below (or, in bare looks, inside) the article."""
    others = [made[(story.number * 5 + n * 11) % len(made)] for n in range(4)]
    heading = HEADINGS[story.number % 4]
    note = f"<p>{DISCLAIMERS[story.number % 3]}</p>"
    if story.tail == "bare":
        lines = "".join(f"<p>{other.title[:18]}...</p>" for other in others)
        return f"{note}<p>{heading}</p>{lines}<p>新闻爆料</p>"
    items = "".join(f'<li><a href="{other.path}">{other.title}</a></li>' for other in others)
    return f'{note}<div class="{"rank" if story.tail == "ranking" else "xg"}"><h3>{heading}</h3><ul>{items}</ul></div>'


def _old_address(story: Story) -> dict[str, Answer]:
    """A redirect from an old address of a story."""
    return {f"/old/{story.number}.html": Answer(b"", status=301, headers={"Location": story.path})}


def _listings(made: Sequence[Story]) -> dict[str, Answer]:
    found = {}
    for section in SECTIONS:
        own = [story for story in made if story.section == section]
        pages = [own[n : n + PER_PAGE] for n in range(0, len(own), PER_PAGE)]
        for number, page in enumerate(pages):
            below = f'<a href="/{section}/index_{number + 1}.html">下一页</a>' if number + 1 < len(pages) else ""
            items = "".join(f'<li><a href="{s.path}">{s.title}</a> <span>{s.published[:10]}</span></li>' for s in page)
            name = f"/{section}/" if number == 0 else f"/{section}/index_{number}.html"
            found[name] = _html(f"<title>{SECTION_NAMES[section]}_{SITE}</title>", f"{_nav()}<ul>{items}</ul>{below}{_foot()}")
    newest = "".join(f'<li><a href="{s.path}">{s.title}</a></li>' for s in made[:10])
    extra = '<a href="/old/103.html">旧闻</a> <a href="/yaowen/202601/t20260101_998.html">下线的旧闻</a> <a href="/yaowen/202601/t20260102_999.html">专题</a>'
    found["/"] = _html(f"<title>{SITE}</title>", f"{_nav()}<ul>{newest}</ul>{extra}{_foot()}")
    return found


def _html(head: str, body: str) -> Answer:
    return Answer(
        f'<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode(),
        "text/html; charset=utf-8",
    )


def _machines(made: Sequence[Story], base: str) -> dict[str, Answer]:
    """robots.txt, sitemap, feed."""
    urls = "".join(f"<url><loc>{base}{s.path}</loc><lastmod>{s.published[:10]}</lastmod></url>" for s in made)
    items = "".join(
        f"<item><title>{s.title}</title><link>{base}{s.path}</link><pubDate>{format_datetime(datetime.fromisoformat(s.published).replace(tzinfo=BEIJING))}</pubDate></item>" for s in made[:20]
    )
    xml = '<?xml version="1.0" encoding="UTF-8"?>'
    return {
        "/robots.txt": Answer(
            f"User-agent: *\nDisallow: /search\nDisallow: /private/\nSitemap: {base}/sitemap.xml\n".encode(),
            "text/plain",
        ),
        "/sitemap.xml": Answer(
            f'{xml}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode(),
            "application/xml",
        ),
        "/rss.xml": Answer(
            f'{xml}<rss version="2.0"><channel><title>{SITE}</title><link>{base}/</link>{items}</channel></rss>'.encode(),
            "application/rss+xml",
        ),
    }


def _oddities(made: Sequence[Story]) -> dict[str, Answer]:
    """A page that says it is gone with 200, an index that looks like an article by its address."""
    items = "".join(f'<li><a href="{s.path}">{s.title}</a> {s.published[:10]}</li>' for s in made[20:45])
    return {
        "/yaowen/202601/t20260101_998.html": _html("<title>提示</title>", f"{_nav()}<div>对不起，您访问的页面不存在或已被删除。</div>{_foot()}"),
        "/yaowen/202601/t20260102_999.html": _html("<title>专题：乡村见闻</title>", f"{_nav()}<h1>专题：乡村见闻</h1><ul>{items}</ul>{_foot()}"),
    }
