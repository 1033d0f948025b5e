"""A whole crawl against the straw-man of a bench folder, alternating, in articles per CPU second (workers counted in).

    python tests/benchmarks/crawl.py BENCH_FOLDER [--articles 300] [--pairs 5]

BENCH_FOLDER holds make_site.py and strawman.py (a CrawlSpider with trafilatura, MinHash and one commit an item). The site is
served by this process' own child on loopback; only the crawlers' CPU time is counted, from /usr/bin/time's source, wait4.
The last line is JSON: medians, and the ratio pair by pair.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """The crawlers report."""


def serve(folder: str, ports: Queue) -> None:
    Quiet.extensions_map = {**Quiet.extensions_map, ".htm": "text/html", ".html": "text/html"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    server.request_queue_size = 128
    ports.put(server.server_address[1])
    server.serve_forever()


def cpu(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, str]:
    """(CPU seconds of a command and all its children, its output)."""
    with (folder / "out.txt").open("w+") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        out.seek(0)
        said = out.read()
    if status:
        raise SystemExit(f"{command}: status {status}\n{said[-3000:]}")
    return usage.ru_utime + usage.ru_stime, said


def ours(url: str, folder: Path) -> dict[str, float]:
    profile = (
        f'name = "bench"\nstart = ["{url}/"]\narticle = [\'content_\\d+\\.htm\']\nsection = [\'/list/\']\nallow_addresses = ["127.0.0.1"]\ndelay = 0\nconcurrency = 16\ndaily_budget = 0\n'
    )
    (folder / "bench.toml").write_text(profile, "utf-8")
    (folder / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text("utf-8"), "utf-8")
    seconds, said = cpu([sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=bench.toml"], folder, dict(os.environ))
    with sqlite3.connect(folder / "archive.db") as db:
        articles = db.execute("SELECT count(*) FROM articles").fetchone()[0]
        duplicates = db.execute("SELECT count(*) FROM outcomes WHERE reason LIKE 'Duplicate%'").fetchone()[0]
    return {"articles": articles + duplicates, "cpu": seconds, "rate": (articles + duplicates) / seconds}


def theirs(url: str, folder: Path, bench: Path) -> dict[str, float]:
    command = [sys.executable, str(bench / "strawman.py"), "--start", f"{url}/", "--db", str(folder / "straw.db"), "--loglevel", "ERROR"]
    seconds, said = cpu(command, folder, dict(os.environ))
    items = json.loads(said.strip().splitlines()[-1])["items"]
    return {"articles": items, "cpu": seconds, "rate": items / seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--ours", action="store_true", help="leave the straw-man out")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        site = Path(name) / "site"
        made = [sys.executable, str(asked.bench / "make_site.py"), str(site), "--pages", str(asked.articles), "--port", "8098", "--mix", "gbk=0.5,utf8=0.4,big5=0.1", "--dup", "0.1", "--seed", "7"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        ports: Queue = Queue()
        server = Process(target=serve, args=(str(site / "www"), ports), daemon=True)
        server.start()
        url = f"http://127.0.0.1:{ports.get()}"
        pairs = []
        for n in range(asked.pairs):
            one, other = Path(name) / f"ours{n}", Path(name) / f"theirs{n}"
            one.mkdir()
            other.mkdir()
            pair = [ours(url, one), theirs(url, other, asked.bench) if not asked.ours else {"rate": 1.0}]
            sys.stderr.write(f"{pair}\n")
            pairs.append(pair)
        server.terminate()
    ratios = [one["rate"] / other["rate"] for one, other in pairs]
    told = {"ours": statistics.median(one["rate"] for one, _ in pairs), "straw-man": statistics.median(other["rate"] for _, other in pairs), "ratios": ratios, "ratio": statistics.median(ratios)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
