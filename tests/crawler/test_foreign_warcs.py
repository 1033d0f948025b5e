"""WARC files of others, odd and broken ones among them: read, or refused in words; and ours, read by others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError

import pytest
from harness import article_page
from warcio.archiveiterator import ArchiveIterator

from crawler.replay import BadReplay, warc_pages
from tests.conftest import free_port, shared

HOME = ("http://example.com/", 200, b"<h1>Example Domain</h1>")
POST, QUERY = ("http://httpbin.org/post", 200, b'"url": "http://httpbin.org/post"'), ("http://httpbin.org/post?foo=bar", 200, b'"foo": "bar"')
READ = {
    "example.warc": [HOME], "example.warc.gz": [HOME], "example-wget-bad-target-uri.warc.gz": [HOME], "post-test.warc.gz": [POST, POST, QUERY],
    "example-iana.org-chunked.warc": [("http://www.iana.org/", 200, b"</html>")],
    "example-bad-non-chunked.warc.gz": [HOME],  # all records in one gzip member
    "example-wrong-chunks.warc.gz": [HOME],  # says that it is chunked, and is not
    "example-bad.warc.gz.bad": [("http://example.com?example=1", 200, b"<h1>Example Domain</h1>"), ("http://www.iana.org/domains/example", 302, b"302 Found")],
    "example-digest.warc": [], "example-resource.warc.gz": [], "example-space-in-target-uri.warc.gz": [],  # no responses in them
}  # fmt: skip
REFUSED = dict.fromkeys(("bad.arc", "example.arc", "example.arc.gz", "example-space-in-url.arc"), "is no WARC file (it starts with b'filed'")


@pytest.fixture(scope="module")
def corpus():
    return shared() / "corpora" / "warcio" / "test" / "data"


@pytest.mark.parametrize("name", READ)
def test_it_is_read(corpus, name):
    pages = list(warc_pages(corpus / name))
    assert [(page.url, page.status) for page in pages] == [(url, status) for url, status, _ in READ[name]]
    assert all(part in page.body for page, (_, _, part) in zip(pages, READ[name], strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(corpus, name):
    with pytest.raises(BadReplay) as caught:
        list(warc_pages(corpus / name))
    assert REFUSED[name] in str(caught.value)


def test_what_stands_before_a_tear_is_read_and_the_tear_is_told(corpus):
    pages = warc_pages(corpus / "example-trunc.warc")
    assert HOME[2] in next(pages).body
    with pytest.raises(BadReplay, match="broken after 3 records"):
        next(pages)


def test_every_file_of_the_corpus_is_tried(corpus):
    assert {path.name for path in corpus.iterdir()} == {*READ, *REFUSED, "example-trunc.warc"}


def test_a_run_over_the_size_of_a_file_goes_on_in_the_next(crawl_host, small_site, tmp_path):
    """What a gigabyte does, with 20 KB: every file is whole, closed, and told of in the archive."""
    answer = crawl_host.crawl(small_site.profile(tmp_path), f"sqlite:///{tmp_path}/a.db", tmp_path / "c", settings={"CAPTURES_ROTATE_MB": 0.02})
    assert answer["result"]["exit_code"] == 0, answer
    files = sorted((tmp_path / "c").iterdir())
    assert len(files) > 2
    assert not [path.name for path in files if not path.name.endswith(".warc.gz")]
    assert all(20_000 <= path.stat().st_size < 40_000 for path in files[:-1])
    heads = []
    for path in files:
        with path.open("rb") as stream:
            heads.append([record.rec_type for record in ArchiveIterator(stream)][:3])
    assert heads == [["warcinfo", "response", "request"]] * len(files)
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *map(str, files)], check=False, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "")


@contextmanager
def pywb(folder, files):
    """Address of a pywb that serves these files as the collection ``ours``."""
    place = os.environ.get("FANGZHI_PYWB") or str(Path(shutil.which("wb-manager") or "").parent)
    if place == ".":
        pytest.skip("no pywb: install it anywhere (pip install pywb) and name the folder of its commands in FANGZHI_PYWB to run this test")
    for words in (["init", "ours"], ["add", "ours", *map(str, files)]):
        subprocess.run([Path(place) / "wb-manager", *words], cwd=folder, check=True, capture_output=True, timeout=120)
    port = free_port()
    with subprocess.Popen([Path(place) / "wayback", "-p", str(port), "-b", "127.0.0.1"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield f"http://127.0.0.1:{port}/ours"
        finally:
            server.terminate()


@pytest.mark.slow
def test_pywb_shows_what_was_captured(crawl_host, small_site, tmp_path):
    small_site.numbers = [1, 2]
    before = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    for _ in range(2):  # the second run writes revisits: its home page is the same; its articles answer 304, which pywb shows as such
        assert crawl_host.crawl(small_site.profile(tmp_path, revisit=["1s"]), f"sqlite:///{tmp_path}/a.db", tmp_path / "c")["exit"] == 0
        time.sleep(1.1)
    with pywb(tmp_path, (tmp_path / "c").iterdir()) as base:
        assert _body(f"{base}/{before}id_/{small_site.url}{small_site.article_path(2)}") == article_page(2)
        assert _body(f"{base}/2099id_/{small_site.url}/") == small_site.listing(0)


def _body(address):
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read()
        except OSError as error:
            if isinstance(error, HTTPError) or time.monotonic() > until:
                raise
            time.sleep(0.3)
