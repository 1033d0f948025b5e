"""Pages that are no article, told apart: not found, login, challenge, index."""

from __future__ import annotations

import re

from crawler.items import AntiBot, Dropped, IndexPage, LoginWall, NotText, SoftNotFound
from pipelines.extract.lines import Line

MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
    b"\x1f\x8b",
    b"RIFF",
    b"7z\xbc\xaf",
)
GONE = re.compile(
    r"(?:页面|頁面|网页|文章|新闻|信息|内容|文件|稿件)(?:不存在|未找到|已(?:被)?删除|已下线|找不到|走丢)|(?:您|你)(?:访问|查看|要找|浏览|请求)的(?:页面|文章|内容|新闻|网页|信息)[^。]{0,8}(?:不存在|已删除|找不到|被删除|出错)"
    r"|404\s*(?:not found|错误|页面)|找不到(?:该|您|你|此|这|相关)?[^。]{0,6}(?:页面|网页|文件)|page not found|no longer (?:available|exists)",
    re.I,
)
LOGIN = re.compile(
    r"(?:请|需要?|必须)(?:先)?(?:登录|登陆|登入)(?:后|才|以|查看|阅读|您)(?![^。\n]{0,8}(?:评论|留言|发言|回复|参与|收藏|点赞|关注|投稿|跟[帖贴]|讨论|提问|发表|订阅))|登录后(?:查看|阅读|可见)(?!评论|留言)|please (?:log|sign) in to (?:read|continue|view)",
    re.I,
)
CHALLENGE = re.compile(
    r"(?:请|正在)(?:完成|进行)?(?:安全|人机|滑动|浏览器)?(?:验证|检查)(?:码|后|您|以|$)|访问(?:过于|太)频繁|您的(?:请求|访问)(?:被|已被|存在)(?:拦截|阻断|异常)|checking your browser|enable javascript and cookies|are you a (?:robot|human)|captcha",
    re.I,
)
DATED = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\W*$|\d{1,2}[-/]\d{1,2}\W*$")
SHORT = 400


def refuse_binary(body: bytes, url: str) -> None:
    """Raise `NotText` for a body that is no page."""
    start = body[:16].lstrip()
    if start.startswith(MAGIC):
        raise NotText(f"{url}: the body is a file, not a page")
    if not body.strip():
        raise NotText(f"{url}: the body is empty")


def refuse_by_text(lines: list[Line], paragraphs: list[Line], title: str | None, url: str) -> None:
    """Raise the `Dropped` that a page without an article deserves; called with the body as found."""
    body = sum(line.free for line in paragraphs)
    if body < SHORT:
        whole = "\n".join(line.text for line in lines)
        shown = (title or "") + "\n" + "\n".join(line.text for line in paragraphs)
        small = whole if len(whole) < 1500 else shown
        for pattern, reason in ((GONE, SoftNotFound), (CHALLENGE, AntiBot), (LOGIN, LoginWall)):
            if match := pattern.search(small):
                raise reason(f"{url}: the page says {match.group(0)!r}")
    if reason_ := _index(lines, paragraphs, body):
        raise reason_(f"{url}: a list of links, not an article")


def _led_by_link(lines: list[Line], line: Line) -> bool:
    """Whether a linked headline stands right above a paragraph: the first lines of another article."""
    above = lines[max(0, line.number - 2) : line.number]
    return any(other.linked >= 6 and other.linked > 0.5 * len(other.text) for other in above)


def _dated(text: str) -> bool:
    """Whether a text ends in a date. Its last letter or digit tells most texts that do not."""
    last = next((char for char in reversed(text) if char.isalnum() or char == "_"), "")
    return last.isdecimal() and DATED.search(text) is not None


def _index(lines: list[Line], paragraphs: list[Line], body: int) -> type[Dropped] | None:
    """An index page has dated or linked lines by the dozen and no run of prose."""
    listed = sum(1 for line in lines if line.linked >= 6 and (line.linked > 0.5 * len(line.text) or _dated(line.text)))
    prose = [line for line in paragraphs if line.prose]
    led = sum(1 for line in prose if _led_by_link(lines, line))
    if led >= 4 and led >= 0.7 * len(prose) and sum(1 for line in lines if _dated(line.text)) >= 0.5 * led:
        return IndexPage
    if not prose and body < 30 and listed >= 8:
        return IndexPage
    dated = sum(1 for line in paragraphs if line.linked > 8 or _dated(line.text))
    spoken = sum(line.free for line in prose)
    return IndexPage if len(paragraphs) >= 6 and dated >= 0.6 * len(paragraphs) and spoken < SHORT else None
