"""No spelling of an inner address is connected to, whatever names it: link, redirect, refresh, sitemap, feed, robots.txt."""

from __future__ import annotations

import json
import selectors
import socket
import sqlite3
import sys
import threading

import pytest
from hostile import answer, wrapped

from crawler.addresses import allowed

SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "127.00.00.01", "127.000.000.001", "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0x7f000001", "0X7F000001", "0x7f.1", "0177.0.0.1",
    "0177.0.0.01", "0177.1", "017700000001", "2130706433", "127.0.0.1.", "127.1.", "2130706433.", "0.0.0.0", "0", "0.0", "0x0", "00", "localhost", "LOCALHOST", "LocalHost", "localhost.",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::FFFF:127.0.0.1]",
    "user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1%2f", "%31%32%37.0.0.1", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1",
    "127.0.0.2", "127.127.127.127", "127.255.255.254", "ip6-localhost", "localhost.localdomain", "0x7F.1", "0x7f.0.1", "127.0x0.1", "0x007f.0.0.1", "0000000177.0.0.1", "0x7f.0.0x0.1",
    "127.0.0.3", "127.1.2.3", "0x7f.0.0.0x1", "0177.0.0.0x1", "0x7F.0X0.1", "0000177.1", "127.65535", "127.0.255.255", "0x7fffffff", "[::ffff:127.0.0.3]",
)  # fmt: skip
# Other inner networks are asked of the rule alone: where it failed, a crawl would send to machines that are not ours.
OTHERS = (
    "10.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.200", "100.64.0.1", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0",
    "127.8.8.8", "::1", "::", "fd00::1", "fd00:ec2::254", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "name",
)  # fmt: skip
SITE = "127.0.0.5"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers on every address of 127/8")


@pytest.mark.parametrize("address", OTHERS)
def test_an_inner_address_is_refused(address):
    assert not allowed(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "223.5.5.5"])
def test_a_public_address_is_allowed(address):
    assert allowed(address)


class Network:
    """A site on one loopback address, robots.txt answers on others, and a canary on the rest, all on one port."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.canary: list[str] = []
        first = self.listen(socket.AF_INET, SITE, 0)
        self.port = first.getsockname()[1]
        self.robots = {f"127.0.3.{n + 1}": spelling for n, spelling in enumerate(SPELLINGS)}
        for address in (*self.robots, "127.0.0.1", "127.0.0.2", "127.127.127.127", "127.255.255.254"):
            self.listen(socket.AF_INET, address, self.port)
        if socket.has_ipv6:
            self.listen(socket.AF_INET6, "::1", self.port)
        self.closing = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def listen(self, family: int, address: str, port: int) -> socket.socket:
        made = socket.socket(family)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(64)
        self.selector.register(made, selectors.EVENT_READ)
        return made

    def serve(self) -> None:
        while not self.closing:
            for key, _ in self.selector.select(0.1):
                connection, _ = key.fileobj.accept()
                with connection:
                    connection.settimeout(5)
                    address = connection.getsockname()[0]
                    if address != SITE and address not in self.robots:
                        self.canary.append(address)
                        continue
                    try:
                        path = connection.recv(65_536).split(b" ")[1].decode()
                        connection.sendall(self.page(address, path))
                    except (OSError, IndexError):
                        """The crawler went away."""

    def to(self, spelling: str) -> str:
        return f"http://{spelling}:{self.port}"

    def page(self, address: str, path: str) -> bytes:
        if path == "/robots.txt":
            moved = self.robots.get(address)
            return answer(b"", f"Location: {self.to(moved)}/robots.txt".encode().decode("latin-1"), status="301 x") if moved else answer(b"", status="404 x")
        kind, _, number = path.strip("/").partition("/")
        if kind in ("redirect", "refresh"):
            target = f"{self.to(SPELLINGS[int(number)])}/{kind}ed/1.html"
            if kind == "redirect":
                return answer(b"", f"Location: {target}".encode().decode("latin-1"), status="302 x")
            return answer(wrapped("").replace(b"<title>", f'<meta http-equiv="refresh" content="0;url={target}"><title>'.encode()))
        return answer(self.listing(kind).encode())

    def listing(self, kind: str) -> str:
        each = [(n, self.to(spelling)) for n, spelling in enumerate(SPELLINGS)]
        if kind == "feed":
            items = "".join(f"<item><title>a</title><link>{url}/feed/{n}.html</link></item>" for n, url in each)
            return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
        if kind == "sitemap":
            items = "".join(f"<url><loc>{url}/sitemap/{n}.html</loc></url>" for n, url in each)
            return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>'
        links = "".join(f'<a href="{url}/link/{n}.html">a</a><a href="/redirect/{n}">b</a><a href="/refresh/{n}">c</a>' for n, url in each)
        links += "".join(f'<a href="http://{address}:{self.port}/robots/1.html">d</a>' for address in self.robots)
        return f"<html><body>{links}</body></html>"

    def close(self) -> None:
        self.closing = True
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()


@pytest.mark.slow
def test_no_spelling_reaches_the_canary(crawl_host, tmp_path):
    network = Network()
    with socket.create_connection(("127.0.0.1", network.port)):
        pass  # the canary does sing
    site = f"http://{SITE}:{network.port}"
    hosts = sorted({spelling.rpartition("@")[2].strip("[]").lower().rstrip(".") for spelling in SPELLINGS} | {spelling.lower() for spelling in SPELLINGS} | {SITE, *network.robots})
    values = {
        "name": "inner", "start": [f"{site}/"], "feeds": [f"{site}/feed"], "sitemaps": [f"{site}/sitemap"], "domains": hosts, "article": ["/(link|redirect|refresh|feed|sitemap|robots)"],
        "allow_addresses": [SITE, *network.robots], "delay": 0, "concurrency": 8,
    }  # fmt: skip
    profile = tmp_path / "inner.toml"
    profile.write_text("\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()), "utf-8")
    found = crawl_host.crawl(profile, f"sqlite:///{tmp_path}/a.db", tmp_path / "c", settings={"DOWNLOAD_TIMEOUT": 5, "FRONTIER_WAIT": 0, "LOG_LEVEL": "CRITICAL"})
    network.close()
    assert len(SPELLINGS) >= 60
    assert network.canary == ["127.0.0.1"]  # our own
    with sqlite3.connect(tmp_path / "a.db") as db:
        asked = db.execute("SELECT count(*) FROM frontier WHERE host NOT IN (?, '') AND host NOT LIKE '127.0.3.%'", (SITE,)).fetchone()[0]
        tried = dict(db.execute("SELECT CASE WHEN reason LIKE 'RefusedAddress%' THEN 'refused' ELSE outcome END, count(*) FROM outcomes GROUP BY 1").fetchall())
    assert found["result"]["exit_code"] == 1
    assert tried["refused"] >= 100, tried  # most spellings get as far as the resolver
    assert tried["redirected"] >= 60, tried
    assert asked >= 200
