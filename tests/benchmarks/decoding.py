"""Decoding speed against charset-normalizer, which Scrapy brings along, on generated pages.

    python tests/benchmarks/decoding.py

MB of page bytes a CPU second, each on the same pages in the same run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from charset_normalizer import from_bytes

from crawler.decode import decode

CLAUSES = (
    "县气象台今天发布大风蓝色预警信号", "预计风力可达六级", "请市民关好门窗", "村道全长四公里", "沿着山腰修了七个月", "文化馆昨天上午举行仪式",
    "来自各乡镇的三十多位代表出席", "今年入冬前还要再补二十盏路灯", "养护由村民分段负责", "图书馆的开放时间延长到晚上九点",
)  # fmt: skip


def page(kilobytes: int, declared: str | None, rng: random.Random) -> str:
    head = f'<meta charset="{declared}">' if declared else ""
    parts = [f"<html><head>{head}<title>县里的新闻</title></head><body>"]
    while sum(map(len, parts)) < kilobytes * 500:
        parts.append('<div class="nav"><a href="/index.html">Home</a></div>\n<p>' + "，".join(rng.choices(CLAUSES, k=8)) + "。</p>\n")
    return "".join(parts)


def seconds(function: Callable[[bytes], object], bodies: list[bytes]) -> float:
    start = time.process_time()
    for body in bodies:
        function(body)
    return time.process_time() - start


def main() -> None:
    rng = random.Random(7)
    kinds = {
        "gbk, declared": ("gbk", "gbk"), "gbk, not declared": (None, "gbk"), "gbk, declared as utf-8": ("utf-8", "gbk"),
        "big5 bytes, declared as gb2312": ("gb2312", "big5"), "utf-8": ("utf-8", "utf-8"),
    }  # fmt: skip
    decode(b"\xb0\xa1" * 40)
    print(f"{'56 KB pages':36} {'ours':>8} {'peer':>8}   MB a CPU second")  # noqa: T201 - a benchmark prints
    for name, (declared, encoding) in kinds.items():
        bodies = [page(56, declared, rng).encode(encoding, "ignore") for _ in range(30)]
        size = sum(map(len, bodies)) / 1e6
        ours = size / seconds(decode, bodies)
        peer = size / seconds(lambda body: str(from_bytes(body).best()), bodies[:5]) * len(bodies[:5]) / len(bodies)
        print(f"{name:36} {ours:8.1f} {peer:8.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
