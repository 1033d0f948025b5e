"""Fixtures of crawl tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import CrawlHost, SmallSite


@pytest.fixture
def small_site():
    site = SmallSite()
    yield site
    site.close()


@pytest.fixture(scope="session")
def crawl_host(tmp_path_factory):
    host = CrawlHost(tmp_path_factory.mktemp("host"), "pages")
    yield host
    host.close()
