"""What crawl tests share: a site with known articles over loopback, and a host of crawls."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
CHARACTERS = "村县城关河桥路灯学校市场春耕水稻苹果柑橘茶园油菜花灯会戏台渡口石板古井祠堂医院书店球场车站邮局码头果农渔民教师医生老人孩子青年妇女工匠画家歌手厨师"


def paragraphs(number: int, edition: int = 0) -> list[str]:
    """An article of its own: no two share a sentence."""
    rng = random.Random(f"{number}/{edition}")
    return ["".join(rng.choice(CHARACTERS) for _ in range(rng.randrange(40, 70))) + "。" for _ in range(4)]


def article_page(number: int, edition: int = 0) -> bytes:
    text = "".join(f"<p>{line}</p>" for line in paragraphs(number, edition))
    return (
        f'<html><head><meta charset="utf-8"><title>第{number}号消息：{paragraphs(number)[0][:12]}</title></head><body><h1>第{number}号消息：{paragraphs(number)[0][:12]}</h1>'
        f'<div class="info">2026-03-18 10:20 来源：青石日报</div><div class="article-content">{text}</div></body></html>'
    ).encode()


class SmallSite:
    """A home page, listing pages of sixty articles each, newest first, a feed; counts what it is asked for."""

    def __init__(self, articles: int = 70) -> None:
        self.numbers = list(range(1, articles + 1))
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: Counter[str] = Counter()
        self.conditional: Counter[str] = Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.asked[self.path] += 1
                status, headers, body = site.answer(self.path)
                etag = headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    site.conditional[self.path] += 1
                    status, body = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, address):
                """A killed crawler's connection is no news."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def article_path(self, number: int) -> str:
        return f"/news/2026/0318/{number:05}.html"

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        if path in self.pages:
            return self.pages[path]
        kind = {"Content-Type": "text/html; charset=utf-8"}
        if path == "/" or path.startswith("/list/"):
            return 200, kind, self.listing(0 if path == "/" else int(path.removeprefix("/list/").removesuffix(".html")))
        if path.startswith("/news/"):
            number = int(path[-10:-5])
            if number in self.numbers:
                return 200, kind | {"ETag": f'"{number}"'}, article_page(number)
        return 404, kind, "没有".encode()

    def listing(self, page: int) -> bytes:
        own = self.numbers[::-1][page * 60 : page * 60 + 60]
        more = f'<a href="/list/{page + 1}.html">下一页</a>' if (page + 1) * 60 < len(self.numbers) else ""
        items = "".join(f'<li><a href="{self.article_path(n)}">第{n}号消息</a></li>' for n in own)
        return f"<html><head><title>要闻</title></head><body><ul>{items}</ul>{more}</body></html>".encode()

    def profile(self, folder: Path, **more: object) -> Path:
        """A profile file for this site."""
        values = {
            "name": "small", "start": [f"{self.url}/"], "article": [r"/news/\d+/\d+/\d+\.html$"], "section": [r"/$", r"/list/\d+\.html$"],
            "allow_addresses": ["127.0.0.1"], "delay": 0, "concurrency": 8, **more,
        }  # fmt: skip
        path = folder / f"{values['name']}.toml"
        path.write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items()), "utf-8")
        return path


class CrawlHost:
    """Crawls in forked processes; see crawl_host.py."""

    def __init__(self, folder: Path, *reads: str) -> None:
        """``reads``: "pages" where the host itself has loaded what reading takes, for crawls without workers."""
        self.folder = folder
        environment = {k: v for k, v in os.environ.items() if k not in ("ARCHIVE_URL", "CAPTURES_DIR", "SITES_DIR")}
        environment["PYTHONPATH"] = str(HERE.parents[1])
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(HERE / "crawl_host.py"), *reads], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder
        )
        self._number = 0
        self.jobs: tuple[dict, ...] = ()
        self.pids: list[int] = []

    def job(self, profile: Path, archive: str, captures: Path, **more: object) -> dict:
        self._number += 1
        return {
            "profile": str(profile), "archive": archive, "captures": str(captures), "log": str(self.folder / f"log{self._number}.txt"),
            "answer": str(self.folder / f"answer{self._number}.json"), "flight": str(self.folder / "flight"), **more,
        }  # fmt: skip

    def start(self, *jobs: dict) -> None:
        """Begin crawls; `finish` gives their answers."""
        self.jobs = jobs
        self.process.stdin.write(json.dumps(jobs) + "\n")
        self.process.stdin.flush()
        self.pids = json.loads(self.process.stdout.readline())

    def finish(self) -> list[dict]:
        answers = json.loads(self.process.stdout.readline())
        for job, answer in zip(self.jobs, answers, strict=True):
            log = Path(job["log"])
            answer["log"] = log.read_text("utf-8", "replace") if log.exists() else ""
        return answers

    def crawl(self, profile: Path, archive: str, captures: Path, **more: object) -> dict:
        self.start(self.job(profile, archive, captures, **more))
        return self.finish()[0]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
