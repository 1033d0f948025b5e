"""A crawl over pages that loop, crash and eat memory: each ends as failed, with its cause; the rest is stored."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
TEXT = "县里的老粮站停用二十年，墙根长满了蒿草。去年冬天，镇上决定把它改成一座农具馆，头一件展品是一架旧水车，编号{}。"
BAD = {3: "LOOP", 5: "CRASH", 7: "EAT"}
CAUSES = {"LOOP": "more than 1 s of CPU", "CRASH": "SIGSEGV", "EAT": "MemoryError"}
STEPS = (
    "reader.Reader", "pipelines.join_pages.JoinPages", "pipelines.repair_text.RepairText", "pipelines.strip_disclaimers.StripDisclaimers",
    "pipelines.strip_related.StripRelated", "pipelines.deduplicate.Deduplicate", "pipelines.persist.Persist",
)  # fmt: skip


def body(path):
    if path == "/":
        # so large that it is read in a worker
        return "<!-- " + "x" * 70_000 + " -->" + "".join(f'<a href="/t20260301_{n}.html">农具馆的第{n}件展品</a> ' for n in range(1, 13))
    number = int(path.rpartition("_")[2].removesuffix(".html"))
    return f"<h1>农具馆的第{number}件展品</h1><div>2026-03-01 09:30</div><p>{TEXT.format(number)}</p><!-- {BAD.get(number, '')} -->"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path == "/" or self.path.endswith(".html")
        answer = f"<html><meta charset=utf-8><body>{body(self.path)}</body></html>".encode() if known else b"none"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project folder with the reader in it, and a site that is being served."""
    folder = tmp_path_factory.mktemp("workers")
    shutil.copy(Path(__file__).parent / "pages.py", folder / "reader.py")
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = local\n", "utf-8")
    (folder / "local.py").write_text(
        f"from crawler.settings import *\nITEM_PIPELINES = {{step: n for n, step in enumerate({STEPS!r})}}\nREAD_SECONDS = 1.0\nREAD_MEMORY_MB = 128\nREAD_WORKERS = 2\n", "utf-8"
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "museum.toml").write_text(
        f'name = "museum"\nstart = ["http://127.0.0.1:{server.server_port}/"]\nallow_addresses = ["127.0.0.1"]\ndelay = 0\nconcurrency = 8\nrevisit = ["30d"]\n', "utf-8"
    )
    yield folder
    server.shutdown()
    server.server_close()


def command(folder, **more):
    environment = {k: v for k, v in os.environ.items() if k not in ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR")}
    environment["PYTHONPATH"] = os.pathsep.join((str(folder), str(ROOT)))
    words = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=./museum.toml"]
    return words, {"cwd": folder, "env": {**environment, **more}}


@pytest.fixture(scope="module")
def crawled(folder):
    words, options = command(folder)
    return subprocess.run(words, **options, capture_output=True, text=True, timeout=120, check=False)


def rows(folder, query):
    with sqlite3.connect(folder / "archive.db") as connection:
        return connection.execute(query).fetchall()


def test_every_other_page_is_stored(crawled, folder):
    stored = {int(url.rpartition("_")[2].removesuffix(".html")) for (url,) in rows(folder, "SELECT url FROM articles")}
    assert stored == set(range(1, 13)) - set(BAD), crawled.stderr[-3000:]


@pytest.mark.parametrize("number", BAD)
def test_a_page_that_kills_its_worker_is_a_dead_letter_with_the_cause(number, crawled, folder):
    ((error,),) = rows(folder, f"SELECT error FROM dead_letters WHERE url LIKE '%\\_{number}.html' ESCAPE '\\'")
    assert CAUSES[BAD[number]] in error
    assert rows(folder, f"SELECT outcome FROM outcomes WHERE url LIKE '%\\_{number}.html' ESCAPE '\\'") == [("failed",)]


def test_a_run_that_lost_pages_says_so(crawled):
    assert crawled.returncode == 1
    assert "3 failed" in crawled.stdout


def children(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [int(one) for one in found]


@pytest.mark.skipif(not shutil.which("ps"), reason="no ps on this machine: install procps to run this test")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_a_crawl_that_is_ended_leaves_no_worker(how, crawled, folder):
    words, options = command(folder, ARCHIVE_URL=f"sqlite:///{how.name}.db", READ_WORKERS="2")
    with subprocess.Popen([*words, "-s", "READ_SECONDS=60"], **options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as crawl:
        until = time.monotonic() + 60
        while not (workers := [pid for pid in children(crawl.pid) if pid]) and time.monotonic() < until:
            time.sleep(0.1)
        assert workers
        crawl.send_signal(how)
        time.sleep(0.5)
        crawl.send_signal(how)  # a second time: at once, not after the pages in hand
        crawl.wait(30)
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/cmdline").exists() and b"workers" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in workers):
        assert time.monotonic() < until, workers
        time.sleep(0.1)
