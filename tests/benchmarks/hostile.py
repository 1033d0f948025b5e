"""CPU a document, and how each ends, over 10 000 hostile documents and more through the whole chain.

    python -m tests.benchmarks.hostile [SHARED [SEED]]

Generated documents of sizes up to 300 000, lines of a few parts over and over, mutations of a page, and, where the folder SHARED
(default ``../shared``) is at hand, html5lib's tokenizer and encoding inputs, feedparser's feeds, and naughty strings, each set into
an article. SEED (default 5) is that of the lines and mutations. Takes about 100 s of CPU.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import FrameType

from crawler.items import Dropped, Page
from pipelines import process
from tests.crawler.decode.hostile import BODY, DOCUMENTS, DROPPED_OR_READ, MARK, PAGE

SIZES = (10, 300, 3_000, 30_000, 100_000, 300_000)
MUTATIONS = 4_000
LINES = 1_500
PARTS = ["1", "a", "A", " ", "县", "的", "&lt;", "&gt;", "(", "（", "[", "【", "：", ":", "/", "|", "-", ".", "。", "，", "、", "　"]
PARTS += ["年", "月", "日", "2026", "第", "页", "版", "记者", "来源", "编辑", "http://", "张三", "@", "#", "“", "”", "图", "摄", "�", "Ã", "Â", "?"]
PARTS += ["；", "·", "_", "%", "&#", "更多", "相关", "阅读", "本报", "讯", "电", "新华社", "责任编辑", "版权", "转载", "声明", "微信", "1.", "上一页", "[1]", "\\u", "{"]
PARTS += ["By "]
BUDGET = 5.0
"""CPU seconds after which a document is cut off (at the next bytecode, so after a call into a parser) and counted as over its budget."""
BITS = ["<", ">", "<!--", "-->", '"', "'", "=", "<div", "<p>", "</", "<script>", "<![CDATA[", "&", "\0", "<br>", "<table>", "<a href=", "县", "<svg>", "<select>", "<textarea>"]
BITS += ["<>", "1", "（", "[", "/", "|", "记者", "2026年", "1月", "： "]


def generated() -> Iterator[tuple[str, bytes]]:
    for name, make in {**DOCUMENTS, **DROPPED_OR_READ}.items():
        for size in SIZES:
            yield f"{name} {size}", make(size).encode()


def mutated(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    page = PAGE.encode("gbk")
    for number in range(MUTATIONS):
        body = bytearray(page if number % 2 else PAGE.encode())
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(body))
            if rng.random() < 0.5:
                body[at : at + rng.randint(0, 40)] = rng.randbytes(rng.randint(0, 40))
            else:
                body[at:at] = rng.choice(BITS).encode() * rng.choice((1, 2, 50, 2000))
        yield f"mutation {number}", bytes(body)


def repeated(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Short lines of a few parts over and over, as title, above the text, within, and below: what a pattern for lines may not part twice."""
    for _ in range(LINES):
        part = "".join(rng.choices(PARTS, k=rng.randint(1, 3)))
        end = rng.choice(["", "县", "x", "。", "\1"])
        for size in (25, 55, 140, 1_500):
            line = part * (size // len(part)) + end
            yield f"line {line[:9]!r} {size} {end!r}", f"<title>{line}</title><h1>{line}</h1><p>{line}</p>{BODY}<p>{line}</p>{PAGE}<p>{line}</p>".encode()


def corpora(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted((folder / "corpora/html5lib/tokenizer").glob("*.test")):
        for number, case in enumerate(json.loads(file.read_text("utf-8")).get("tests", ())):
            yield f"{file.name} {number}", f"{BODY}<div>{case['input']}</div><p>{MARK}</p>".encode("utf-8", "surrogatepass")
    for file in sorted((folder / "corpora").rglob("*")):
        if file.suffix in (".dat", ".xml", ".txt", ".html") and file.is_file():
            yield file.name, file.read_bytes()
            yield f"{file.name} inside", BODY.encode() + file.read_bytes() + f"<p>{MARK}</p>".encode()
    for number, text in enumerate(json.loads((folder / "corpora/blns/blns.json").read_text("utf-8"))):
        yield f"blns {number}", f"<title>{text}</title>{BODY}<p>{text}</p><p>{MARK}</p>".encode("utf-8", "surrogatepass")


class OverBudget(BaseException):
    """A document has used up its CPU seconds; no step may take it for an error of its own."""


def _stop(signal_number: int, frame: FrameType | None) -> None:
    places = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in traceback.extract_stack(frame) if "site-packages" not in one.filename]
    raise OverBudget(" < ".join(places[:-5:-1]))


def ending_of(name: str, body: bytes) -> str:
    """How reading one document ends; after `BUDGET` CPU seconds it is cut off, and its name and place are shown."""
    signal.setitimer(signal.ITIMER_PROF, BUDGET)
    try:
        article = process(Page("http://a.example/20260101/t1.html", body))
        return "read, all of it" if MARK in article.text else "read, part of it" if article.text.strip() else "SILENTLY EMPTY"
    except Dropped as reason:
        return type(reason).__name__
    except OverBudget as place:
        show(f"over {BUDGET} s: {name} ({len(body)} bytes) in {place}")
        return "OVER BUDGET"
    except Exception as error:  # noqa: BLE001 - counted and shown: none may come
        return f"CRASH {type(error).__name__} in {name}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def show(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a benchmark prints


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    sources = [generated(), repeated(rng), mutated(rng), corpora(folder) if folder.is_dir() else iter(())]
    signal.signal(signal.SIGPROF, _stop)
    times: list[tuple[float, str]] = []
    endings: Counter[str] = Counter()
    for number, (name, body) in enumerate(chain.from_iterable(sources), 1):
        start = time.thread_time()  # the process's clock ticks coarsely while the timer runs
        endings[ending_of(name, body)] += 1
        times.append((time.thread_time() - start, name))
        if number % 500 == 0:
            show(f"{number} documents, {sum(seconds for seconds, _ in times):.0f} s, now {name}")
    times.sort()
    at = lambda share: f"{times[min(len(times) - 1, int(share * len(times)))][0] * 1000:.1f} ms"  # noqa: E731
    show(f"{len(times)} documents: p50 {at(0.5)}, p99 {at(0.99)}, max {at(1)}")
    show("slowest: " + ", ".join(f"{name} {seconds:.2f} s" for seconds, name in times[:-11:-1]))
    show(f"endings: {dict(endings.most_common())}")


if __name__ == "__main__":
    main()
