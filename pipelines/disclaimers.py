"""The sentences by which disclaimers, copyright notices and editor lines are known: data, with examples.

A pattern is tried on a whole line. Every rule carries a line that it takes and one, close to it, that it leaves.
"""

from __future__ import annotations

import re
from functools import lru_cache

from storage.simplify import simplify

LONGEST = 700
"""A longer line is no boilerplate."""
NUMBER = r"[①②③④⑤\d一二三四五六七八九十、.．\s（()）【\[※●■◆*＊-]*"
TITLE = (
    r"(?:免责声明|免責聲明|版权声明|版權聲明|版权与免责声明|版权及免责声明|版权说明|著作权声明|特别声明|特別聲明|郑重声明|重要声明|网站声明|本[站网]声明"
    r"|本[站网]特别声明|转载声明|转载说明|反侵权公告|侵权声明|法律声明|声明|免责条款|版权)"
)  # fmt: skip
OWN = r"(?:本[网站台报平]|本公众号|本平台|本媒体|[\u4e00-\u9fff]{2,8}(?:网|报社|在线|新闻网|客户端|号))"

HEADS: tuple[tuple[str, str, str, str], ...] = (
    # rule, pattern of a whole line, an example, a line that stays
    ("heading", rf"^[\s【\[（(※*—-]*{TITLE}\s*[】\])）]?\s*[:：]?\s*[—-]*$", "免责声明：", "免责声明书在县政务大厅领取。"),
    ("legal", rf"^[\s【\[（(*※●■◆>]*(?:{OWN})?{TITLE}\s*(?:[】\])）]\s*[:：]?|[:：])", "免责声明：本文仅代表作者个人观点，与本网无关。", "声明：县里的老人都这么说，他听了只是笑。"),
    ("own_rights", rf"^{NUMBER}(?:凡|任何)(?:是|属)?(?:本[网站报台]|注明|来源|转载|标有|经|在|单位|媒体|未)[^。]{{0,60}}(?:注明|来源|转载|作品|稿件|内容|授权|许可|版权)", "凡本网注明“来源：某网”的所有作品，版权均属于某网。", "凡本村户口的老人，来镇上看病都不收挂号费。"),
    ("opinion", r"^[\s（(【\[*※]*(?:以上|本文|文章|该文|文中|此文|上述|网友评论|评论)(?:内容|文章|信息|所述|观点|版权|图片|资讯|中的?)?[^。]{0,24}(?:仅代表|不代表|并不代表|不表明|并不表明|纯属|仅供参考(?!的)|仅供娱乐|与本[网站]|版权归|归(?:原)?作者|来源于?网络|来自网络)[^。]{0,40}", "本文仅代表作者观点，不代表本站立场。", "本文的主人公代表全村去过一次省城。"),
    ("site_says", rf"^(?:本[网站台报](?:站)?|本公众号|{OWN})(?:站)?(?:所)?(?:刊载|登载|发布|转载|有|收集)[^。]{{0,40}}(?:不代表|版权|归|来源于|如有|仅供)", "本网站所刊载信息，不代表本网观点。", "本网所有记者都下过乡。"),
    ("storage", r"(?:系|仅|只|为)[^。]{0,14}(?:信息发布平台|信息存储(?:空间)?服务|存储空间服务)|自媒体平台[^。]{0,20}(?:上传|发布)", "本平台仅提供信息存储服务。", "县档案馆提供的信息查询服务很方便。"),
    ("contact", r"(?:如有|若有|如|若|涉及|存在|因|发现)[^。]{0,24}(?:侵权|侵犯|版权问题|版权纠纷|不妥|异议)[^。]{0,60}(?:联系|联络|删除|告知|来信|来电|处理|通知|更正)", "如有侵权请联系管理员删除。", "县法院因侵犯商标权判他赔五万元。"),
    ("truth", r"(?:本[站网]|本公众号|平台)[^。]{0,20}(?:不对|不保证|未对|不承担|概不负责)[^。]{0,60}(?:真实性|准确性|完整性|责任|核实|保证|负责)|负责[^。]{0,14}内容的?(?:真实性|准确性|合法性)|(?:真实性|准确性|完整性|原创性)[^。]{0,40}(?:不作|不做|未经|不承担)[^。]{0,20}(?:保证|承诺|证实|核实|责任)", "其原创性以及文中陈述文字和内容未经本站证实，本站对其真实性不作任何保证。", "本站民警对每一条线索的真实性都要核实。"),
    ("purpose", r"(?:转载|登载|发布|刊载)[^。]{0,30}(?:目的|出于)[^。]{0,20}(?:传递|传播|分享)[^。]{0,20}(?:信息|资讯|之目的)|(?:并不|不)(?:意味着|代表|等于)[^。]{0,12}赞同(?:其|该|文中)?[^。]{0,4}观点", "转载目的在于传递更多信息，并不代表本网赞同其观点。", "他发布消息的目的是为了多卖几斤苹果。"),
    ("advice", r"(?:不构成|并不构成|不作为)[^。]{0,16}(?:投资|操作|买卖)[^。]{0,6}(?:建议|依据|意见|指导)|据此(?:操作|入市|投资)[^。]{0,10}(?:风险|后果|责任)", "不构成投资建议，据此操作，风险自担。", "投资建议书昨天交到了县发改委。"),
    ("reserved", r"^[\s]*(?:版权所有|版權所有|著作权所有|Copyright|©|\(c\)\s|All rights reserved)(?!者|人)[^。]{0,120}$", "版权所有 某某网", "版权所有者是村里的老木匠。"),
    ("no_reprint", r"^[^。，]{0,30}未[经获][^。]{0,20}(?:授权|许可|同意|允许|准许|书面)[^。]{0,16}(?:不得|禁止|严禁|谢绝|请勿|勿)[^。]{0,24}(?:转载|转摘|摘编|镜像|改编|抄袭|复制|使用|引用|链接)[^。]{0,60}[。.！!]?[\]】）)]?$|^[\s（(【\[※]*(?:严禁|禁止|请勿|谢绝|(?:原创)?版权(?:所有|禁止)?[^。]{0,10}(?:不得|禁止|严禁|请勿|谢绝|勿))[^。]{0,16}(?:转载|转摘|摘编|镜像|抄袭|商业用途|复制|使用)[^。]{0,30}[。.！!]?[\]】）)]?$", "未经本网授权不得转载。", "任何单位未经批准不得砍伐树木。"),
    ("editor", r"^[\s（(【\[]*(?:纠错[】\])）]?\s*[\[【（(]?\s*)?(?:[\u4e00-\u9fff]{0,10})?(?:责任编辑|責任編輯|责编|責編|实习编辑|编辑|編輯|责任编校|责任校对|校对|校對|编审|审核|审稿|审校|初审|复审|终审|一审|二审|三审|值班编辑|值班主任|值班编委|执行编辑|本文编辑|网络编辑|文字编辑|图片编辑|美术编辑|版式设计|编校|监制|总监制|出品人?|策划|统筹|终审|签发|制作|制图|排版|录入|上传|信息员|来稿|主编|副主编|总编辑?)\s*[:：/／丨|｜]\s*(?![^\n]*[是的了吗么？?！])[^。，；]{0,60}[。]?[\s）)】\]]*$|^[^。，]{0,40}\s(?:责任编辑|编辑|责编)\s*[:：/／]\s*[\u4e00-\u9fff]{2,4}[\s）)】\]]*$|^[\s（(【\[]*(?:责任编辑|责编)\s+[\u4e00-\u9fff]{2,4}(?:\s+[\u4e00-\u9fff]{2,4})?[\s）)】\]]*$", "（责任编辑：王小明）", "编辑部主任李刚说，稿子要改三遍。"),
    ("editor_name", r"^[\s]*[（(【\[][^）)】\]。，]{0,12}(?:编辑|責編|责编)\s*[:：]?\s*[\u4e00-\u9fff·]{2,4}(?:[ 　、,，/]+[\u4e00-\u9fff·]{2,4}){0,3}\s*[）)】\]]$", "（本县新闻网编辑 孙小芳）", "（编辑部设在镇文化站二楼）"),
    ("source", r"^[\s（(【\[]*(?:本文|文章|信息|新闻|稿件|资料|内容)?(?:来源|稿源|出处)(?:于)?\s*[:：丨|｜/／][^。，]{1,30}[\s）)】\]]*$|^[\s（(【\[▲]*(?:图片|配图|封面图?|题图|文中图片|图文|图|视频)(?:均)?(?:来源(?:于)?|源|来自)\s*[:：丨|｜/／]?\s*[^。，]{1,24}[\s）)】\]]*$|^[\s（(]*本文(?:来自|来源于|首发于|转自)[^。]{2,40}[。）)]*$", "来源：县融媒体中心", "来源：他说水是从后山的泉眼引下来的，一年四季不断流，从没有干过。"),
    ("original_title", r"^[\s（(【\[]*(?:本文)?(?:原标题|原题|源标题|原文标题)\s*[:：].{2,80}$", "原标题：县里修了一条新路", "原标题党的做法不受欢迎。"),
    ("original_link", r"^[\s（(【\[]*(?:原文|原文链接|原文地址|本文链接|本文地址|文章链接|网址|转载请注明(?:出处|来源)?|转载自|转自|本文转自|转载于?)\s*[:：]?\s*(?:https?://\S+|www\.\S+|[^。，]{2,40})$", "本文链接：http://n.example/1.html", "转载自行车的货车翻在路边。"),
    ("report", r"^[\s（(【\[]*(?:违法和不良信息|不良信息|违法信息|网上有害信息|新闻)?(?:举报|爆料|报料|投稿|新闻热线|联系)(?:电话|热线|邮箱|方式)\s*[:：]?\s*[\d\-（）()\sA-Za-z@.、，,：:电话邮箱]{5,}.{0,30}$", "违法和不良信息举报电话：0370-1234567", "举报电话从早到晚响个不停。"),
    ("licence", r"^[\s]*(?:[\u4e00-\u9fff]{0,12}(?:ICP|icp)[备證证]|.{0,16}公网安备|.{0,24}(?:经营)?许可证(?:编?号)?\s*[:：]|互联网新闻信息服务许可证)[^。]{0,80}$", "某ICP备05012345号-1", "他拿到了食品经营许可证。"),
)  # fmt: skip
ENDINGS: tuple[tuple[str, re.Pattern[str], str, str], ...] = (
    # rule, pattern at the end of a paragraph, an example, a paragraph that stays
    (
        "editor_at_end",
        re.compile(r"(?<=[。！？”」）)\]】…])\s*[（(【\[]?\s*(?:责任编辑|責任編輯|责编|責編|实习编辑|编辑|網絡編輯|校对|审核)\s*[:：/／]?\s*[\u4e00-\u9fffA-Za-z0-9_·\s、]{0,20}[）)】\]]?\s*(?:返回[\u4e00-\u9fff]{2,4}，查看更多)?\s*$"),
        "路修好了，大家都高兴。责任编辑：王小明",
        "老人说：“好。”编辑部里的人都笑了，没有人再提这件事。",
    ),
    (
        "more_at_end",
        re.compile(r"(?:返回[\u4e00-\u9fff]{2,6}(?:，查看更多|首页\s*[>＞»]*)|(?:>>|＞＞)?\s*(?:阅读全文|查看更多|更多(?:内容|新闻)|点击查看)\s*(?:>>|＞＞)?)\s*$"),
        "路修好了，大家都高兴。返回搜狐，查看更多",
        "路修好了，想看的人更多。",
    ),
)  # fmt: skip
RULES = tuple((name, re.compile(pattern, re.I)) for name, pattern, _, _ in HEADS)
LEGAL = re.compile(
    r"本[站网報报台]|版权|版權|侵权|侵犯|著作权|转载|轉載|观点|立场|证实|保证|承诺|参考|核实|存储空间|信息发布平台|联系我们|与我们联系|及时联系|删除|授权|许可|注明|来源|责任|法律|违者|稿酬|作品|网友|投诉|举报"
)
SHORT = 100
"""A longer line is boilerplate only where it has one of the words of `GATE`."""
GATE = re.compile(
    r"声明|版权|著作权|侵|转载|转摘|摘编|镜像|本[网站报台平]|公众号|观点|立场|平台|存储|真实性|准确性|完整性|建议|据此|凡|任何|注明|授权|许可|纯属|仅供|代表|赞同|仅作|异议|聲明|版權|著作權|轉載|觀點|授權|许可证"
)
LATIN_WORDS = ("copyright", "rights", "icp")
LATIN_GATE = re.compile("|".join(("©", *LATIN_WORDS)), re.I)
LATIN_START = re.compile("[CRI©criİı]")
"""The first characters of what `LATIN_GATE` takes: most Chinese lines have none."""
SECTION = re.compile(r"^[\s（(]*(?:[①②③④⑤\d一二三四五六七八九十]{1,2}\s*[、.．)）:：]|[①②③④⑤※])")
WEAK = {"legal": 1, "own_rights": 2, "contact": 2, "purpose": 1, "no_reprint": 1}
"""Rules that ask for legal words besides their pattern: how many."""


def rule_of(line: str) -> str | None:
    """The rule that takes the line for boilerplate; None for text.

    >>> rule_of("如有侵权请联系管理员删除。"), rule_of("县法院宣判一起侵权案，被告赔偿五万元。")
    ('contact', None)
    """
    stripped = line.strip()
    if not stripped or len(stripped) > LONGEST:
        return None
    return _rule(stripped)


def is_legal(line: str) -> bool:
    """Whether a line that reads like prose is a disclaimer; quick where it has none of their words."""
    return _has_legal_word(line) and rule_of(line) is not None


def _has_legal_word(line: str) -> bool:
    if line.isascii():
        low = line.lower()
        return any(word in low for word in LATIN_WORDS)
    if GATE.search(line) is not None:
        return True
    start = LATIN_START.search(line)
    return start is not None and LATIN_GATE.search(line, start.start()) is not None


@lru_cache(maxsize=4096)
def _rule(line: str) -> str | None:
    line = simplify(line)
    if len(line) > SHORT and not _has_legal_word(line):
        return None
    for name, pattern in RULES:
        if pattern.search(line) and len(LEGAL.findall(line)) >= WEAK.get(name, 0):
            return name
    return None
