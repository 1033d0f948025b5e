"""The probe against the sample site, as a user calls it."""

from __future__ import annotations

import tomllib

import pytest

from crawler.sample.server import SampleSite


@pytest.mark.slow
def test_the_drafted_profile_finds_what_the_site_has_and_crawls(scrapy, tmp_path):
    with SampleSite(0) as site:
        done = scrapy("probe", f"{site.url}/", "-o", "drafted.toml", "--allow-address", "127.0.0.1", "-s", "DOWNLOAD_DELAY=0")
        assert done.returncode == 0, done.stderr[-2000:]
        drafted = tomllib.loads((tmp_path / "drafted.toml").read_text("utf-8"))
        assert drafted["feeds"] == [f"{site.url}/rss.xml"]
        assert drafted["sitemaps"] == [f"{site.url}/sitemap.xml"]
        assert r"/t\d{8}_\d+\.html$" in drafted["article"]
        assert f"{site.url}/minsheng/" in drafted["start"]
        assert not (tmp_path / "archive.db").exists()
        crawled = scrapy("crawl", "news", "-a", "site=drafted.toml", "-s", "DOWNLOAD_DELAY=0", "-s", "CLOSESPIDER_ITEMCOUNT=5")
        assert "stored" in crawled.stdout


def test_a_site_that_does_not_answer(scrapy, sample_port):
    done = scrapy("probe", f"http://127.0.0.1:{sample_port}/", "--allow-address", "127.0.0.1")
    assert done.returncode == 1
    assert "gives no page" in done.stderr


def test_a_private_address_is_refused(scrapy):
    with SampleSite(0) as site:
        done = scrapy("probe", f"{site.url}/")
    assert done.returncode == 1
    assert "gives no page" in done.stderr


@pytest.mark.parametrize("words", [(), ("ftp://n.example/",), ("n.example",)])
def test_what_is_no_address(scrapy, words):
    done = scrapy("probe", *words)
    assert done.returncode == 2
    assert "written as https://host/" in done.stderr + done.stdout


def test_a_profile_is_not_overwritten(scrapy, tmp_path):
    (tmp_path / "n.example.toml").write_text("start = []", "utf-8")
    done = scrapy("probe", "https://n.example/")
    assert done.returncode == 2
    assert "exists" in done.stderr
