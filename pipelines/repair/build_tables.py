"""Write data/kit.tsv: the characters that the mirror kit converts, one a line.

Columns: traditional; simplified; the reading that the kit prints; other readings, by spaces; other characters that it may
stand for; ``on`` (annotated on every page seen), ``short`` (the same, but left bare by kits with the shorter list), ``off``
(never annotated on a page seen), ``rare`` (its simplified form is outside GB 2312) or nothing.

Made from OpenCC's dictionaries (Apache-2.0, package ``opencc``) and pypinyin's readings (MIT, package ``pypinyin``); the
last column was read from real pages. Run: ``python -m pipelines.repair.build_tables``.
"""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).parent / "data" / "kit.tsv"
# Simplified characters that are traditional ones too, which the kit leaves alone.
UNCONVERTED = frozenset("后里面于干系松谷制只表丑斗余云尸志折致症仆吁弦岳卷朱向咸才克局欲熏烟游周占征借")
IRREGULAR = {"准": "準", "台": "臺", "凭": "憑", "签": "簽"}
ON = frozenset("儲創務勢區團導復態戰揚擔據數業標權測準環產礎穩節細絡統網續習聯聽萬見規設評請負費貿質轉農遠鄉醫鎮領風驅驗")
SHORT = frozenset("來個內動協問國堅報場學實對強應時書會構機濟無現當發級結經臺號術計認調識護財進運過達錯長門開關隊險項預點")
OFF = frozenset(
    "備傳債僅儀億兩別刪劃劉勁匯參員圍圖塊壘寬將屆屢層屬帶幣徑從憑換擊斷條楊橋檔沖況潔濱灣為獲異眾種窺簽粵約紐終組給維線縱織繞義聞聲腳與興舉華著薦藥"
    "蘇處裝觀記詳論諧諾謀證議讀變貨貫資賦踐軟較輝輿這連選鋒錫間閱陳階際隨雙電響須頭頻題顒飛體黨"
)  # fmt: skip


def main() -> None:
    from opencc import OpenCC
    from pypinyin import Style, pinyin

    convert, simplify = OpenCC("s2tw").convert, OpenCC("t2s").convert
    sources: dict[str, list[str]] = {}
    common = han("gb2312")
    for char in (*common, *sorted(set(han("gbk")) - set(common))):
        new = IRREGULAR.get(char) or (char if char in UNCONVERTED else convert(char))
        if len(new) != 1 or len(new.encode("gbk", "ignore")) != 2:
            new = char
        if char in common or (new != char and simplify(char) == char):
            sources.setdefault(new, []).append(char)
    rows = []
    for new, olds in sorted(sources.items()):
        if olds == [new]:
            continue
        olds = [char for char in olds if char in common] or olds
        olds.sort(key=lambda char: (char not in common, char == new))  # the character itself is the rarer source: 著 is 着 more often than 著
        readings = pinyin(new, style=Style.TONE, heteronym=True)[0]
        rows.append("\t".join((new, olds[0], readings[0], " ".join(readings[1:]), "".join(olds[1:]), seen(new) if olds[0] in common else "rare")))
    TARGET.write_text("".join(row + "\n" for row in rows), "utf-8")


def seen(char: str) -> str:
    return "on" if char in ON else "short" if char in SHORT else "off" if char in OFF else ""


def han(encoding: str) -> list[str]:
    """The Han characters of an encoding, in the order of GBK."""
    found = []
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                char = bytes([lead, trail]).decode("gbk")
                char.encode(encoding)
            except UnicodeError:
                continue
            if "\u4e00" <= char <= "\u9fff":
                found.append(char)
    return found


if __name__ == "__main__":
    main()
