"""What worker processes cost the crawl's own process, against reading in place; memory of a worker over many pages.

    python tests/benchmarks/workers.py [PAGES]

The pages are the bundled sample site's, padded to about 60 KB as real ones are.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from crawler.items import Page
from crawler.sample.content import stories
from crawler.sample.pages import article
from crawler.workers.pool import Workers
from pipelines.read_page import read_page

PADDING = b"<script>" + b"var a = 1;\n" * 4500 + b"</script>"


def pages(number: int) -> list[Page]:
    made = stories()
    bodies = [PADDING + article(story, 1, made).body for story in made]
    return [Page(f"http://a.example/20260101/t{n}.html", bodies[n % len(bodies)]) for n in range(number)]


def resident(pid: int) -> int:
    """KiB of a process's memory; 0 where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text("ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


async def measured(number: int) -> None:
    made = pages(number)
    start = time.process_time()
    for page in made[:200]:
        read_page(page, None)
    print(f"in place: {(time.process_time() - start) / len(made[:200]) * 1000:.2f} ms of CPU a page")  # noqa: T201 - a benchmark prints
    workers = Workers(1)
    await workers.run(read_page, made[0], None)
    pid = workers.idle[0].process.pid
    before, start = resident(pid), time.process_time()
    for page in made:
        await workers.run(read_page, page, None)
    spent = (time.process_time() - start) / number * 1000
    print(f"in a worker: {spent:.2f} ms of this process's CPU a page; the worker's memory {before // 1024} -> {resident(pid) // 1024} MiB over {number} pages")  # noqa: T201
    await workers.close()


if __name__ == "__main__":
    asyncio.run(measured(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
