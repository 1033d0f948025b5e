"""Sign-off lines: who edited, proof-read, approved and produced a piece, as 编辑 王小明 二审 李小红 or 监制丨张大山.

A line is one where a role leads each group of names and nothing else stands in it. Bylines of those who wrote it (记者, 通讯员, 摄影) are none.
"""

from __future__ import annotations

import re

LONGEST = 120
SURE = (
    "责任编辑|责编|实习编辑|值班编辑|执行编辑|网络编辑|文字编辑|图片编辑|图文编辑|美术编辑|视频编辑|新媒体编辑|微信编辑|网页编辑|版面编辑|本期编辑|本文编辑|视觉编辑|核稿编辑|编辑|美编|责任编校|编校|校对|责任校对|文字校对|编审|审校|审核人|审核|审稿人|审稿|审签|核稿|复核|"
    "终审|二审|三审|一审|初审|复审|总监制|监制|总编审|值班主任|值班总编|值班编委|总策划|总统筹"
)
"""Roles that no sentence of running text begins with when names follow."""
ROLES = re.compile(
    rf"(?:{SURE}|主编|副主编|总编辑?|执行主编|策划|统筹|出品人?|签发|制作|制图|绘图|海报制作|海报|视频制作|剪辑|视频剪辑|后期|配音|播音|主播|设计|美术设计|版式设计|版式|排版|录入|上传|发布人?|信息员|来稿|供稿|选稿|组稿|运营|摄制|出镜|导播|文案|脚本)"
)
HINT = re.compile("编|校|审|监制|策划|统筹|出品|签发|制作|制图|绘图|海报|剪辑|后期|配音|设计|版式|排版|录入|上传|信息员|来稿|供稿|选稿|组稿|运营|摄制|导播|文案|脚本|核稿|复核")
BETWEEN = re.compile(r"[\s:：/／丨|｜┃│、，,·&＆（()）【】\[\]〔〕［］<>＜＞—\-●■▪]+")
AFTER_ROLE = re.compile(r"\s*[:：/／丨|｜┃│]|\s")
EDITOR = re.compile(r"责编|[\u4e00-\u9fff]{0,4}编辑")
WRITERS = re.compile(r"(?:作者|撰稿|执笔|采访|摄像|记者|文字?|图片?|摄影|视频|通讯员|来源|稿源|信息来源|撰文|采写|实习生|实习|记者站|图文|文图)$")
NAME = re.compile(r"[\u4e00-\u9fff]{1,4}|[A-Za-z][A-Za-z_.]{0,19}\d{0,8}|[A-Z]{1,3}\d{2,6}")
NUMBER = re.compile(r"(?:电话|热线|邮箱)?[\d-]{5,}")
BODY = re.compile(r"[\u4e00-\u9fffA-Za-z“”]{2,24}(?:中心|部|社|报|网|号|办|局|委|台|室|院|公司|集团|融媒|传媒|小编|工作室|政府|机关|学|队|站|厅|会|组|科|处|镇|乡|街道|客户端|发布|日报|晚报)")
SURNAME = re.compile("[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝欧上司]")
TALK = re.compile(r"[的了吗么呢吧啊不很]|^(?:[是好对嗯中已]|谢谢|当然|大家|我们|他们|什么|怎么|为何|如何|可以|需要|完成|完毕|结束|通过|合格|出版|整理|发行|工作|方案|图纸)$")
PRODUCED = re.compile("总?(?:监制|策划|统筹)|出品|制作|摄制|运营|视频制作|海报")
NEWSROOM = re.compile("融媒|传媒|宣传部|新闻|电视台|广播|报社?|日报|晚报|客户端|工作室|发布|网")
JOINED = re.compile(
    r"(?<=[\u4e00-\u9fffA-Za-z0-9])(?<!总)(?<!责任)(?<!文字)(?=(?:责任编辑|责任校对|责编|审核|校对|审校|编审|监制|总监制|签发|一审|二审|三审|终审|复审|初审|美编|值班主任|值班编委)\s*[:：/丨|｜])"
    r"|(?<=[\u4e00-\u9fffA-Za-z0-9])(?<!责任)(?<!值班)(?<!执行)(?<!图片)(?<!文字)(?<!网络)(?<!微信)(?<!实习)(?<!本期)(?<!媒体)(?<!视频)(?<!图文)(?<!美术)(?<!核稿)(?<!版面)(?<!网页)(?<!视觉)(?<!本文)(?=编辑\s*[:：/丨|｜])"
)
"""Where one field runs into the next: 编辑：王小明审核：李小红."""
SPACED = re.compile(r"(?<![\u4e00-\u9fff])(责|编|校|审|监|美)\s+(编|辑|对|核|制)(?=\s*[:：/／丨|｜])")
"""编 辑：, as pages set it to fill a column."""


def is_signoff(line: str) -> bool:
    """Whether a line names those who edited, checked and produced, and says nothing else.

    >>> is_signoff("编辑 王小明 二审 李小红 三审 张大山"), is_signoff("监制丨青石县融媒体中心"), is_signoff("一审：县法院判决被告赔偿五万元。")
    (True, True, False)
    >>> is_signoff("记者 王小明 通讯员 李小红"), is_signoff("编辑部主任李刚")
    (False, False)
    """
    if len(line) > LONGEST or HINT.search(line) is None:
        return False
    line = JOINED.sub(" ", SPACED.sub(r"\1\2", line)).strip(" \t　。.")
    words = [word for word in BETWEEN.split(line) if word]
    roles = [n for n, word in enumerate(words) if ROLES.fullmatch(word)]
    if not roles or len(words) < 2 or roles[-1] == len(words) - 1:
        return False
    if roles[0] != 0 and not (WRITERS.search(words[0]) or BODY.fullmatch(words[0])):
        return False
    if not _led(line, words, roles):
        return False
    return all(_names_somebody(word) for n, word in enumerate(words) if n not in roles)


def _led(line: str, words: list[str], roles: list[int]) -> bool:
    """Whether the first role leads names: by a colon or a bar, or by a space where it can be nothing but a role."""
    first = words[roles[0]]
    after = AFTER_ROLE.match(line, line.index(first) + len(first))
    if after is None:
        return False
    if len(roles) > 1 or EDITOR.fullmatch(first):
        return True
    named = words[roles[0] + 1]
    person = len(named) <= 3 and SURNAME.match(named) is not None
    return not after.group().isspace() and (person or (PRODUCED.match(first) is not None and NEWSROOM.search(line) is not None))


def _names_somebody(word: str) -> bool:
    if TALK.search(word):
        return False
    return bool(NAME.fullmatch(word) or NUMBER.fullmatch(word) or BODY.fullmatch(word) or WRITERS.fullmatch(word))
