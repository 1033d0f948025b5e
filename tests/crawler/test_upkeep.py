"""``scrapy fsck``, ``scrapy retry``, ``scrapy forget`` over archives that a crawl made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from checks import archive_faults
from harness import SmallSite, paragraphs
from sqlalchemy import func, select, text
from warcio.archiveiterator import ArchiveIterator

from crawler.replay import warc_pages
from storage import captures, warc
from storage.archive import Archive
from storage.tables import ArticleRow, CaptureRow, DeadLetterRow, ForgottenRow, OutcomeRow, VersionRow

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(crawl_host, tmp_path_factory):
    """A folder with an archive of twelve articles, as two runs left it."""
    folder, site = tmp_path_factory.mktemp("upkeep"), SmallSite(12)
    profile = site.profile(folder)
    for _ in range(2):
        assert crawl_host.crawl(profile, f"sqlite:///{folder}/archive.db", folder / "captures")["result"]["exit_code"] == 0
    yield folder, site
    site.close()


@pytest.fixture
def copy(made, tmp_path):
    for name in ("archive.db", "captures", "small.toml"):
        source = made[0] / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path / name)
    return tmp_path


def fsck(scrapy, *words):
    done = scrapy("fsck", *words)
    return done.returncode, done.stdout + done.stderr


def rows(folder, query):
    with Archive(f"sqlite:///{folder}/archive.db") as archive, archive.transaction() as connection:
        found = connection.execute(query)
        return found.all() if found.returns_rows else None


def file_of(folder) -> Path:
    return max((folder / "captures").glob("*.warc.gz"), key=lambda path: path.stat().st_size)


def test_a_whole_archive_has_no_findings(scrapy, copy):
    code, said = fsck(scrapy)
    assert (code, "0 findings" in said) == (0, True), said


def test_warcio_finds_nothing_wrong_with_our_files(copy):
    for path in (copy / "captures").glob("*.warc.gz"):
        with path.open("rb") as stream:
            kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise") if record.content_stream().read() is not None]
        assert kinds.count("request") == kinds.count("response") + kinds.count("revisit") > 0


def test_a_torn_tail_is_cut_and_kept_aside(scrapy, copy):
    path = file_of(copy)
    whole = path.stat().st_size
    with path.open("ab") as stream:
        stream.write(path.read_bytes()[:100])
    assert fsck(scrapy)[0] == 1
    code, said = fsck(scrapy, "--repair")
    assert code == 0, said
    assert path.stat().st_size == whole
    assert [len(torn.read_bytes()) for torn in path.parent.glob("*.torn")] == [100]
    assert fsck(scrapy)[0] == 0


def test_a_record_without_a_row_is_indexed(scrapy, copy):
    rows(copy, text("DELETE FROM captures WHERE url LIKE '%00003.html'"))
    code, said = fsck(scrapy)
    assert (code, "in no index" in said) == (1, True), said
    assert fsck(scrapy, "--repair")[0] == 0
    assert fsck(scrapy)[0] == 0


def test_a_damaged_record_is_marked_and_its_address_fetched_again(scrapy, copy, made, crawl_host):
    (row,) = rows(copy, select(CaptureRow.__table__).where(CaptureRow.url.like("%00005.html")))
    with (copy / "captures" / row.file).open("r+b") as stream:
        stream.seek(row.offset + row.length // 2)
        byte = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([byte ^ 0xFF]))
    code, said = fsck(scrapy, "--repair")
    assert "00005.html" in said
    before = made[1].asked[made[1].article_path(5)]
    assert crawl_host.crawl(copy / "small.toml", f"sqlite:///{copy}/archive.db", copy / "captures")["result"]["exit_code"] == 0
    assert made[1].asked[made[1].article_path(5)] == before + 1


def test_a_missing_file_is_told(scrapy, copy):
    file_of(copy).unlink()
    code, said = fsck(scrapy)
    assert (code, "the file is missing" in said) == (1, True)


@pytest.mark.parametrize("place", ["parse", "item"])
def test_a_page_that_raises_is_kept_with_its_traceback_and_can_be_retried(place, scrapy, crawl_host, tmp_path):
    site = SmallSite(6)
    try:
        profile, archive = site.profile(tmp_path), f"sqlite:///{tmp_path}/archive.db"
        answer = crawl_host.crawl(profile, archive, tmp_path / "captures", poison=[place], poisoned="00003.html")
        assert (answer["result"]["state"], answer["result"]["counts"]["failed"], answer["result"]["fetched"]) == ("degraded", 1, 7)
        (letter,) = rows(tmp_path, select(DeadLetterRow.__table__))
        assert (letter.url, f"poison at {place}" in letter.error, "Traceback" in letter.traceback) == (site.url + site.article_path(3), True, True)
        listed = scrapy("retry", "--list")
        assert f"poison at {place}" in listed.stdout
        done = scrapy("retry")
        assert (done.returncode, "1 stored" in done.stdout) == (0, True), done.stdout + done.stderr
        assert scrapy("retry").stdout == "nothing is waiting\n"
        assert archive_faults(archive, tmp_path / "captures", site) == []
    finally:
        site.close()


def test_an_address_given_up_is_made_due_again(scrapy, crawl_host, tmp_path):
    site = SmallSite(3)
    site.pages[site.article_path(2)] = (500, {}, b"error")
    try:
        profile, archive = site.profile(tmp_path), f"sqlite:///{tmp_path}/archive.db"
        for _ in range(4):
            assert crawl_host.crawl(profile, archive, tmp_path / "captures")["result"]["exit_code"] == 1
            rows(tmp_path, text("UPDATE frontier SET next_at = first_seen_at WHERE outcome = 'failed' AND next_at IS NOT NULL"))
        assert crawl_host.crawl(profile, archive, tmp_path / "captures")["result"]["exit_code"] == 0  # nothing of it is due any more
        assert "given up after 4 tries: HTTP 500" in scrapy("retry", "--list").stdout
        del site.pages[site.article_path(2)]
        assert "1 due again" in scrapy("retry", "small").stdout
        assert crawl_host.crawl(profile, archive, tmp_path / "captures")["result"]["counts"]["stored"] == 1
    finally:
        site.close()


def test_a_forgotten_address_leaves_nothing_but_that_it_was(scrapy, copy, made, crawl_host):
    site = made[1]
    url = site.url + site.article_path(4)
    done = scrapy("forget", "--reason", "request of 2026-03-18", url)
    assert (done.returncode, "1 articles" in done.stdout) == (0, True), done.stderr
    words = paragraphs(4)[1]
    for path in (copy / "captures").glob("*.warc.gz"):
        for record in warc.scan(path):
            assert words.encode() not in record.block
            assert record.url != url
        with path.open("rb") as stream:
            assert [record for record in ArchiveIterator(stream, check_digests="raise") if record.content_stream().read() is None] == []
        assert url not in {page.url for page in warc_pages(path)}
    with Archive(f"sqlite:///{copy}/archive.db") as archive, archive.read() as connection:
        assert connection.scalar(select(func.count()).select_from(ArticleRow)) == 11
        assert connection.scalar(select(func.count()).select_from(VersionRow)) == 11
        assert connection.scalar(select(ForgottenRow.reason)) == "request of 2026-03-18"
        for table, column in (("frontier", "url"), ("outcomes", "url"), ("captures", "url"), ("addresses", "url")):
            assert connection.execute(text(f"SELECT count(*) FROM {table} WHERE {column} = :url"), {"url": url}).scalar() == 0
        assert archive.search(words[:8]) == []
    assert fsck(scrapy)[0] == 0
    before = site.asked[site.article_path(4)]
    rows(copy, text("UPDATE frontier SET next_at = first_seen_at, body_hash = NULL, etag = NULL WHERE url <> '(forgotten)'"))
    crawl_host.crawl(copy / "small.toml", f"sqlite:///{copy}/archive.db", copy / "captures")
    assert site.asked[site.article_path(4)] == before
    assert connection_count(copy) == 11


def connection_count(folder) -> int:
    with Archive(f"sqlite:///{folder}/archive.db") as archive:
        return archive.count()


def test_a_torn_file_of_a_killed_run_is_closed_by_the_next(crawl_host, tmp_path):
    site = SmallSite(6)
    try:
        profile, archive = site.profile(tmp_path), f"sqlite:///{tmp_path}/archive.db"
        assert crawl_host.crawl(profile, archive, tmp_path / "captures", kill={"point": "torn", "hit": 5})["signal"] == 9
        assert len(list((tmp_path / "captures").glob("*" + captures.OPEN))) == 1
        answer = crawl_host.crawl(profile, archive, tmp_path / "captures")
        assert answer["result"]["exit_code"] == 0
        assert "bytes cut" in answer["log"]
        assert archive_faults(archive, tmp_path / "captures", site) == []
    finally:
        site.close()


def test_outcomes_of_a_forgotten_address_still_balance(copy, scrapy, made):
    before = rows(copy, select(func.count()).select_from(OutcomeRow))
    scrapy("forget", "--reason", "x", made[1].url + made[1].article_path(2))
    assert rows(copy, select(func.count()).select_from(OutcomeRow)) == before
