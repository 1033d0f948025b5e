"""``scrapy family`` and ``scrapy families`` as a user calls them."""

from __future__ import annotations

import pytest

from storage.archive import Archive
from tests.storage.families.conftest import Arrivals

TITLE = "枯了三十年的泉眼又出水了"


@pytest.fixture
def call(scrapy, tmp_path):
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    with Archive(url) as archive:
        arrive = Arrivals(archive)
        arrive(TITLE, "story", site="qingshi")
        arrive(TITLE, "story_dropped", site="liuhe", source="青石日报")
        arrive("停水通知", "notice")

    def run(*words):
        return scrapy(*words, ARCHIVE_URL=url)

    return run


def test_an_article_that_is_not_there(call):
    done = call("family", "99")
    assert (done.returncode, done.stderr.strip()) == (1, "family: the archive has no article 99")


def test_an_entry_that_is_not_there(call):
    done = call("families", "--undo", "5")
    assert (done.returncode, done.stderr.strip()) == (1, "families: entry 5 does not exist")


def test_a_dry_run_of_nothing(call):
    assert "--dry-run goes with --recluster" in call("families", "--dry-run").stderr


def test_the_chain_of_a_story(call):
    shown = call("family", "2").stdout
    assert shown.index("qingshi") < shown.index("liuhe")
    assert "来源: 青石日报; same 1" in shown
    assert "- 泉眼在村东头的老槐树下" in shown


def test_the_largest_families(call):
    assert call("families").stdout.split() == ["2", "articles", "family", "1", "first", "1", "(qingshi):", TITLE]


def test_a_pass_that_changes_nothing(call):
    assert call("families", "--recluster", "--dry-run").stdout.strip() == "0 changes, none made"
    assert call("families", "--recluster").stdout.strip() == "nothing to change"
    assert call("families", "--log").stdout.strip() == "no merges or splits yet"
