"""Speed of the whole of `pipelines.process` against trafilatura, on the test pages and on larger ones made of them.

    python tests/benchmarks/reading.py [FOLDER_OF_HTML …]

CPU milliseconds a page, each on the same pages in the same run, by turns; the last line is the ratio. Every page is read once
first, so that models and tables are loaded; what that takes beyond reading is given apart. Then each page counts with its median
of `ROUNDS` rounds, since a machine with other work reads one page now fast, now slowly. With folders, every ``*.html`` in them
is read instead.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import trafilatura

from crawler.decode import decode
from crawler.items import Dropped, Page
from pipelines import process
from pipelines.disclaimers import _rule

ROUNDS = 5
LAYOUTS = Path(__file__).parents[1] / "pipelines" / "layouts"
MENU = '<div class="menu"><ul>' + "".join(f'<li><a href="/list/{n}.html">栏目{n}</a></li>' for n in range(120)) + "</ul></div>"
LIST = '<div class="side"><ul>' + "".join(f'<li><a href="/news/{n}.html">县里修好了第{n}座便民桥 乡亲出行少走弯路</a></li>' for n in range(150)) + "</ul></div>"
SCRIPT = "<script>" + "var statistics = {page: 1, site: 'news'}; function count() { return statistics.page + 1; }\n" * 200 + "</script>"


def pages() -> list[bytes]:
    """The test pages, each with the menus, lists and scripts that a real page has around it."""
    out = []
    for path in sorted(LAYOUTS.glob("*.html")):
        text = decode(path.read_bytes()).text
        out.append(text.replace("</body>", f"{MENU}{LIST}{SCRIPT}</body>").replace("gb2312", "utf-8").replace("gbk", "utf-8").encode())
    return out


def ours(body: bytes) -> None:
    try:
        process(Page("http://news.example/article.html", body))
    except Dropped:
        return


def theirs(body: bytes) -> None:
    trafilatura.bare_extraction(decode(body).text, include_comments=False, with_metadata=True)


def seconds(function: Callable[[bytes], None], bodies: list[bytes]) -> list[float]:
    """CPU seconds of each page."""
    out = []
    for body in bodies:
        start = time.process_time()
        function(body)
        out.append(time.process_time() - start)
    return out


def main() -> None:
    logging.disable(logging.CRITICAL)
    bodies = [path.read_bytes() for folder in sys.argv[1:] for path in sorted(Path(folder).glob("*.html"))] or pages()
    functions = {"pipelines.process": ours, "trafilatura": theirs}
    first = {name: sum(seconds(function, bodies)) for name, function in functions.items()}
    rounds: dict[str, list[list[float]]] = {name: [] for name in functions}
    for _ in range(ROUNDS):
        for name, function in functions.items():
            _rule.cache_clear()  # which lines are boilerplate is remembered; other pages have other lines
            rounds[name].append(seconds(function, bodies))
    print(f"{len(bodies)} pages, {sum(map(len, bodies)) / len(bodies) / 1000:.0f} kB each on average; trafilatura's decoding by crawler.decode")  # noqa: T201 - a benchmark prints
    took = {name: sum(map(median, zip(*times, strict=True))) for name, times in rounds.items()}
    for name, total in took.items():
        print(f"{name:18}{1000 * total / len(bodies):7.2f} ms a page, loading {first[name] - total:.2f} s")  # noqa: T201 - a benchmark prints
    print(f"{'ratio':18}{took['trafilatura'] / took['pipelines.process']:7.2f}")  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
