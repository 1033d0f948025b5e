"""Speed of the whole of `pipelines.process` against trafilatura, on the test pages and on larger ones made of them.

    python tests/benchmarks/reading.py [FOLDER_OF_HTML …]

Pages a CPU second, each on the same pages in the same run; the last line is the ratio. Every other page is read first, so
that models and tables are loaded (their time is the difference of "with loading"), then those between are timed. With
folders, every ``*.html`` in them is read instead.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from crawler.decode import decode
from crawler.items import Dropped, Page
from pipelines import process

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


def rate(function: Callable[[bytes], None], bodies: list[bytes]) -> float:
    """Pages a CPU second."""
    start = time.process_time()
    for body in bodies:
        function(body)
    return len(bodies) / (time.process_time() - start)


def main() -> None:
    logging.disable(logging.CRITICAL)
    bodies = [path.read_bytes() for folder in sys.argv[1:] for path in sorted(Path(folder).glob("*.html"))] or pages()
    cold, cold_peer = rate(ours, bodies[::2]), rate(theirs, bodies[::2])
    mine, peer = rate(ours, bodies[1::2]), rate(theirs, bodies[1::2])
    print(f"{len(bodies)} pages, {sum(map(len, bodies)) / len(bodies) / 1000:.0f} kB each on average")  # noqa: T201 - a benchmark prints
    print(f"pipelines.process {mine:8.1f} pages/s")  # noqa: T201 - a benchmark prints
    print(f"trafilatura       {peer:8.1f} pages/s (its decoding by crawler.decode)")  # noqa: T201 - a benchmark prints
    print(f"with loading {cold:7.1f} and {cold_peer:.1f} pages/s")  # noqa: T201 - a benchmark prints
    print(f"ratio             {mine / peer:8.2f}")  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
