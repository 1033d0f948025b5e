"""The sample site's articles as their editors wrote them: the truth that everything else is derived from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

TOWNS = ("城关镇", "柳河镇", "石桥乡", "枣林镇", "白塔乡", "双河镇", "松岭乡", "清水镇")
SECTIONS = ("yaowen", "minsheng", "xiangzhen", "wenhua")
SECTION_NAMES = {"yaowen": "要闻", "minsheng": "民生", "xiangzhen": "乡镇", "wenhua": "文化"}
NAMES = ("周文斌", "李秀兰", "陈建国", "赵明", "吴桂芳", "孙立新", "何雨晴", "马长河", "许静", "郑海波")
EDITORS = ("林晓", "高原", "沈如意")


@dataclass(frozen=True, slots=True)
class Story:
    """One article."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    published: str
    source: str
    author: str
    editor: str
    section: str
    look: str = "modern"
    """modern, table, br, trs."""
    encoding: str = "utf-8"
    declared: str | None = "utf-8"
    header: str | None = None
    damage: tuple[str, ...] = ()
    """kit, lost_byte, email …"""
    tail: str = "list"
    """How the related list looks: list, bare, ranking."""
    family: str | None = None
    script: str = "Hans"
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        day = self.published[:10].replace("-", "")
        return f"/{self.section}/{day[:6]}/t{day}_{self.number}.html"

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("{town}新修村道通车 山货出山少走一个钟头", (
        "{month}月{day}日上午，{town}东沟村的村道正式通车。这条路全长{a}公里，沿着山腰修了七个月，把三个自然村同省道连在了一起。村民{name}开着三轮车走完全程，用了不到二十分钟。",
        "过去出村要翻一道岭，下雨天车轮陷进泥里是常事。“核桃、柿子熟了运不出去，只好贱卖给上门的贩子。”{name}说，如今收购的货车能开到家门口，一斤核桃多卖了八毛钱。",
        "{town}交通站的工作人员介绍，村道两侧已经栽上侧柏，弯道处装了凸面镜和护栏，入冬前还要再补{b}盏路灯。养护由沿线的村民分段负责，每月检查一次。")),
    ("{town}中心小学食堂换了大厨 孩子们说菜比家里香", (
        "午饭的铃声一响，{town}中心小学的食堂门口排起了队。番茄炒蛋、红烧豆腐、冬瓜排骨汤，三个菜一个汤，{a}名学生不到四十分钟全部吃完。",
        "这学期学校把食堂收回来自己办，请来了在县城开过饭店的{name}师傅。每天早上五点半，他和四位帮厨开始择菜，食材从哪家买、买了多少斤，都写在门口的黑板上。",
        "校长说，每周五下午由家长代表来尝菜、查账，意见当场记下来。开学到现在一共收到{b}条建议，多数是嫌菜偏淡，厨房已经照着改了。")),
    ("{town}老戏台修好了 正月里唱了三天大戏", (
        "停了十一年的锣鼓，又在{town}的老戏台上响了起来。从初八到初十，县豫剧团连唱六场，台下每场都坐着{a}多人，有人从邻县骑车赶来。",
        "戏台建于清道光年间，梁上的彩绘剥落了大半。去年秋天，县文物所请来木匠和画匠，按老照片一笔一笔补色，光是换下的椽子就有{b}根。",
        "七十三岁的{name}年轻时在台上唱过武生。他站在台口看了半天，说柱子上那道刀痕还在，是他十九岁那年排《长坂坡》留下的。")),
    ("{town}试种高山蔬菜 头茬甘蓝卖到了省城", (
        "海拔一千一百米的{town}南坡，往年只种一季玉米。今年春天，{name}和十二户邻居改种甘蓝，到{month}月底已经收了头茬，平均每亩出菜{a}公斤。",
        "山上昼夜温差大，虫害少，菜心长得紧。县农技站的技术员隔十天上一次山，教大家起垄、覆膜、定苗。滴灌的水从两公里外的泉眼引来，一亩地一天用不到三方。",
        "第一批菜装了{b}箱，连夜送到省城的批发市场。{name}算了一笔账，刨去种苗和人工，一亩净落两千三百元，比种玉米多出一倍还多。")),
    ("{town}图书室夜间也开门 打工回来的人有了去处", (
        "晚上八点，{town}文化站二楼的灯还亮着。阅览桌旁坐着十来个人，有做题的中学生，也有翻菜谱的大嫂。从{month}月起，这间图书室开到夜里九点半。",
        "管理员{name}原是镇上的民办教师，退休后来这里值班。她给新到的{a}册书贴了标签，种植、家电维修和儿童读物放在最外面的架子上，因为借的人最多。",
        "开放两个月，登记借书{b}人次。在广东打工十年的小伙子说，他每晚来看一小时电工书，打算年底考个证，在家门口找活干。")),
    ("{town}敬老院的菜园丰收 老人自己种的黄瓜最抢手", (
        "{town}敬老院后面有一块两亩多的空地，去年被住在这里的老人翻成了菜园。{month}月的早晨，{name}提着篮子摘下{a}根黄瓜，分给了同屋的几个老伙计。",
        "院里住着四十六位老人，最大的九十四岁。身体好的轮流浇水、拔草，走不动的就坐在廊下剥豆子。护理员说，自从有了菜园，大家睡得踏实，吵嘴的也少了。",
        "院长打算秋天再种{b}垄萝卜，冬天腌成咸菜。种子钱是老人们卖鸡蛋凑的，谁家孩子来看望，走的时候都要带上一把青菜。")),
    ("{town}青年排球赛打响 十六支村队争一面锦旗", (
        "水泥场地上画着白线，两棵杨树之间拉起球网。{month}月{day}日傍晚，{town}一年一度的青年排球赛开打，十六支村队报名，队员最小的十七岁，最大的四十一岁。",
        "头一场由东沟村对西岭村，打满三局才分出胜负。主攻手{name}白天在砖厂上班，换了球鞋就上场，一个人拿下{a}分，赢球后嗓子都喊哑了。",
        "比赛打到下周六结束，冠军的奖品是一面锦旗和{b}只球。镇里说，明年想把场地铺上塑胶，再添两盏灯。")),
    ("{town}摸清山泉家底 四十一眼泉有了身份牌", (
        "{town}水利站用了半年时间，把辖区里的泉眼挨个走了一遍。四十一眼泉全部测了水量、取了水样，旁边立起石牌，写着名称、高程和管护人的姓名。",
        "流量最大的是龙王泉，每小时出水{a}立方米，旱年也没有断过。水利站的{name}说，有{b}眼泉的水质可以直接饮用，剩下的要经过沉淀和消毒。",
        "今后谁要引水办厂、养鱼，都得先看石牌上的红线。村民自发编了巡泉的班次，每逢雨后去清一次淤泥和落叶。")),
)  # fmt: skip

NOTICE = "{town}{month}月{day}日停水通知"
NOTICE_BODY = (
    "因{town}主管道检修，定于{month}月{day}日{a}时至{b}时停止供水，影响范围为{street}及沿线单位，请居民提前储水。恢复供水初期水质可能浑浊，请放水片刻后再用。",
    "县自来水公司抢修电话：0399-62{c}。",
)


def _date(number: int) -> str:
    return f"2026-{1 + number % 6:02d}-{1 + number * 7 % 28:02d} {8 + number % 10:02d}:{number * 13 % 60:02d}"


def _made(number: int, topic: int, town: str, section: str, **more: object) -> Story:
    title, body = TOPICS[topic]
    date = _date(number)
    words = {
        "town": town, "month": int(date[5:7]), "day": int(date[8:10]), "a": 112 + number * 17 % 700, "b": 20 + number * 11 % 70,
        "name": NAMES[number % len(NAMES)],
    }  # fmt: skip
    return Story(
        number=number, title=title.format(**words), paragraphs=tuple(p.format(**words) for p in body), published=date,
        source="青石日报" if number % 3 else "青石融媒", author=NAMES[(number + 3) % len(NAMES)],
        editor=EDITORS[number % 3], section=section, **more,  # type: ignore[arg-type]
    )  # fmt: skip


CASES: tuple[dict[str, object], ...] = (
    {"encoding": "gbk", "declared": "gb2312", "look": "table"},
    {"encoding": "utf-8", "declared": "gb2312", "tail": "bare"},
    {"encoding": "gbk", "declared": None, "look": "br"},
    {"encoding": "gbk", "declared": "gbk", "header": "utf-8", "tail": "ranking"},
    {"encoding": "utf-8", "declared": "utf-8", "damage": ("kit",), "tail": "bare"},
    {"encoding": "utf-8", "declared": "utf-8", "damage": ("email",), "look": "trs"},
    {"encoding": "gbk", "declared": "gb2312", "damage": ("lost_byte",)},
    {"encoding": "utf-8", "declared": "utf-8"},
)


@lru_cache
def stories(day: int = 1) -> tuple[Story, ...]:
    """The articles that the site has on a day."""
    made = [_made(100 + n, n % 8, TOWNS[n // 8], SECTIONS[n % 4], **CASES[(n + n // 8) % 8]) for n in range(64)]
    made += [_notice(200 + n, TOWNS[n]) for n in range(8)]
    made += [_big5(220 + n) for n in range(3)]
    made += list(_reprints(made))
    made += [_brief(260 + n) for n in range(3)]
    made += [_english(), _traditional()]
    return tuple(made if day == 1 else _next_day(made))


def _notice(number: int, town: str) -> Story:
    date = _date(number)
    words = {
        "town": town, "month": int(date[5:7]), "day": int(date[8:10]), "a": 6 + number % 5, "b": 14 + number % 6,
        "street": ("人民路", "东关街", "滨河路", "书院巷", "北环路", "粮库街", "火神庙街", "西寨路")[number % 8],
        "c": f"{1000 + number * 371 % 9000}",
    }  # fmt: skip
    return Story(
        number=number, title=NOTICE.format(**words), paragraphs=tuple(p.format(**words) for p in NOTICE_BODY), published=date,
        source="青石县自来水公司", author="", editor=EDITORS[number % 3], section="minsheng", tail="bare",
    )  # fmt: skip


def _big5(number: int) -> Story:
    return Story(
        number=number, title=("海峽兩岸書法展在青石縣開幕", "青石縣與臺中市學校結為姊妹校", "臺商在青石縣投資的茶廠投產")[number - 220],
        paragraphs=(
            "青石縣文化館昨天上午舉行儀式，來自海峽兩岸的三十多位來賓出席。館長說，這是兩地民間往來的第十個年頭，參加的人一年比一年多。",
            ("展覽共有一百二十幅作品，其中最長的一幅有十二米，寫的是蘇軾的赤壁賦，三位作者用了一個月才完成。",
             "兩所學校的學生互贈了書信和手工紙鳶，約定明年春天一起在白塔山下種一片櫻花林。",
             "茶廠位於松嶺鄉，佔地二十畝，投產後每年可以加工鮮葉三百噸，帶動附近一千多戶茶農增加收入。")[number - 220],
        ),
        published=_date(number), source="青石日報", author="", editor="", section="wenhua", encoding="big5", declared="big5",
        script="Hant",
    )  # fmt: skip


def _reprints(made: list[Story]) -> list[Story]:
    """Copies of a story under other titles, with other headers and footers."""
    out = []
    for n, index in enumerate((7, 15, 23)):
        for copy in range(2):
            first = made[index]
            out.append(
                Story(
                    number=240 + 2 * n + copy, title=("转载：" if copy else "乡村见闻｜") + first.title.split(" ")[0],
                    paragraphs=((f"青石融媒讯 据{first.source}报道。",) if copy else ()) + first.paragraphs, published=_date(240 + 2 * n + copy),
                    source=first.source, author="", editor=EDITORS[copy], section=SECTIONS[(n + copy) % 4], family=str(first.number),
                    look="br" if copy else "trs", tail="ranking",
                )
            )  # fmt: skip
    return out


def _brief(number: int) -> Story:
    return Story(
        number=number, title=("县气象台发布大风蓝色预警", "城关镇流动献血车本周末到达", "县博物馆周一闭馆检修空调")[number - 260],
        paragraphs=(
            ("县气象台今天十六时发布大风蓝色预警信号，预计未来二十四小时平均风力可达六级。", "流动献血车本周六、周日停靠县人民医院门前，时间为九时至十七时。",
             "因检修中央空调，县博物馆定于下周一闭馆一天，周二恢复正常开放。")[number - 260],
            ("请注意关好门窗，收好阳台上的花盆。", "请携带身份证前往，空腹者请先吃些点心。", "已经预约的观众可以改期或退票。")[number - 260],
        ),
        published=_date(number), source="青石发布", author="", editor=EDITORS[0], section="yaowen",
    )  # fmt: skip


def _english() -> Story:
    return Story(
        number=280, title="Qingshi County Opens a Riverside Walking Trail",
        paragraphs=(
            "Qingshi County opened a nine-kilometre walking trail along the Liu River on Saturday, the first of three that are planned for the valley.",
            "The trail links the old wharf with the White Pagoda and passes four villages. Benches were made from the planks of boats that were taken out of service.",
            "Local residents said they would use it to walk to the market, which until now meant going along the busy provincial road.",
        ),
        published=_date(280), source="Qingshi Daily", author="", editor="", section="yaowen",
    )  # fmt: skip


def _traditional() -> Story:
    return Story(
        number=281, title="旅居香港的青石人回鄉種樹",
        paragraphs=(
            "清明前後，二十多位旅居香港的青石籍人士回到家鄉，在白塔山上種下三百棵側柏。這是他們第五次結伴回鄉種樹，最年長的一位今年八十六歲。",
            "帶隊的何先生說，當年離開的時候山上光禿禿的，如今已經看不見裸露的黃土。世界衞生組織(WHO)的一位專家也隨隊前來，他說這裏的空氣比城市好得多。",
        ),
        published=_date(281), source="青石僑刊", author="", editor="", section="wenhua", script="Hant",
    )  # fmt: skip


def _next_day(made: list[Story]) -> list[Story]:
    """A day later: one article corrected, one gone, two new."""
    from dataclasses import replace

    first = made[7]
    corrected = replace(first, paragraphs=(*first.paragraphs, "更正：本文前一版所记的日期有误，现已改正，谨向读者致歉。"))
    rest = [story for story in made if story.number not in (first.number, made[9].number)]
    return [corrected, *rest, _made(290, 0, "青石县", "yaowen"), _made(291, 4, "北寨乡", "wenhua")]
