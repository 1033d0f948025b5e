"""Write data/kit.tsv: the characters that the mirror kit converts, one a line.

Columns: traditional; simplified; the reading that the kit prints; other readings, by spaces; other characters that it may
stand for; ``on`` (annotated on every page seen), ``short`` (the same, but left bare by kits with the shorter list), ``off``
(never annotated on a page seen), ``rare`` (what this table does not make, but another kit's or an older text may hold) or
nothing.

Made from OpenCC's dictionaries (Apache-2.0, package ``opencc``) and pypinyin's readings (MIT, package ``pypinyin``); the
last column was read from real pages. Run: ``python -m pipelines.repair.build.tables``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

TARGET = Path(__file__).parents[1] / "data" / "kit.tsv"
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

    rows = []
    for new, olds, status in sorted(pairs(OpenCC("s2tw").convert, OpenCC("t2s").convert)):
        readings = pinyin(new, style=Style.TONE, heteronym=True)[0]
        rows.append("\t".join((new, olds[0], readings[0], " ".join(readings[1:]), "".join(olds[1:]), status)))
    TARGET.write_text("".join(row + "\n" for row in rows), "utf-8")


def pairs(convert: Callable[[str], str], simplify: Callable[[str], str]) -> list[tuple[str, list[str], str]]:
    """(traditional, simplified ones with the likeliest first, status)."""
    common = han("gb2312")
    sources: dict[str, list[str]] = {}
    for char in common:
        new = IRREGULAR.get(char) or (char if char in UNCONVERTED else convert(char))
        if len(new) != 1 or len(new.encode("gbk", "ignore")) != 2:
            new = char
        sources.setdefault(new, []).append(char)
    found = []
    for new, olds in sources.items():
        # 著 is 着 more often than 著; 么 is 幺 by the table, but 么 where a kit leaves it.
        if new in common and new not in olds:
            found.append((new, [new, *olds], seen(new)))
        elif olds != [new]:
            found.append((new, sorted(olds, key=lambda char: char == new), seen(new)))
    for char in sorted(set(han("gbk")) - set(sources)):
        old = simplify(char)
        if len(old) == 1 and old != char and len(old.encode("gbk", "ignore")) == 2:
            found.append((char, [old], "rare"))
    return found


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
