"""robots.txt, Crawl-delay, Retry-After and TLS, each with a real server that is asked by real crawls."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from harness import SmallSite, article_page
from sqlalchemy import text

from storage.archive import Archive

PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture
def site():
    made = SmallSite(5)
    yield made
    made.close()


@pytest.fixture
def crawl(crawl_host, site, tmp_path):
    """Crawl the site into one archive; the run's result."""

    def run(*, settings=None, **profile):
        answer = crawl_host.crawl(site.profile(tmp_path, **profile), f"sqlite:///{tmp_path}/a.db", tmp_path / "c", settings=settings or {})
        assert answer.get("result"), answer
        return answer["result"]

    return run


@pytest.fixture
def waits_end(tmp_path):
    """Let every wait of hosts and addresses be over."""

    def end():
        with Archive(f"sqlite:///{tmp_path}/a.db") as archive, archive.transaction() as connection:
            connection.execute(text("UPDATE frontier SET next_at = first_seen_at WHERE state = 'pending'"))
            connection.execute(text("UPDATE hosts SET not_before = NULL"))

    return end


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_with_a_servers_error_forbids_all_until_it_is_had(status, site, crawl, waits_end):
    """RFC 9309, 2.3.1.4."""
    site.pages["/robots.txt"] = (status, PLAIN, b"")
    result = crawl()
    assert (result["state"], result["fetched"]) == ("degraded", 0)
    assert f"HTTP {status}" in result["reason"] or "asked to wait" in result["reason"]
    assert site.asked.keys() == {"/robots.txt"}
    assert crawl()["fetched"] == 0
    assert site.asked["/robots.txt"] == 1, "its wait outlasts the process"
    site.pages["/robots.txt"] = (404, PLAIN, b"")
    waits_end()
    assert crawl()["counts"]["stored"] == 5


def test_a_robots_txt_that_does_not_come_forbids_all(site, crawl, monkeypatch):
    real = site.answer
    monkeypatch.setattr(site, "answer", lambda path: time.sleep(3 if path == "/robots.txt" else 0) or real(path))
    result = crawl(settings={"DOWNLOAD_TIMEOUT": 1})
    assert (result["state"], result["fetched"]) == ("degraded", 0)
    assert site.asked.keys() == {"/robots.txt"}


def test_of_a_robots_txt_500_kib_are_read(site, crawl):
    """RFC 9309, 2.5: what stands in them counts, what stands behind does not."""
    rules = b"User-agent: *\nDisallow: " + site.article_path(3).encode() + b"\n"
    filler = b"# " + b"x" * 97 + b"\n"
    site.pages["/robots.txt"] = (200, PLAIN, rules + filler * 6000 + b"Disallow: /\n")
    result = crawl()
    assert result["counts"] == {"listing": 1, "stored": 4, "dropped": 1}
    assert site.article_path(3) not in site.asked


def test_a_crawl_delay_longer_than_the_profiles_is_kept(site, crawl, monkeypatch):
    site.pages["/robots.txt"] = (200, PLAIN, b"User-agent: *\nCrawl-delay: 0.7\n")
    real, times = site.answer, []
    monkeypatch.setattr(site, "answer", lambda path: times.append(time.monotonic()) or real(path))
    assert crawl(concurrency=8)["counts"]["stored"] == 5
    gaps = [later - earlier for earlier, later in zip(times[1:], times[2:], strict=False)]  # from the first page on
    assert len(gaps) == 5
    assert min(gaps) >= 0.6, gaps


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_outlasts_a_restart(status, site, crawl, waits_end):
    path = site.article_path(5)
    site.pages[path] = (status, {"Retry-After": "3000"}, b"")
    result = crawl(concurrency=1)
    assert result["state"] == "degraded"
    before = dict(site.asked)
    site.pages.clear()
    again = crawl()
    assert (again["state"], again["fetched"]) == ("finished", 0), "nothing is due before the host's time is over"
    assert dict(site.asked) == before
    waits_end()
    assert crawl()["state"] == "finished"
    assert site.asked[path] == 2


@pytest.mark.parametrize(("weekly", "state"), [(100, "failed"), (12, "finished")])
def test_far_fewer_articles_than_expected_fail_the_run_with_a_reason(weekly, state, crawl):
    result = crawl(weekly=weekly)
    assert result["state"] == state, result
    assert result["counts"]["stored"] == 5, "what was found is kept all the same"
    if state == "failed":
        assert "5 new articles in a week, 100 are expected (weekly in its profile)" in result["reason"]


def certificate(folder, name="127.0.0.1", days=1):
    """A self-signed certificate; the path of its file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    now, subject = datetime.datetime.now(datetime.UTC), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=9)).not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


class TlsSite:
    """One article over TLS."""

    def __init__(self, path):
        self.asked = asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                body = article_page(1) if self.path == "/news/1.html" else b'<a href="/news/1.html">1</a>'
                self.send_response(404 if self.path == "/robots.txt" else 200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, address):
                """A client that turns away is what is tested."""

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize(("days", "profile", "stored"), [
    (1, {}, 0), (1, {"verify_tls": False}, 1), (-1, {}, 0), (-1, {"verify_tls": False}, 1),
], ids=["self-signed", "self-signed, permitted", "expired", "expired, permitted"])  # fmt: skip
def test_a_certificate_that_nobody_vouches_for_is_refused_unless_the_profile_permits_it(days, profile, stored, site, crawl, tmp_path):
    server = TlsSite(certificate(tmp_path, days=days))
    try:
        result = crawl(start=[f"{server.url}/"], article=["/news/"], **profile)
    finally:
        server.close()
    assert result["counts"].get("stored", 0) == stored, result
    if not stored:
        assert server.asked == []
        assert result["state"] == "degraded"
        assert "the certificate was refused (verify_tls" in result["reason"], result["reason"]
