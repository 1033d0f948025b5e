"""The sample site over HTTP on loopback."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from crawler.sample.pages import Answer, answers

PORT = 8765
PROFILE = Path(__file__).parents[1] / "sites" / "sample.toml"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        answer = self.server.answers.get(self.path) or Answer("没有这个页面".encode(), "text/plain; charset=utf-8", 404)
        etag = '"' + hashlib.sha256(answer.body).hexdigest()[:16] + '"'
        if answer.status == 200 and self.headers.get("If-None-Match") == etag:
            answer = Answer(b"", answer.content_type, 304)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("ETag", etag)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the crawl reports."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answers: dict[str, Answer]
    asked: list[str]


class SampleSite:
    """A running sample site; close it, or use it as a context manager."""

    def __init__(self, port: int = PORT, day: int = 1) -> None:
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise OSError(f"cannot serve on 127.0.0.1:{port}: {error.strerror}; choose another with --port") from None
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server.answers, self._server.asked = answers(day, self.url), []
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> SampleSite:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve_day(self, day: int) -> None:
        """Go on as the site is on another day."""
        self._server.answers = answers(day, self.url)

    @property
    def asked(self) -> list[str]:
        """Every path that was asked for, in order."""
        return self._server.asked

    def profile(self, **more: str) -> str:
        """The bundled TOML profile, for this port; ``more`` are further keys as TOML values."""
        bundled = PROFILE.read_text("utf-8").replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{self.port}")
        return bundled + "".join(f"{key} = {value}\n" for key, value in more.items())
