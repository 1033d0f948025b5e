"""Write data/kit.tsv: the characters of the mirror kit, one a line: traditional, simplified, reading.

Made from OpenCC's dictionaries (Apache-2.0, package ``opencc``) and pypinyin's readings (MIT, package ``pypinyin``).
Run: ``python -m pipelines.repair.build_tables``.
"""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).parent / "data" / "kit.tsv"
# Simplified characters that are traditional ones too, which the kit leaves alone.
UNCONVERTED = frozenset("后里面于干系松谷制只表丑斗余云尸志折致症仆吁弦岳卷朱向咸才克局欲熏烟游周占征借")
IRREGULAR = {"准": "準", "台": "臺", "凭": "憑", "签": "簽"}


def main() -> None:
    from opencc import OpenCC
    from pypinyin import Style, pinyin

    convert = OpenCC("s2tw").convert
    rows: dict[str, tuple[str, str]] = {}
    for lead in range(0xB0, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                char = bytes([lead, trail]).decode("gb2312")
            except UnicodeDecodeError:
                continue
            new = IRREGULAR.get(char) or ("" if char in UNCONVERTED else convert(char))
            try:
                new.encode("gbk")
            except UnicodeEncodeError:
                continue
            if len(new) == 1 and new != char:
                rows.setdefault(new, (char, pinyin(new, style=Style.TONE)[0][0]))
    TARGET.write_text("".join(f"{t}\t{s}\t{r}\n" for t, (s, r) in sorted(rows.items())), "utf-8")


if __name__ == "__main__":
    main()
