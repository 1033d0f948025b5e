"""Bad input: what is wrong, where, what to do; a non-zero exit; no traceback."""

from __future__ import annotations

import gzip
import socket
import sqlite3

import pytest

from crawler.replay import BadReplay, warc_pages
from crawler.sites import BadSite, load
from crawler.spiders.news import made_up
from storage.archive import Archive, BadArchive

pytestmark = pytest.mark.slow

PROFILES = {
    "syntax": ('start = ["https://a.cn/"\n', ("not TOML", "end of document")),
    "unknown key": ('start = ["https://a.cn/"]\nspeed = 3\n', ("unknown key 'speed'", "known keys: name")),
    "wrong type": ('start = ["https://a.cn/"]\ndelay = "fast"\n', ("'delay'", "must be int or float", "'fast'")),
    "no address": ('start = ["a.cn"]\n', ("'start'", "'a.cn'", "https://host/path")),
    "no pattern": ("start = [\"https://a.cn/\"]\narticle = ['(']\n", ("'article'", "no regular expression")),
    "nothing to start from": ('title = "无"\n', ("nothing to start from", "'start'")),
    "no encoding": ('start = ["https://a.cn/"]\nencoding = "klingon"\n', ("'encoding'", "gb18030")),
    "unknown selector": ('start = ["https://a.cn/"]\n[selectors]\nheadline = "h1"\n', ("selectors.headline", "known: author")),
}


@pytest.fixture
def refused(scrapy):
    """Call scrapy; it must end with an exit code of 2 (or another given) and every one of the words, and no traceback."""

    def call(*words, says, code=2, **environment):
        done = scrapy(*words, **environment)
        said = done.stderr + done.stdout
        assert "Traceback" not in said, said
        assert done.returncode == code, said
        for one in says:
            assert one in said, said
        return said

    return call


def test_an_unknown_site_names_those_that_exist(refused):
    refused("crawl", "news", "-a", "site=nosuch", says=("no site 'nosuch'", "sample", "TOML file"))


@pytest.mark.parametrize("case", PROFILES)
def test_a_broken_profile_names_file_key_and_remedy(case, tmp_path):
    text, says = PROFILES[case]
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(BadSite) as error:
        load(str(tmp_path / "mine.toml"))
    assert all(one in str(error.value) for one in ("mine.toml", *says)), error.value


def test_a_crawl_with_a_broken_profile_does_not_start(refused, tmp_path):
    (tmp_path / "mine.toml").write_text(PROFILES["wrong type"][0], "utf-8")
    refused("crawl", "news", "-a", "site=mine.toml", says=("crawl: mine.toml", *PROFILES["wrong type"][1]))
    assert not (tmp_path / "archive.db").exists()


def test_sites_lists_a_broken_profile_beside_the_good_ones(refused, tmp_path):
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "bad.toml").write_text(PROFILES["unknown key"][0], "utf-8")
    refused("sites", says=("bad.toml", "unknown key 'speed'", "ok      sample"), code=1, SITES_DIR=str(tmp_path / "sites"))


def test_a_profile_that_is_not_there(refused):
    refused("crawl", "news", "-a", "site=./none.toml", says=("none.toml: no such file", "scrapy sites"))


@pytest.mark.parametrize("words", [(), ("-a", "site=sample", "-a", "url=https://a.cn/")], ids=["none", "both"])
def test_one_of_site_and_address_is_needed(words, refused):
    refused("crawl", "news", *words, says=("-a site=NAME", "-a url=https://host/"))


@pytest.mark.parametrize("url", ["nonsense", "ftp://a.cn/", "https://", "https://a.cn:port/", "javascript:alert(1)"])
def test_an_address_that_is_none(url):
    with pytest.raises(BadSite, match="https://host/path"):
        made_up(url)


def test_a_crawl_of_an_address_that_is_none_does_not_start(refused):
    refused("crawl", "news", "-a", "url=nonsense", says=("crawl: 'nonsense'", "https://host/path"))


ARCHIVES = {
    "unreachable server": ("postgresql+psycopg://someone:secret@127.0.0.1:1/news", ("cannot open", "ARCHIVE_URL")),
    "no folder": ("sqlite:///none/of/this.db", ("does not exist", "create it")),
    "no database URL": ("archive.db", ("no database URL", "sqlite:///archive.db")),
    "another kind": ("mysql://a.cn/news", ("mysql", "sqlite:///")),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_an_archive_that_cannot_be_opened(case):
    url, says = ARCHIVES[case]
    with pytest.raises(BadArchive) as error:
        Archive(url)
    assert all(one in str(error.value) for one in says), error.value
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("command", [("search", "泉"), ("crawl", "news", "-a", "site=sample")], ids=lambda words: words[0])
def test_a_command_says_that_the_archive_cannot_be_opened(command, refused):
    url, says = ARCHIVES["unreachable server"]
    said = refused(*command, says=says, ARCHIVE_URL=url)
    assert "secret" not in said


@pytest.fixture
def newer(tmp_path):
    """An archive that a later version of the program wrote."""
    with Archive(f"sqlite:///{tmp_path / 'archive.db'}"):
        pass
    with sqlite3.connect(tmp_path / "archive.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize("command", [("search", "泉"), ("crawl", "news", "-a", "site=sample"), ("archive", "--port", "0")], ids=lambda words: words[0])
def test_a_database_newer_than_the_code_is_refused(command, newer, refused, tmp_path):
    refused(*command, says=("newer version", "update this program"))
    with sqlite3.connect(tmp_path / "archive.db") as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


WARCS = {
    "text": (b"<html>no WARC</html>", ("is no WARC file",)),
    "gzip of something else": (gzip.compress(b"<html>no WARC</html>"), ("is no WARC file",)),
    "torn gzip": (gzip.compress(b"WARC/1.1\r\n" * 900)[:30], ("is it a WARC file?",)),
    "empty": (b"", ("is no WARC file",)),
}


@pytest.mark.parametrize("case", WARCS)
def test_a_warc_that_is_none(case, tmp_path):
    body, says = WARCS[case]
    (tmp_path / "x.warc.gz").write_bytes(body)
    with pytest.raises(BadReplay) as error:
        list(warc_pages(tmp_path / "x.warc.gz"))
    assert all(one in str(error.value) for one in ("x.warc.gz", *says)), error.value


def test_replay_refuses_a_warc_that_is_none_or_not_there(refused, tmp_path):
    (tmp_path / "x.warc.gz").write_bytes(WARCS["text"][0])
    refused("replay", "x.warc.gz", says=("x.warc.gz: is no WARC file",))
    refused("replay", "none.warc.gz", says=("none.warc.gz: no such file",))


def test_a_difference_is_asked_for_with_words_not_files(refused, tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(b"")
    refused("replay", "--diff", str(tmp_path / "a.warc.gz"), says=("words of a search", "--apply FILE"))


def test_a_saved_page_needs_its_address(refused, tmp_path):
    (tmp_path / "a.html").write_text("<p>正文</p>", "utf-8")
    refused("replay", "--page", "a.html", says=("--url",))
    refused("replay", "--page", "a.html", "--url", "nonsense", says=("https://host/path",))
    refused("replay", "--page", "b.html", "--url", "https://a.cn/", says=("b.html",))


def test_an_article_that_is_not_there(refused):
    refused("show", "7", says=("no article 7", "scrapy search"), code=1)
    refused("show", "seven", says=("article number",))


def test_a_port_that_is_taken(refused):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused("archive", "--port", port, says=(port, "--port"))
        refused("sample", "--port", port, says=(port, "--port"))
