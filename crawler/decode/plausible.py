"""How much a text looks like one somebody wrote: the judge between candidate encodings."""

from __future__ import annotations

import re
from functools import lru_cache

COMMON_HANS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
COMMON_HANT = "這為個國時來們發會說產種後實學經進著電裡現機當點從業應還對動過開於關無問與間將門區樣統線內條長員題體總級設該給運數報場標準議認見東車農風萬讓辦處變選華號親圖書廣達傳連類權聯費結錄寫講談記論許語證試評話詳誠計訊訓設訪請課調謝護負財責質購貿資賽贊輕輛輪輸轉迴適遠選鄉醫釋鐵錢錯鎮閉陽隊際險難雜離雲電靜響頁項順須領頭題願顧風飛飯飲館駐騎驗體髮鬥魚鳥點齊龍灣台嘅係喺咗唔"
PUNCTUATION = "，。、：；“”！？（）《》「」『』…—　·"
KANA = re.compile(r"[\u3041-\u309f\u30a0-\u30ff]")
WIDE = re.compile(r"[^\x00-\x7f]")


@lru_cache
def _weights() -> dict[str, float]:
    table = dict.fromkeys(COMMON_HANT, 1.0)
    for rank, char in enumerate(COMMON_HANS):
        table[char] = 1.2 - rank / 800
    table |= dict.fromkeys(PUNCTUATION, 0.8)
    return table


def score(text: str) -> float:
    """Plausibility of a text's non-ASCII characters, about -2 to 1; 0 where there are none.

    >>> score("今天的会议在县政府召开。") > score("今天的会议".encode("gb18030").decode("big5", "replace"))
    True
    """
    wide = WIDE.findall(text)
    if not wide:
        return 0.0
    weights = _weights()
    total = 0.0
    for char in wide:
        total += weights.get(char) or _rare(char)
    total += _runs(text)
    return total / len(wide)


def _rare(char: str) -> float:
    code = ord(char)
    if code in (0xFFFD,) or 0x80 <= code < 0xA0 or 0xE000 <= code <= 0xF8FF:
        return -4.0
    if 0x4E00 <= code <= 0x9FFF:
        return 0.05
    if 0x3041 <= code <= 0x30FF:
        return 0.55
    if 0xAC00 <= code <= 0xD7A3:
        return 0.6
    if 0xFF61 <= code <= 0xFF9F:  # half-width kana: what GBK bytes look like when read as Shift_JIS
        return -1.0
    return -0.5 if code < 0x2000 else -0.2


def _runs(text: str) -> float:
    """Kana in real Japanese come in runs, Hangul in words; misread bytes give single ones."""
    lone = len(re.findall(r"(?<![\u3041-\u30ff])[\u3041-\u30ff](?![\u3041-\u30ff])", text))
    kana = len(KANA.findall(text))
    return -0.8 * lone if kana and lone / kana > 0.5 else 0.0
