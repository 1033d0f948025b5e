"""Names of people in bylines."""

from __future__ import annotations

import re

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛"
    "禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段"
    "富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼"
    "容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙养鞠须丰巢关蒯查后荆红游竺权逯盖益桓肖付闫代覃佘岳鹿原初仝苟亓佟晋户召冒涂佴揭练镇撒迟经裴来官展郄兰门阳由忻底么车尧矫战"
    "趙錢孫吳鄭馮陳衛蔣韓楊許呂張嚴華謝鄒喻竇雲蘇範魯韋馬鳳鮑費薩賀湯羅畢鄔樂時餘顧黃蕭姚湯計談龐紀項藍閔賈婁顏鐘駱萬盧莫應鄧單諸鈕龔陸榮烏車侯蓬寧厲劉葉賴喬陰蒼聞黨譚貢勞農溫別莊閻習魚東歐聶饒關紅遊權蓋嶽塗闕鄺邱區"
)
COMPOUND = ("欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒", "欧陽", "諸葛", "夏侯", "範姜", "張簡")
NOT_NAMES = re.compile(
    r"融媒|文章|字号|字体|高清|广告|导航|路径|单位|频道|正文|原文|链接|关注|成长|成立|成为|从|获悉|了解|采访|报道|報導|表示|看到|来到|日前|昨|走进|通讯|发自|摄影|综合|综述|本报|本网|记者|編輯|编辑|新闻|网$|報$|报$|见习|实习|近日|随|完$|图片|责任|来源|发布|时间|作者|供图|资料|图$|实时|一线|现场|公司|集团|有限|中心|委员|政府|部门|组织|"
    r"提供|联系|注意|调查|意见|其他|其它|今天|整理|翻译|编译|插画|漫画|制图|视频|全文|查看|点击|下载|系统|学院|大学|医院|法院|公安|宣传|办公|县委|市委|区委|党委|局$|部$|处$|科$|院$|社$|台$|办$|委$|镇$|村$|县$|市$|省$|区$|乡$|号$|店$|馆$|站$|队$|组$|等$|们$|的|了|是$|说$|问$|在|被|将$|于[一二三四五六七八九十]"
)
ROLE = re.compile(r"^(?:(?:特约|见习|实习|首席|全媒体|融媒体|摄影|本报|本网)*(?:记者|記者|通讯员|通訊員|实习生)[:：]?)+")
HAN = re.compile(r"[\u4e00-\u9fff·•]+")


def is_name(text: str) -> bool:
    """Whether a run of two to four Han characters can be a person's name.

    >>> is_name("张小明"), is_name("欧阳明珠"), is_name("阿不都·热合曼"), is_name("注意到"), is_name("发改局")
    (True, True, True, False, False)
    """
    if not HAN.fullmatch(text) or NOT_NAMES.search(text):
        return False
    if "·" in text or "•" in text:
        return 4 <= len(text) <= 16
    if text.startswith(COMPOUND):
        return 3 <= len(text) <= 4
    return 2 <= len(text) <= 3 and text[0] in SURNAMES


def split_names(text: str) -> list[str]:
    """The names at the beginning of a text, up to the first word that is none.

    A name of two characters is often set with a space between them; so are two names.

    >>> split_names("张巨峰 李　明、王小红摄"), split_names("王伟从县里获悉"), split_names("余毅菁 向雪妮返回")
    (['张巨峰', '李明', '王小红'], [], ['余毅菁', '向雪妮'])
    """
    names: list[str] = []
    words = [word for word in re.split(r"[\s、，,/／;；&]+|和(?=[\u4e00-\u9fff]{2,3}(?:[\s、，,]|$))", text.strip(" ：:　")) if word]
    at = 0
    while at < len(words) and len(names) < 12:
        word = ROLE.sub("", words[at].strip("()（）[]【】·"))
        if not word:
            at += 1
            continue
        if len(word) == 1 and at + 1 < len(words) and len(words[at + 1]) == 1 and is_name(word + words[at + 1]):
            word, at = word + words[at + 1], at + 1
        if is_name(word):
            names.append(word)
        elif (glued := _glued(word)) is not None:
            names.append(glued)
            break
        else:
            break
        at += 1
    return names


AFTER = re.compile(r"^(?:点击|浏览|阅读|来源|时间|日期|发布|查看|评论|字号|文|摄|图|报道|報導|报|编译|整理|实习|见习|通讯员|记者|编辑|责编|返回|电|讯|综合|\W|$|[A-Za-z0-9])")


def _glued(word: str) -> str | None:
    """The name that a word begins with where what follows it is one of a byline's words."""
    for length in (3, 2, 4):
        if len(word) > length and is_name(word[:length]) and AFTER.match(word[length:]):
            return word[:length]
    return None
