"""Lines that a page prints around an article: date and source lines, share bars, pagers. As text, without layout."""

from __future__ import annotations

import re
from functools import lru_cache

DATE = r"(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}|民[國国]\d{2,3}年\d{1,2}月\d{1,2}日|(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{2}|\d{1,2}(?:st|nd|rd|th)?\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s+(?:19|20)\d{2})"
CLOCK = r"(?:(?:上午|下午|凌晨|早上|中午|晚上?|AM|PM)?\s*\d{1,2}\s*[:：时時点]\s*\d{1,2}(?:\s*[:：分]\s*\d{1,2}秒?)?\s*分?\s*(?:[ap]\.?m\.?|AM|PM)?(?:\s+[A-Z]{2,4}\b)?)"
WEEKDAY = r"(?:星期[一二三四五六日天]|周[一二三四五六日]|週[一二三四五六日])"
NAMED = (
    r"(?:信息来源|文章来源|新闻来源|稿件来源|内容来源|本文来源|资料来源|来源于?|來源|稿源|转自|出处|出處|发布(?:机构|单位|人|者)|作者|记者|撰文|撰稿|摄影|编辑|編輯|責任編輯|责任编辑|责编|校对|编审|审核|审稿|录入|信息员|供稿(?:单位)?|通讯员|签发|责任校对|值班(?:编辑|主任)|二审|三审|初审|复审|终审|监制|主编|统筹|选稿|栏目|频道|版次|文号|索引号|关键词|關鍵字|标签|標籤|分类|分類|所属(?:栏目|分类)|Tags?|By)"
)  # fmt: skip
COUNTED = (
    r"(?:发布(?:时间|日期)?|發布(?:時間|日期)?|发表(?:时间|日期|于)|發表(?:時間|日期|於)|更新(?:时间|日期|于)?|更新(?:時間|日期)|最后更新|最後更新|上传时间|录入时间|创建时间|日期|时间|時間|浏览(?:次数|量)?|瀏覽(?:次數|量)?|点击(?:数|次数|率|量)?|阅读(?:次数|量|数)?|閱讀(?:次數|數)?|访问(?:次数|量)?|人气|人氣|热度|查看|评论(?:数)?|跟贴|字号|字號|字體|字体|字体大小|大小|字数|语音播报|阅读时长)"
)  # fmt: skip
FIELD = rf"{NAMED}\s*[:：/／]\s*[\[［【「《“]?\s*[^\s|｜，,。；;:：]{{0,18}}(?:\s+[\u4e00-\u9fff·]{{2,4}}(?=\s|$|[|｜\])）】])){{0,3}}|{COUNTED}\s*[:：/／]?\s*(?=\d|$|[\s|｜\[【（(/]|[大中小加放缩特默])"
WIDGET = (
    r"(?:打印(?:本页|本文|本稿|此页|文章|文稿)?|列印|关闭(?:本页|窗口|本窗口)?|關閉|收藏(?:本页|文章|本文|此文)?|加入收藏|分享(?:到|至|給朋友|给好友|按钮|本文|文章)?|转发|转载|轉寄|复制(?:链接|地址|网址)?|複製連結|推荐(?:给好友)?|投稿|纠错|我要纠错|报错|挑错|举报|顶部|返回(?:顶部|首页|列表|上一页|栏目页?)?|回到(?:顶部|首页)"
    r"|放大|缩小|增大|减小|默认|正常|超大|特大|大|中|小|特|字号|字體|字体|字級設定|设置字体|微信(?:好友|朋友圈|扫一扫)?|朋友圈|微博|新浪微博|腾讯微博|QQ空间|QQ好友|QQ|Qzone|人人网?|开心网?|豆瓣|易信|空间|更多|邮件|评论|发表评论|发表意见|我要评论|我来说两句|我有话说|留言|讨论|论坛|进入论坛|点赞|赞|顶|踩|手机(?:看新闻|查看|版)?|手机上看|下载客户端|客户端|繁體|繁体|简体|简|繁|朗读|语音|听新闻|无障碍|页面功能|热点排行|收起|展开(?:全文|阅读全文)?|阅读全文|点击查看(?:原图|大图|全文)?|点击(?:放大|看大图)|查看(?:大图|原图)|点击图片进入下一页|点击进入下一页|图集|高清图集|资料图片?|正文|正文内容|分享让更多人看到|扫码(?:分享|阅读)?|T\+?|A\+?|A-|Tag|Facebook|Twitter|LINE|Line|Weibo|WeChat|Plurk|Email|E-mail|Print|Share|Tweet|Pin|Copy link|Comments?|Advertisement|ADVERTISEMENT|Advert|Published|Updated|Posted|Last (?:updated|modified)|Loading\.*|正在加载\.*|加载更多|广告|廣告|登录|登錄|注册|取消|确定)"
)
BREADCRUMB = re.compile(r"^(?:(?:您?(?:现在|目前|当前)?的?(?:所在)?位置|当前位置|所在位置|現在位置|现在位置|首页|首頁|主页|Home)\s*(?:是?[:：]|[>»›＞/→-]|&gt;)|[^。，！？]{1,30}(?:\s*[>»›＞]\s*[^>»›＞]{1,40}){1,6}$)")
PAGER = re.compile(
    r"^(?:[\[|【\s]*+(?:\d(?:\s*+[页頁])?+|[上下]一?+[页頁]|[首末尾][页頁]|[前后]一[页頁]|共\s*+\d++\s*+[页頁]|第\s*+\d++\s*+[页頁]|全文|Next|Prev(?:ious)?+|[<>»«…]|\.{3})[\]|】/\s]*+){2,}+$"
    r"|^[\[【<>|\s]*+(?:上一?[页頁]|下一?[页頁]|末页|尾页|第?\d+/\d+页?)[\]】<>|\s]*+$"
)
"""Two links of a pager, or one that turns the page. No character can be read in two ways: what can costs a power of the line's length."""
TOKEN = re.compile(rf"{FIELD}|{DATE}(?:\s*T?\s*{CLOCK})?|{CLOCK}(?![\u4e00-\u9fff])|{WEEKDAY}|(?<![\u4e00-\u9fff]){WIDGET}(?![\u4e00-\u9fff])|\d+(?:次|人|条|評論|评论)?", re.I)
JOINED = re.compile(
    r"(?<=[\u4e00-\u9fffA-Za-z0-9)）】》\]])(?:"
    r"(?=(?:信息来源|文章来源|新闻来源|稿件来源|内容来源|本文来源|稿源|责任编辑|责编|审核|校对|发布时间|发布日期|更新时间|浏览次数|浏览量|点击数|点击量|阅读量|阅读次数|字号|分享到)\s*[:：])|(?=打印(?:\s|$|\d|[\u4e00-\u9fff]{2,4}\s*[:：]))"
    r"|(?<!信息)(?<!文章)(?<!新闻)(?<!稿件)(?<!内容)(?<!本文)(?<!资料)(?<!图片)(?=来源\s*[:：])|(?<!原)(?=作者\s*[:：])|(?=(?:记者|通讯员)\s*[:：])"
    r"|(?<!责任)(?<!网络)(?<!值班)(?<!实习)(?<!执行)(?=编辑\s*[:：])|(?<!发布)(?<!更新)(?<!发表)(?<!录入)(?=(?:时间|日期)\s*[:：])|(?<!图)(?<!、)(?=文/))"
)
"""Where one field of a line runs into the next, as spans do that only a style sheet keeps apart."""
REST = re.compile(r"[\W_]+")
LETTER = re.compile(r"[^\W_]")
DIGIT = re.compile(r"\d")
FULL_DATE = re.compile(DATE)
LONGEST = 150
ECHO = 90


@lru_cache(maxsize=512)
def spread(text: str) -> str:
    """A line of fields with a space between those that run together.

    >>> spread("来源：县农业农村局作者：王小明浏览次数：12")
    '来源：县农业农村局 作者：王小明 浏览次数：12'
    """
    return JOINED.sub(" ", text) if len(text) <= LONGEST and ("：" in text or ":" in text or "/" in text) else text


def squash(text: str) -> str:
    """Letters and digits only."""
    return REST.sub("", text)


def is_furniture(text: str) -> bool:
    """Whether a line is nothing but date, source, byline labels, counters and buttons.

    >>> is_furniture("2019-09-18 06:23 来源：山西日报 字号：大 中 小"), is_furniture("时间会证明一切。")
    (True, False)
    """
    if len(text) > LONGEST or text.endswith(("。", "？", "！")):
        return False
    if PAGER.match(text):
        return True
    at = 0
    while word := LETTER.search(text, at):
        token = TOKEN.match(text, word.start())
        if token is None:
            return False
        at = token.end()
    return True


def is_dateline(text: str) -> bool:
    """Whether a short line above the text gives the date with the publisher's name beside it.

    >>> is_dateline("AUTO.SOHU.COM 2003年11月12日16:36 金羊网—新快报"), is_dateline("2003年11月12日，他走进了县城。")
    (True, False)
    """
    if len(text) > 90 or "。" in text or not DIGIT.search(text) or not FULL_DATE.search(text):
        return False
    rest = squash(TOKEN.sub(" ", text))
    return len(rest) <= 24 and not re.search(r"[，、；]", text)


def is_echo(text: str, title: str) -> bool:
    """Whether a line says the headline again (whole, its beginning, or with a word of two around it)."""
    line, head = squash(text), squash(title)
    if not head or not line or len(line) > ECHO:
        return False
    return line == head or (len(line) > 8 and len(line) >= 0.6 * len(head) and line in head) or (head in line and len(line) <= len(head) + 8)
