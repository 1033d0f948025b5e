"""Exports: what they hold, what a spreadsheet must not run, what others read."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from crawler.items import Article
from storage.archive import Archive
from storage.export import LONGEST_CELL, Watched, guard, write_csv, write_jsonl, write_parquet
from storage.writer import Visit, save_articles

BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 18, 12, tzinfo=BEIJING)
FIRST = Article(
    url="http://a.example/1.html", site="a", title="=HYPERLINK(1)", text="停水\n“三天”, 是", authors=("李明", "王芳"), source="+社", published=NOW,
    published_precision="minute",
)  # fmt: skip
SECOND = Article(url="http://a.example/2.html", site="b", title="𠮷", text="电", published=None)


@pytest.fixture
def filled(archive):
    with archive.transaction() as connection:
        save_articles(connection, [(one, Visit(now=NOW, rules="1")) for one in (FIRST, SECOND)])
    return archive


def written(write, archive, query="") -> bytes:
    out = io.BytesIO()
    write(archive.records(query), out)
    return out.getvalue()


def test_jsonl_keeps_chinese_readable_and_the_printed_zone(filled):
    lines = written(write_jsonl, filled).decode().splitlines()
    first = json.loads(lines[0])
    assert (len(lines), "停水" in lines[0], "\\u" in lines[0]) == (2, True, False)
    assert (first["published_at"], first["authors"], first["text"]) == ("2026-03-18T12:00:00+08:00", ["李明", "王芳"], FIRST.text)


def test_csv_opens_in_excel_and_runs_nothing(filled):
    whole = written(write_csv, filled)
    rows = list(csv.DictReader(io.StringIO(whole.decode("utf-8-sig"), newline="")))
    assert whole.startswith(b"\xef\xbb\xbf")
    assert (rows[0]["title"], rows[0]["source"], rows[0]["authors"], rows[0]["text"]) == ("'=HYPERLINK(1)", "'+社", "李明; 王芳", FIRST.text)
    assert rows[1]["published_at"] == ""


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"], ids=ascii)
def test_a_formula_is_guarded(cell):
    assert guard(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["停水", "", "1-2", "（=1）", 5, None, 1.5])
def test_other_cells_stay(cell):
    assert guard(cell) == cell


def test_a_query_filters_every_format(filled):
    assert written(write_jsonl, filled, "site:b").count(b"\n") == 1
    assert written(write_csv, filled, "停水 author:李明").count(b"http://") == 1


def test_duckdb_reads_the_parquet(filled, tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is in the test group")
    path = tmp_path / "a.parquet"
    with path.open("wb") as out:
        assert write_parquet(filled.records(), out) == 2
    query = "SELECT id, title, authors, epoch(published_at), published_offset FROM read_parquet(?) ORDER BY id"
    assert duckdb.execute(query, [str(path)]).fetchall() == [
        (1, "=HYPERLINK(1)", ["李明", "王芳"], NOW.timestamp(), 480), (2, "𠮷", [], None, None),
    ]  # fmt: skip


def test_articles_that_no_cell_of_excel_holds_are_counted_and_written_whole(archive):
    with archive.transaction() as connection:
        long = [replace(SECOND, url=f"http://a.example/{n}.html", text="电" * n) for n in (LONGEST_CELL, LONGEST_CELL + 1)]
        save_articles(connection, [(one, Visit(now=NOW, rules="1")) for one in long])
    out, rows = io.BytesIO(), Watched(archive.records())
    write_csv(rows, out)
    assert (rows.long, out.getvalue().decode().count("电")) == (1, 2 * LONGEST_CELL + 1)


def test_an_empty_archive_is_an_empty_export(archive, tmp_path):
    assert written(write_jsonl, archive) == b""
    assert written(write_csv, archive).count(b"\n") == 1
    with (tmp_path / "a.parquet").open("wb") as out:
        assert write_parquet(archive.records(), out) == 0


@pytest.mark.slow
@pytest.mark.parametrize("words", ["export", "search 电", "show 1"])
def test_a_reader_who_has_seen_enough_ends_the_command_quietly(archive_url, scrapy, tmp_path, words):
    with Archive(archive_url) as archive, archive.transaction() as connection:
        save_articles(connection, [(replace(SECOND, url=f"http://a.example/{n}.html", text="电" * 9000), Visit(now=NOW, rules="1")) for n in range(3)])
    scrapy("version")  # makes the folder
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "scrapy", *words.split()]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "ARCHIVE_URL": archive_url}, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, "Traceback" in done.stderr, "BrokenPipe" in done.stderr) == (141, False, False)


@pytest.mark.slow
def test_the_command_writes_whole_files_only(filled, archive_url, scrapy, tmp_path):
    done = scrapy("export", "-o", "a.parquet", "site:a", ARCHIVE_URL=archive_url)
    assert (done.returncode, done.stderr.strip(), (tmp_path / "a.parquet").read_bytes()[:4]) == (0, "1 articles written", b"PAR1")
    assert scrapy("export", "-o", "b.csv", "(", ARCHIVE_URL=archive_url).returncode == 2
    assert not list(tmp_path.glob("b.csv*"))
    assert scrapy("export", "--format", "jsonl", ARCHIVE_URL=archive_url).stdout.count("\n") == 2
