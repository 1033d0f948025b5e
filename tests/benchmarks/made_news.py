"""Articles made from a seed: text with the statistics of Chinese news, in any number, the same every time.

Characters of GB 2312's first level and words over them are drawn with Zipf weights; about 250 words an article.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from crawler.items import Article

START = datetime(2016, 1, 1, tzinfo=UTC)
YEARS = 10
SITES = [f"site{n:03}" for n in range(200)]
SOURCES = ["新华社", "人民日报", "本报", "县融媒体中心", "日报社", "晚报", "电视台", "中国新闻网"]
WORDS, BATCH = 60_000, 1000


def vocabulary(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Words, and their cumulated weights."""
    chars = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
    chars = list(random.permutation(chars))
    weights = 1 / (np.arange(len(chars)) + 20.0)
    lengths = random.choice([1, 2, 3, 4], WORDS, p=[0.05, 0.7, 0.15, 0.1])
    drawn = random.choice(len(chars), int(lengths.sum()), p=weights / weights.sum())
    ends = np.cumsum(lengths)
    words = np.array(["".join(chars[c] for c in drawn[end - length : end]) for length, end in zip(lengths, ends, strict=True)])
    frequency = 1 / (np.arange(WORDS) + 5.0)
    return words, np.cumsum(frequency / frequency.sum())


def articles(number: int, seed: int = 1, shuffled: float = 0.1) -> Iterator[Article]:
    """``number`` articles over ten years, in order of time but for a share that comes late, at any time (a backfill)."""
    random = np.random.default_rng(seed)
    words, cumulated = vocabulary(random)
    step = timedelta(days=365 * YEARS) / number
    for first in range(0, number, BATCH):
        size = min(BATCH, number - first)
        counts = np.clip(random.lognormal(5.4, 0.5, size), 30, 3000).astype(int)
        drawn = words[np.searchsorted(cumulated, random.random(int(counts.sum())))]
        commas = np.where(random.random(len(drawn)) < 0.12, "，", np.where(random.random(len(drawn)) < 0.05, "。\n", ""))
        pieces = np.char.add(drawn, commas)
        ends = np.cumsum(counts)
        late, places, sources = random.random((3, size))
        for n in range(size):
            body = "".join(pieces[ends[n] - counts[n] : ends[n]])
            moment = START + (step * (first + n) if late[n] > shuffled else timedelta(days=365 * YEARS) * (late[n] / shuffled))
            yield Article(
                url=f"http://{SITES[int(places[n] * 200)]}.example/{first + n}.html", site=SITES[int(places[n] * 200)],
                title=body[:18].replace("\n", ""), text=body, text_extracted=body, published=moment.replace(second=0, microsecond=0),
                published_precision="minute", source=SOURCES[int(sources[n] * len(SOURCES))], authors=("李明",),
            )  # fmt: skip
