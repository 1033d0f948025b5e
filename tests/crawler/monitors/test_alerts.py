"""Alerts reach mail, Slack, Telegram, a webhook and a file, on receivers of this machine."""

from __future__ import annotations

import json
import threading
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

apprise = pytest.importorskip("apprise", reason="the extra 'monitor' is not installed")

from crawler.monitors.alert import NotTold, send  # noqa: E402 - after the check above
from storage.health import Finding, News  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # a plugin of Apprise imports it
NEWS = News(site="青石", found=(Finding("silent", "no new article for 8 days"), Finding("run", "exit 1 & <more>")), over=("late",))


class Receiver:
    """An HTTP server that keeps what is posted to it."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
                body = b'{"ok": true, "result": []}' if "bot" in self.path else b"ok"
                self.send_response(receiver.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.at = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def test_a_webhook_gets_what_is_wrong_and_what_is_over(receiver):
    send(NEWS, [f"json://{receiver.at}/hook"])
    ((path, body),) = receiver.got
    told = json.loads(body)
    assert path == "/hook"
    assert told["title"] == "青石: 2 wrong"
    assert told["message"].splitlines() == ["silent: no new article for 8 days", "run: exit 1 & <more>", "late: well again"]


def test_slack_gets_it(receiver, monkeypatch):
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://{receiver.at}/services")
    send(NEWS, ["slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#news"])
    ((path, body),) = receiver.got
    assert path.startswith("/services/")
    assert "no new article for 8 days" in json.dumps(json.loads(body), ensure_ascii=False)


def test_telegram_gets_it(receiver, monkeypatch):
    from apprise.plugins.telegram import NotifyTelegram

    monkeypatch.setattr(NotifyTelegram, "notify_url", f"http://{receiver.at}/bot")
    send(NEWS, ["tgram://123456789:abcdefg_hijklmnop/12315544/"])
    path, body = receiver.got[-1]
    assert path.endswith("/sendMessage")
    assert "no new article for 8 days" in json.dumps(json.loads(body), ensure_ascii=False)


def test_mail_gets_it():
    pytest.importorskip("aiosmtpd", reason="the test group is not installed")
    from aiosmtpd.controller import Controller

    class Box:
        letters: list[bytes] = []

        async def handle_DATA(self, server, session, envelope) -> str:
            self.letters.append(envelope.content)
            return "250 kept"

    box = Controller(Box(), hostname="127.0.0.1", port=0)
    # A Controller cannot say which port it was given: ask for a free one.
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    box.start()
    try:
        send(NEWS, [f"mailto://127.0.0.1:{box.port}?from=archive@example.org&to=li@example.org&mode=insecure&format=text"])
    finally:
        box.stop()
    (letter,) = [message_from_bytes(content) for content in Box.letters]
    assert str(make_header(decode_header(letter["Subject"]))) == "青石: 2 wrong"
    body = next(part for part in letter.walk() if part.get_content_type() == "text/plain")
    assert "no new article for 8 days" in body.get_payload(decode=True).decode()


def test_a_file_gets_a_line_each(tmp_path):
    for _ in range(2):
        send(NEWS, [f"file:{tmp_path / 'alerts.jsonl'}"])
    lines = [json.loads(line) for line in (tmp_path / "alerts.jsonl").read_text("utf-8").splitlines()]
    assert [line["site"] for line in lines] == ["青石", "青石"]


def test_negative_what_reaches_nobody_is_said_without_its_password(receiver, tmp_path):
    receiver.status = 500
    addresses = [f"json://user:secret@{receiver.at}/", f"file:{tmp_path / 'no' / 'such'}", "nonsense://x", f"file:{tmp_path / 'last'}"]
    with pytest.raises(NotTold) as error:
        send(NEWS, addresses)
    assert "secret" not in str(error.value)
    assert all(part in str(error.value) for part in ("json://", "No such file", "nonsense"))
    assert (tmp_path / "last").exists()
