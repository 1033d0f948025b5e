"""The body paragraphs among a container's lines: head and tail trimmed, links and repeats dropped."""

from __future__ import annotations

import re

from pipelines.extract.lines import Line

META_LINE = re.compile(
    r"^(?:来源|來源|稿源|信息来源|发布时间|发布日期|时间|日期|作者|编辑|责编|责任编辑|责任编校|浏览|点击|阅读|字号|字体|字體|分享|评论|打印|"
    r"大\s*中\s*小|【?打印|【?关闭|【字体|\[字体|原标题|标签|关键词|正文|扫一扫|访问量|点击数|我要|收藏|您现在的位置|当前位置|您的位置|首页)\s*(?:[:：/|｜>【（(]|$|\S{0,6}$)"
)
DATE_ONLY = re.compile(r"^\D{0,14}(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}.{0,60}$")
STOP = re.compile(
    r"^[\s【\[（(■◆●▲>*·-]*(?:相关(?:新闻|阅读|报道|链接|文章|推荐|稿件|专题|资讯|内容)|推荐阅读|阅读推荐|延伸阅读|更多(?:新闻|精彩|相关|阅读)|热门(?:新闻|推荐|文章|评论)"
    r"|(?:点击|新闻|阅读|热点|图片|一周|今日|本周)排行|图片精选|精彩(?:图片|推荐)|猜你喜欢|为您推荐|热点(?:新闻|推荐)|新闻爆料|网友评论|我要评论|发表评论|最新评论"
    r"|用户评论|编辑推荐|频道推荐|友情链接|上一[篇条]|下一[篇条]|分享到|分享至|免责声明|版权声明|版权与免责声明|特别声明|郑重声明|本网声明|凡本网|反侵权公告"
    r"|声明\s*[:：]|版权所有|扫一扫|扫描二维码|Copyright|copyright|©|关于我们|联系我们|網友評論|相關新聞|延伸閱讀|推薦閱讀|更多新聞|熱門新聞|版權聲明"
    r"|Related (?:stories|articles|content|topics)|Read more:|More on this story|Recommended|Sign up|Share this|Comments? ?\(?\d*\)?$|Advertisement$)"
)
END_MARK = re.compile(r"^[\s（(【\[]*(?:责任编辑|責任編輯|责编|编辑|责任编校|校对|编审|终审|审核|初审|复审|值班编辑|执行编辑|监制|编校)\s*[:：/／]")
NOISE = re.compile(
    r"^(?:\[?\s*(?:打印|关闭|顶部|返回|收藏|纠错|举报|推荐|分享|转发|评论|登录|注册|复制链接|微信|微博|QQ空间)[\s\]】|]*)+$|"
    r"^(?:请?輸入|请输入|扫一扫在手机|点击(?:查看|进入)|请繼續往下閱讀|請繼續往下閱讀|Advertisement|ADVERTISEMENT|Loading|Share|Print|Email)"
)
PAGER = re.compile(r"^(?:[\[|<>\s]*(?:\d{1,3}|上一页|下一页|首页|末页|尾页|共\d+页|前一页|后一页)[\]|<>\s]*)+$")
CONTENT = re.compile(r"\w")


def squash(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def body_of(lines: list[Line], title: str | None) -> list[Line]:
    """The paragraphs of the article among its container's lines."""
    kept = _tail_cut(_head_cut(lines, title))
    kept = [line for line in kept if not _noise(line)]
    return _once(kept)


def _head_cut(lines: list[Line], title: str | None) -> list[Line]:
    """Leave out headline echo, date and source lines above the first paragraph."""
    echo = squash(title or "")
    last = -1
    for number, line in enumerate(lines[:25]):
        flat = squash(line.text)
        short = len(flat) < 90
        is_title = bool(echo) and short and (flat == echo or (len(flat) > 6 and flat in echo) or (flat.startswith(echo) and len(flat) < len(echo) + 8))
        if is_title or (short and _meta(line)):
            last = number
        elif line.prose and len(flat) > 30:
            break
    head = [line for line in lines[: last + 1] if line.prose and line.free > 60 and not _meta(line)]
    return head + lines[last + 1 :]


def _meta(line: Line) -> bool:
    return bool(META_LINE.match(line.text) or (DATE_ONLY.match(line.text) and len(line.text) < 100 and "。" not in line.text))


def _tail_cut(lines: list[Line]) -> list[Line]:
    """Cut at the first marker after which there is little prose."""
    for number, line in enumerate(lines):
        rest = lines[number:]
        if number and STOP.match(line.text) and len(line.text) < 400:
            prose = sum(x.free for x in rest[1:] if _real(x))
            before = sum(x.free for x in lines[:number] if x.prose)
            if before >= 40 and (prose < 0.35 * before or _legal(rest)):
                return lines[:number]
        if number and END_MARK.match(line.text) and len(line.text) < 60:
            prose = sum(x.free for x in rest[1:] if _real(x))
            before = sum(x.free for x in lines[:number] if x.prose)
            if prose < 0.25 * before:
                return lines[:number]
    return lines


LEGAL = re.compile(r"转载|版权|侵权|本网|本站|授权|注明|刊载|观点|立场|删除|copyright|reserved", re.I)


def _real(line: Line) -> bool:
    return line.prose and not line.clutter and not LEGAL.search(line.text) and line.free > 30


def _legal(rest: list[Line]) -> bool:
    return not any(_real(line) for line in rest[1:])


def _noise(line: Line) -> bool:
    if not CONTENT.search(line.text):
        return True
    if line.linked > 0.65 * len(line.text) and not (line.prose or line.linked < 4):
        return line.marks < 2 or line.linked > 0.9 * len(line.text)
    short = len(line.text) < 40
    if line.clutter and not line.prose:
        return True
    return bool(short and (NOISE.match(line.text) or PAGER.match(line.text) or _meta_strict(line)))


def _meta_strict(line: Line) -> bool:
    return bool(END_MARK.match(line.text) or (META_LINE.match(line.text) and not line.prose))


def _once(lines: list[Line]) -> list[Line]:
    """A long paragraph that comes again is a second view of the page."""
    seen: set[str] = set()
    out = []
    for line in lines:
        flat = squash(line.text)
        if len(flat) >= 16 and flat in seen:
            continue
        seen.add(flat)
        out.append(line)
    return out
