"""A crawl's progress for the person who waits: a line that is rewritten on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

from twisted.internet import task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.recorder import Recorder

LIVE = 0.25
"""Seconds between two looks of the live line."""
PLAIN = 5.0
"""Seconds between two plain lines."""
ARTICLES = ("stored", "revised", "unchanged")


def line(fetched: int, tally: Mapping[str, int], seconds: float) -> str:
    """Pages, articles, the other outcomes, pages a second.

    >>> line(12, {"stored": 7, "listing": 4, "dropped": 1}, 2.0)
    '12 pages, 7 articles, 1 dropped, 4 listing, 6.0 pages/s'
    """
    articles = sum(tally.get(name, 0) for name in ARTICLES)
    others = "".join(f", {number} {name}" for name, number in sorted(tally.items()) if name not in ARTICLES)
    return f"{fetched} pages, {articles} articles{others}, {fetched / max(seconds, 0.1):.1f} pages/s"


class Progress:
    """Shows a recorder's counts until it is stopped; the last state is shown in any case."""

    def __init__(self, recorder: Recorder, stream: TextIO = sys.stderr) -> None:
        self.recorder = recorder
        self.stream = stream
        self.live = stream.isatty()
        self.started = time.monotonic()
        self.loop = task.LoopingCall(self.show)

    def start(self) -> None:
        self.loop.start(LIVE if self.live else PLAIN, now=self.live)

    def show(self) -> None:
        text = line(self.recorder.fetched, self.recorder.tally, time.monotonic() - self.started)
        self.stream.write(f"\r{text}\x1b[K" if self.live else f"{text}\n")
        self.stream.flush()

    def stop(self) -> None:
        if self.loop.running:
            self.loop.stop()
        self.show()
        if self.live:
            self.stream.write("\n")
