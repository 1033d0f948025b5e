"""The looks of an article's page, in the manner of county sites from 2005 to today."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawler.sample.content import SECTION_NAMES, SECTIONS, Story

SITE = "青石新闻网"
ADDRESS = re.compile(r"[a-z]+@[a-z.]+\.example")
KEY = 0x2A
NOTES = {
    "end": (
        "免责声明：本文仅代表作者个人观点，与本网无关。其原创性以及文中陈述文字和内容未经本站证实，请读者仅作参考，并自行核实相关内容。",
        "声明：转载此文是出于传递更多信息之目的。若有来源标注错误或侵犯了您的合法权益，请与本网联系，我们将及时更正、删除。",
    ),
    "rights": ("版权声明：凡本网注明“来源：青石新闻网”的所有作品，版权均属于青石新闻网，未经本网授权不得转载、摘编。",),
    "own": ("凡本网注明“来源：青石新闻网”的所有作品，均为本网合法拥有版权或有权使用的作品，转载请注明来源。",),
    "opinion": ("（本文仅代表作者观点，不代表本网立场。）",),
    "middle": ("声明：本文由入驻本网平台的作者撰写，观点仅代表作者本人，不代表本网立场，如有侵权请联系本网删除。",),
    "seed": (
        "声明：",
        "本文仅代表作者个人观点，与青石新闻网无关。其原创性以及文中陈述文字和内容未经本站证实，对本文以及其中全部或者部分内容、文字的真实性、完整性、及时性本站不作任何保证或承诺，"
        "请读者仅作参考，并请自行核实相关内容。如有侵权请出示权属凭证联系管理员([email protected])删除！",
    ),
    "none": (),
}
HEADINGS = ("相关阅读", "阅读推荐", "点击排行", "图片精选")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a look puts together: HTML of the paragraphs, of what stands below them inside and outside the body, the pager."""

    paragraphs: tuple[str, ...]
    inside: str
    below: str
    pager: str


def parts_of(story: Story, page: int, others: Sequence[Story]) -> Parts:
    """The parts of a page (from 1) of an article; ``others`` are what its related list names."""
    lines = [_shown(line) for line in story.pages[page - 1]]
    notes = [_shown(line) for line in _notes(story)] if page == len(story.pages) else []
    if story.note == "middle" and notes:
        lines[1:1] = notes
        notes = []
    inside, below = _tail(story, others)
    return Parts(tuple(lines), "".join(f"<p>{note}</p>" for note in notes) + inside, below, _pager(story, page))


def _notes(story: Story) -> tuple[str, ...]:
    notes = NOTES[story.note]
    return (notes[story.n % 2],) if story.note == "end" else notes


def _shown(line: str) -> str:
    """A paragraph as HTML: addresses hidden the way Cloudflare hides them."""
    escaped = line.replace("&", "&amp;").replace("<", "&lt;")
    return ADDRESS.sub(lambda match: f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{_hidden(match.group(0))}">[email&#160;protected]</a>', escaped)


def _hidden(address: str) -> str:
    return f"{KEY:02x}" + "".join(f"{ord(char) ^ KEY:02x}" for char in address)


def _tail(story: Story, others: Sequence[Story]) -> tuple[str, str]:
    """(inside the body, below it) of the related list."""
    heading = HEADINGS[story.n % 4]
    links = "".join(f'<li><a href="{other.path}">{other.title}</a></li>' for other in others)
    if story.tail == "bare":
        return f"<p>{heading}</p>" + "".join(f"<p>{other.title}</p>" for other in others) + "<p>新闻爆料</p>", ""
    if story.tail == "truncated":
        return "".join(f"<p>{other.title[:14]}...</p>" for other in others[:2]) + f"<p>{others[2].title[:14]}...{heading}</p><p>新闻爆料</p>", ""
    if story.tail == "seed":
        cut = others[0].title
        return f"<p>{cut[:12]}</p><p>{cut[:18]}...阅读推荐</p><p>新闻爆料</p><p>图片精选</p><p>点击排行</p>", ""
    if story.tail == "none":
        return "", ""
    return "", f'<div class="{"rank" if story.tail == "ranking" else "xg"}"><h3>{heading}</h3><ul>{links}</ul></div>'


def _pager(story: Story, page: int) -> str:
    if len(story.pages) == 1:
        return ""
    numbers = "".join(f'<a href="{story.page_path(n)}">{n}</a> ' if n != page else f"<b>{n}</b> " for n in range(1, len(story.pages) + 1))
    before = f'<a href="{story.page_path(page - 1)}">上一页</a> ' if page > 1 else ""
    after = f'<a href="{story.page_path(page + 1)}">下一页</a>' if page < len(story.pages) else ""
    return f'<div class="page">{before}{numbers}{after}</div>'


def byline(story: Story) -> str:
    author = f" 作者：{story.author}" if story.author else ""
    return f"{story.at} 来源：{story.source}{author}"


def nav() -> str:
    links = "".join(f'<a href="/{name}/">{SECTION_NAMES[name]}</a> | ' for name in SECTIONS)
    return f'<div class="nav"><a href="/">首页</a> | {links}<a href="/epaper/">数字报</a> | <a href="/search?q=">搜索</a></div>'


def crumbs(story: Story) -> str:
    section = SECTION_NAMES.get(story.section, "数字报")
    return f'<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/{story.section}/">{section}</a> &gt; 正文</div>'


def foot() -> str:
    return f'<div class="foot">版权所有 {SITE} 浙ICP备00000000号 <a href="/about.html">关于我们</a></div>'


def _modern(story: Story, parts: Parts) -> str:
    body = "".join(f"<p>　　{p}</p>" for p in parts.paragraphs)
    editor = f"<p>（责任编辑：{story.editor}）</p>" if story.editor else ""
    return (
        f'{nav()}{crumbs(story)}<div class="main"><h1>{story.title}</h1><div class="info"><span>{byline(story)}</span> <a href="#">分享到微信</a></div>'
        f'<div class="article-content">{body}{editor}{parts.inside}</div>{parts.pager}{parts.below}</div>{foot()}'
    )


def _trs(story: Story, parts: Parts) -> str:
    body = "".join(f'<p style="text-indent:2em">{p}</p>' for p in parts.paragraphs)
    author = f"　作者：{story.author}" if story.author else ""
    editor = f"<div>责任编辑：{story.editor}</div>" if story.editor else ""
    return (
        f'{nav()}{crumbs(story)}<div class="bt">{story.title}</div><div class="sj">发布时间：{story.at}　来源：{story.source}{author}　【字号：大 中 小】</div>'
        f'<div class="TRS_Editor">{body}{parts.inside}</div>{parts.pager}{editor}{parts.below}{foot()}'
    )


def _table(story: Story, parts: Parts) -> str:
    body = "".join(f"<p>　　{p}</p>" for p in parts.paragraphs)
    editor = f"<tr><td align=right>责任编辑：{story.editor}</td></tr>" if story.editor else ""
    return (
        f"<table width=760><tr><td>{nav()}{crumbs(story)}</td></tr></table><table width=760><tr><td width=540 valign=top><table><tr><td align=center>"
        f"<b><font size=5>{story.title}</font></b></td></tr><tr><td align=center>{byline(story)} 【打印】【关闭】</td></tr>"
        f"<tr><td class=zw>{body}{parts.inside}{parts.pager}</td></tr>{editor}</table></td><td width=200 valign=top>{parts.below}</td></tr></table>{foot()}"
    )


def _br(story: Story, parts: Parts) -> str:
    body = "<br><br>".join(f"　　{p}" for p in parts.paragraphs)
    editor = f"<br>编辑：{story.editor}" if story.editor else ""
    return f"{nav()}{crumbs(story)}<center><h2>{story.title}</h2></center><p align=center>{byline(story)}</p><div id=zoom>{body}{editor}{parts.inside}</div>{parts.pager}{parts.below}{foot()}"


def _gov(story: Story, parts: Parts) -> str:
    body = "".join(f"<p>{p}</p>" for p in parts.paragraphs)
    file = '<ul class="fj"><li><a href="/files/223.xls">受益农户名单.xls</a></li></ul>' if "附件" in story.text else ""
    return (
        f'{nav()}{crumbs(story)}<div class="xxgk"><table class="head"><tr><td>索引号</td><td>QS-{story.n}</td><td>发布机构</td><td>{story.source}</td></tr></table>'
        f'<h1>{story.title}</h1><div class="info">发布日期：{story.at}　来源：{story.source}　浏览次数：218</div><div class="content">{body}{parts.inside}</div>{file}</div>{parts.below}{foot()}'
    )


def _photo(story: Story, parts: Parts) -> str:
    picture = f'<p align="center"><img src="/pic/{story.n}.jpg" alt="{story.title.partition("：")[2]}"></p>'
    body = "".join(f'<p class="caption">{p}</p>' for p in parts.paragraphs)
    return (
        f'{nav()}{crumbs(story)}<div class="main"><h1>{story.title}</h1><div class="info">{byline(story)}</div>'
        f'<div class="article-content">{picture}{body}{parts.inside}</div>{parts.below}</div>{foot()}'
    )


def _epaper(story: Story, parts: Parts) -> str:
    day = f"{story.at[:4]}年{story.at[5:7]}月{story.at[8:10]}日"
    body = "".join(f"<p>　　{p}</p>" for p in parts.paragraphs)
    return (
        f'<div class="head"><a href="/">青石日报数字报</a> <a href="node_{story.edition}.htm">第{story.edition}版：{story.edition_name}</a></div>'
        f'<div class="date">{day} 第{story.edition}版：{story.edition_name}</div><h1>{story.title}</h1><div class="author">来源：{story.source}　作者：{story.author}</div>'
        f'<div id="ozoom">{body}{parts.inside}</div>{parts.below}<div class="foot">版权所有 青石日报社</div>'
    )


def _english(story: Story, parts: Parts) -> str:
    body = "".join(f"<p>{p}</p>" for p in parts.paragraphs)
    return (
        f'<div class="nav"><a href="/">中文</a> | <a href="/yaowen/">News</a></div><div class="main"><h1>{story.title}</h1>'
        f'<div class="info">Source: {story.source} | Updated: {story.at}</div><div class="article-content">{body}</div>{parts.below}</div>{foot()}'
    )


LOOKS: dict[str, Callable[[Story, Parts], str]] = {
    "modern": _modern, "trs": _trs, "table": _table, "br": _br, "gov": _gov, "photo": _photo, "epaper": _epaper, "english": _english,
}  # fmt: skip
