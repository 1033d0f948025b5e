"""Strip rules: a lost paragraph is worse than a kept disclaimer, so the negatives come first."""

from __future__ import annotations

import pytest

from crawler.items import Edit
from pipelines import disclaimers, related, strip_disclaimers, strip_related

FIRST = "村道全长四公里，沿着山腰修了七个月。"
LAST = "今年入冬前还要再补二十盏路灯，养护由村民分段负责。"
PROSE = (
    "他声明：绝不放弃这条路。",
    "县法院宣判一起侵权案，被告赔偿五万元。",
    "编辑部主任李刚说，稿子要改三遍。",
    "版权所有人王老汉把曲谱送给了县文化馆。",
    "来源：泉水从后山的石缝里渗出来，一年四季都不断。",
    "本网记者在村里住了三天，走访了十二户人家。",
    "县里要求，未经审批不得在河道采砂。",
    "提示：山路弯多坡陡，请自驾的市民慢行。",
    "市民转载这条消息，说终于等到了这一天。",
    "相关阅读材料由县图书馆提供，市民可以免费借阅。",
    "图片精选自县文化馆的馆藏，共四十幅。",
    "热点问题逐条答复，公示在村务公开栏。",
    "下一步，县里还要把路修到自然村。",
    "上一届村委会没有办成的事，这一届办成了。",
    "大家扫一扫院子，把雪堆到墙根。",
    "评论家说，这出戏唱活了一个县。",
    "关注留守老人，是这次走访的重点。",
    "下载量最高的是一段秧歌视频。",
    "电话打到县里，三天后路灯就亮了。",
    "县公安局提醒，切勿转载未经证实的消息，如有线索请及时与民警联系。",
    "法院认为，被告未经许可复制发行他人作品，构成侵权。",
    "任何单位和个人不得转载、倒卖救灾物资。",
    "市民可登录白鹭通APP预约，也可拨打电话咨询。",
    "以上数据由县气象台提供，仅供参考的还有历史记录。",
    "策划：一场说走就走的旅行怎么安排？",
    "报名电话：0370-1234567，联系人：王老师。",
    "第二十条 未经授权，任何单位不得擅自发布统计数据。",
    "Related costs rose by a third, the mayor said.",
    "Read more slowly, the teacher told them.",
    "Share prices of the two mills fell on Monday.",
)


def stripped(text: str) -> tuple[str, tuple[Edit, ...]]:
    once, edits = strip_disclaimers.strip(text)
    twice, more = strip_related.strip(once)
    return twice, edits + more


@pytest.mark.parametrize("line", PROSE)
@pytest.mark.parametrize("place", ["middle", "end"])
def test_prose_that_begins_like_boilerplate_stays(line, place):
    text = f"{FIRST}\n{line}\n{LAST}" if place == "middle" else f"{FIRST}\n{line}"
    assert stripped(text) == (text, ())


@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, _, _, line in (*disclaimers.HEADS, *related.HEADINGS, *related.SMALL, *related.LAST)])
def test_each_rule_leaves_its_negative(rule, line):
    text = f"{FIRST}\n{line}\n{LAST}"
    assert stripped(text) == (text, ()), rule


@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, _, _, line in disclaimers.ENDINGS])
def test_each_ending_leaves_its_negative(rule, line):
    assert stripped(f"{FIRST}\n{line}") == (f"{FIRST}\n{line}", ()), rule


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule, _, example, _ in disclaimers.HEADS])
def test_each_disclaimer_rule_takes_its_example(rule, example):
    assert disclaimers.rule_of(example) == rule


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule, _, example, _ in related.HEADINGS])
def test_each_heading_rule_takes_its_example(rule, example):
    assert related.heading_of(example) == rule


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule, _, example, _ in (*related.SMALL, *related.LAST)])
def test_each_line_rule_takes_its_example(rule, example):
    assert rule in (related.small_of(example), related.last_of(example))


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule, _, example, _ in disclaimers.ENDINGS])
def test_each_ending_rule_cuts_its_example(rule, example):
    text, edits = strip_disclaimers.strip(f"{FIRST}\n{example}")
    assert text == f"{FIRST}\n路修好了，大家都高兴。"
    assert [edit.rule for edit in edits] == [f"disclaimer/{rule}"]


def test_prose_after_a_list_stays():
    text = f"{FIRST}\n相关阅读\n东沟村修路的事\n{LAST}"
    found, edits = strip_related.strip(text)
    assert found.split("\n") == [FIRST, LAST]
    assert len(edits) == 2


def test_a_disclaimer_goes_on_under_its_heading_and_no_further():
    text = f"{FIRST}\n免责声明\n① 凡注明来源为其他媒体的作品，均转载自其他媒体。\n② 作品版权归原作者，如有侵权请与本网联系。\n{LAST}"
    assert strip_disclaimers.strip(text)[0] == f"{FIRST}\n{LAST}"


def test_a_heading_above_prose_that_is_no_disclaimer_stays():
    text = f"{FIRST}\n声明\n{LAST}"
    assert strip_disclaimers.strip(text) == (text, ())


def test_a_text_of_boilerplate_alone_is_left_for_the_next_step():
    assert strip_disclaimers.strip("免责声明：本文仅代表作者观点。") == ("免责声明：本文仅代表作者观点。", ())


def test_a_site_s_own_boilerplate_goes():
    assert strip_disclaimers.strip(f"{FIRST}\n本县好声音，天天有新闻", ("本县好声音，天天有新闻",))[0] == FIRST


def test_every_cut_can_be_put_back():
    text = f"原标题：修路\n{FIRST}责任编辑：王小明\n相关阅读\n东沟村修路的事\n投稿邮箱：news@n.example"
    for step in (strip_disclaimers, strip_related):
        found, edits = step.strip(text)
        back = found
        for edit in edits:  # offsets count in the text that the step received, in ascending order
            back = back[: edit.start] + edit.before + back[edit.start :]
        assert back == text
        assert edits
        text = found
    assert text == FIRST
