"""Text repair: quality on made damage and speed against ftfy, with floors that may only rise.

    python tests/benchmarks/repair.py [--hans FILE] [--n 200]

Damage is made with the sample's mirror kit and by reading bytes in the wrong encoding. The text is made from clauses of our
own; ``--hans`` takes any other, a passage a line. Speeds are KB of UTF-8 text a CPU second; the peer (pip install ftfy) runs on
the same text in the same run. Exits with 1 when a figure is under its
floor; the floors hold for our own text.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from crawler.sample.mirror_kit import damage
from pipelines.repair import repair

CLAUSES = (
    "县气象台今天发布大风蓝色预警信号", "预计风力可达六级", "请市民关好门窗", "村道全长四公里", "沿着山腰修了七个月", "文化馆昨天上午举行仪式",
    "来自各乡镇的三十多位代表出席", "今年入冬前还要再补二十盏路灯", "养护由村民分段负责", "图书馆的开放时间延长到晚上九点", "因为工程进度加快",
    "活动现场展出了一百多件作品", "当地群众对此表示欢迎", "新建的桥梁将于明年通车", "记者从县农业农村局了解到", "这项工作已经列入议事日程",
)  # fmt: skip
FLOORS = {"kit": 0.98, "utf8-as-gbk": 0.95, "utf8-as-cp1252": 0.95, "gbk-as-big5": 0.95, "gbk-as-euckr": 0.95, "gbk-as-cp932": 0.55, "clean": 1.0}
MISREAD = {
    "utf8-as-gbk": ("utf-8", "gbk"), "utf8-as-cp1252": ("utf-8", "cp1252"), "gbk-as-big5": ("gbk", "big5"), "gbk-as-euckr": ("gbk", "cp949"),
    "gbk-as-cp932": ("gbk", "cp932"),
}  # fmt: skip


def passages(count: int, rng: random.Random) -> list[str]:
    return ["。".join("，".join(rng.sample(CLAUSES, 3)) for _ in range(3)) + "。" for _ in range(count)]


def damaged(name: str, text: str) -> str:
    if name == "clean":
        return text
    if name == "kit":
        return damage(text)
    written, read = MISREAD[name]
    return text.encode(written, "ignore").decode(read, "replace")


def speed(function: Callable[[str], object], texts: list[str]) -> float:
    start = time.process_time()
    for text in texts:
        function(text)
    return sum(len(text.encode()) for text in texts) / 1024 / (time.process_time() - start)


def peer() -> Callable[[str], object] | None:
    try:
        from ftfy import fix_encoding
    except ImportError:
        return None
    return fix_encoding


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hans", type=Path, help="clean simplified text, a passage a line")
    parser.add_argument("--n", type=int, default=200)
    args = parser.parse_args()
    rng = random.Random(11)
    clean = args.hans.read_text("utf-8").splitlines()[: args.n] if args.hans else passages(args.n, rng)
    repair(damage(clean[0]))
    other, failed = peer(), False
    print(f"{'':16} {'exact':>7} {'floor':>6} {'KB/s':>7} {'ftfy':>7}")  # noqa: T201 - a benchmark prints
    for name, floor in FLOORS.items():
        texts = [damaged(name, text) for text in clean]
        exact = sum(repair(text).text == right for text, right in zip(texts, clean, strict=True)) / len(clean)
        theirs = f"{speed(other, texts):7.0f}" if other else "      -"
        print(f"{name:16} {exact:7.3f} {floor:6.2f} {speed(repair, texts):7.0f} {theirs}")  # noqa: T201
        failed |= exact < floor
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
