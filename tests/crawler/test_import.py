"""What is imported: every kind of file, through the same chain, counted, once."""

from __future__ import annotations

import csv
import gzip
import io
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.imports import Importer
from crawler.imports.fields import moment
from crawler.replay import captured_page
from storage.archive import Archive
from storage.export import write_csv, write_jsonl

PARAGRAPHS = (
    "本报讯（记者 李明）三月十七日，青石县供水公司对东关街老旧管网进行改造，涉及居民一千二百余户，施工将持续三天。",
    "公司负责人说，改造后水压将提高一成，夜间漏损明显减少，居民可在小区公告栏查看停水时段，提前做好储水准备。",
    "施工期间，县里安排了六辆送水车在沿街定点供水，六十五岁以上独居老人由社区工作人员上门送水。",
)
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>东关街管网改造 周三起停水_青石新闻网</title></head><body>
<h1>东关街管网改造 周三起停水</h1><div class="info">2026-03-18 08:30 来源：青石日报</div>
<div class="article">{"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}</div></body></html>"""
TEXT = "\n".join(PARAGRAPHS)
NEWS_PLEASE = {
    "authors": ["李明"], "date_download": "2026-03-18 09:00:00", "date_modify": None, "date_publish": "2026-03-18 08:30:00", "description": "摘要",
    "filename": "x.json", "image_url": None, "language": "zh", "localpath": None, "maintext": TEXT, "source_domain": "np.example",
    "title": "东关街管网改造 周三起停水", "title_page": None, "title_rss": None, "url": "http://np.example/1.html",
}  # fmt: skip


@pytest.fixture
def imported(archive_url, tmp_path):
    """Import files into an archive; gives the archive and what the last import counted."""

    def run(*paths: Path, **options):
        with Archive(archive_url) as archive:
            return Importer(archive, tmp_path / "captures").run(paths, **options)

    return run


def articles(archive_url: str) -> list[dict]:
    with Archive(archive_url) as archive:
        lines = io.BytesIO()
        write_jsonl(archive.records(), lines)
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def warc(path: Path, pages: dict[str, str], transfer: str = "") -> Path:
    """A WARC file as another program writes it: one gzip member a record, the body as it came over the wire."""
    with path.open("wb") as stream:
        for url, page in pages.items():
            body, head = page.encode(), "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
            if transfer:
                body, head = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n", head + f"Transfer-Encoding: {transfer}\r\n"
            block = f"{head}\r\n".encode() + body
            headers = {
                "WARC-Type": "response", "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>", "WARC-Target-URI": url, "WARC-Date": "2026-03-18T02:00:00Z",
                "Content-Type": "application/http; msgtype=response", "Content-Length": str(len(block)),
            }  # fmt: skip
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            stream.write(gzip.compress(f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"))
    return path


def made(kind: str, folder: Path) -> Path:
    """A file or folder of each kind with one article."""
    path = folder / f"in.{kind}"
    if kind == "jsonl":
        path.write_text(json.dumps({"link": "http://np.example/1.html", "标题": NEWS_PLEASE["title"], "正文": TEXT, "时间": "2026年3月18日 08:30", "作者": "李明"}) + "\n", "utf-8")
    elif kind == "json":
        path.write_text(json.dumps(NEWS_PLEASE), "utf-8")
    elif kind == "csv":
        rows = io.StringIO()
        writer = csv.writer(rows)
        writer.writerows([["URL", "Title", "Text", "Published", "Author"], ["http://np.example/1.html", NEWS_PLEASE["title"], TEXT, "2026-03-18 08:30", "李明"]])
        path.write_text("\ufeff" + rows.getvalue(), "utf-8", newline="")
    elif kind == "jsonl.gz":
        path.write_bytes(gzip.compress(json.dumps({"url": "http://np.example/1.html", "html": PAGE}).encode()))
    elif kind in ("warc.gz", "chunked.warc.gz"):
        warc(path, {"http://np.example/1.html": PAGE}, transfer="chunked" if "chunked" in kind else "")
    else:
        path = folder / "mirror"
        (path / "a").mkdir(parents=True)
        (path / "a" / "1.html").write_text(f"<!-- saved from url=(0024)http://np.example/1.html -->\n{PAGE}", "utf-8")
    return path


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "jsonl.gz", "warc.gz", "chunked.warc.gz", "folder"])
def test_every_kind_gives_the_article_and_again_nothing(imported, archive_url, tmp_path, kind):
    path = made(kind, tmp_path)
    assert dict(imported(path).outcomes) == {"stored": 1}
    (article,) = articles(archive_url)
    assert (article["url"], article["title"], article["text"]) == ("http://np.example/1.html", "东关街管网改造 周三起停水", TEXT)
    assert (article["published_at"], article["site"]) == ("2026-03-18T08:30:00+08:00", "np.example")
    assert article["authors"] == ["李明"]
    again = imported(path)
    assert (dict(again.outcomes), again.exit_code) == ({"unchanged": 1}, 0)
    assert len(articles(archive_url)) == 1


def test_what_was_exported_is_imported_as_it_was(imported, archive_url, tmp_path):
    imported(made("warc.gz", tmp_path), made("json", tmp_path))
    for name, write in (("a.jsonl", write_jsonl), ("a.csv", write_csv)):
        with Archive(archive_url) as archive, (tmp_path / name).open("wb") as out:
            write(archive.records(), out)
        assert dict(imported(tmp_path / name).outcomes) == {"unchanged": 1}, name


def test_text_is_repaired_and_stripped_on_the_way(imported, archive_url, tmp_path):
    damaged = {"url": "http://a.example/2.html", "title": "通知", "text": TEXT + "\n免责声明：本文仅代表作者个人观点，与本网无关。如有侵权请联系我们删除。"}
    (tmp_path / "a.jsonl").write_text(json.dumps(damaged) + "\n", "utf-8")
    imported(tmp_path / "a.jsonl")
    assert articles(archive_url)[0]["text"] == TEXT
    with Archive(archive_url) as archive:
        assert archive.article(1)["text_extracted"] == damaged["text"]
        assert archive.edits(1)


def test_bytes_are_captured_once(imported, archive_url, tmp_path):
    path = made("warc.gz", tmp_path)
    imported(path)
    imported(path)
    with Archive(archive_url) as archive, archive.read() as connection:
        from sqlalchemy import text

        (capture_id,) = connection.scalars(text("SELECT id FROM captures"))
        page = captured_page(connection, tmp_path / "captures", capture_id)
        assert archive.article(1)["first_seen_at"] == datetime(2026, 3, 18, 2, tzinfo=UTC)
    assert (page.body, page.url) == (PAGE.encode(), "http://np.example/1.html")


def test_a_folder_without_addresses_needs_its_base(imported, archive_url, tmp_path):
    folder = tmp_path / "mirror" / "news"
    folder.mkdir(parents=True)
    (folder / "停水.html").write_text(PAGE, "utf-8")
    result = imported(tmp_path / "mirror")
    assert (dict(result.outcomes), result.exit_code) == ({"failed": 1}, 1)
    assert "--base" in result.notes[0]
    assert dict(imported(tmp_path / "mirror", base="http://b.example/").outcomes) == {"stored": 1}
    assert articles(archive_url)[0]["url"] == "http://b.example/news/%E5%81%9C%E6%B0%B4.html"


BAD = {
    "{": "not JSON", "[1]": "no object", "{}": "no http(s) address", '{"url": "ftp://a/1", "text": "x"}': "no http(s) address",
    '{"url": "http://a.example/1"}': "no text", '{"url": "http://a.example/1", "text": " "}': "no text", '{"url": "http://[bad/", "text": "x"}': "no http(s) address",
}  # fmt: skip


def test_bad_records_are_counted_and_named_and_the_rest_is_kept(imported, archive_url, tmp_path):
    good = json.dumps({"url": "http://a.example/1.html", "title": "题", "text": TEXT})
    (tmp_path / "a.jsonl").write_text("\n".join([*BAD, good]), "utf-8")
    result = imported(tmp_path / "a.jsonl")
    assert (result.read, dict(result.outcomes), result.exit_code) == (len(BAD) + 1, {"failed": len(BAD), "stored": 1}, 1)
    for number, (note, reason) in enumerate(zip(result.notes, BAD.values(), strict=True), 1):
        assert f"a.jsonl:{number}: " in note
        assert reason in note


def test_a_torn_warc_keeps_what_was_read_and_is_named(imported, archive_url, tmp_path):
    path = warc(tmp_path / "in.warc.gz", {f"http://a.example/{n}.html": PAGE.replace("三天", f"{n}天") for n in range(3)})
    path.write_bytes(path.read_bytes()[:-200])
    result = imported(path)
    assert result.exit_code == 1
    assert "in.warc.gz" in result.broken[0]
    assert result.outcomes["stored"] >= 1


@pytest.mark.parametrize("name", ["missing.jsonl", "a.docx"])
def test_what_cannot_be_imported_is_named(imported, tmp_path, name):
    (tmp_path / "a.docx").write_bytes(b"x")
    result = imported(tmp_path / name)
    assert result.exit_code == 1
    assert name in result.broken[0]


MOMENTS = {
    "2026-03-18": ("2026-03-18T00:00:00+08:00", "day"), "2026-03-18T08:30:00Z": ("2026-03-18T08:30:00+00:00", "second"),
    "2026年3月8日 8:05": ("2026-03-08T08:05:00+08:00", "minute"), "2026/3/8": ("2026-03-08T00:00:00+08:00", "day"),
    "昨天": (None, None), "2026-13-01": (None, None), "": (None, None),
}  # fmt: skip


@pytest.mark.parametrize("written", MOMENTS, ids=ascii)
def test_dates_of_tables(written):
    found, precision = moment(written, ZoneInfo("Asia/Shanghai"))
    assert (found and found.isoformat(), precision) == MOMENTS[written]


@pytest.mark.slow
def test_the_command_counts_and_exits_by_it(scrapy, tmp_path):
    path = made("json", tmp_path)
    done = scrapy("import", str(path))
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 records read = 1 outcomes: 1 stored")
    assert scrapy("import", str(tmp_path / "none.csv")).returncode == 1
    assert scrapy("import", str(path), "--timezone", "Mars").returncode == 2
