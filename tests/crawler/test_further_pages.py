"""Articles over several pages: one article in the archive, every page captured, every fetch counted."""

from __future__ import annotations

import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.items import Article
from pipelines.join_pages import following, join, page_of

ONE = (
    "县里的老粮站停用二十年，墙根长满了蒿草。去年冬天，镇上决定把它改成一座农具馆，头一件展品是一架旧水车。",
    "水车是从上游的磨坊拆来的，木轴磨得发亮，六个木匠修了整整一个月，才让它重新转起来，看热闹的人围了三层。",
)
TWO = (
    "农具馆开门那天，来了四百多人，有人带来自家的犁头，有人带来纺车，说放在家里也是落灰，不如摆出来给孩子们看。",
    "馆长说，凡是送来的东西都登记了姓名和来历，三年之内主人想要回去，随时可以拿走，一分钱也不收保管费。",
)
THREE = ("如今每个周末，附近学校的学生都来这里上一堂劳动课，学着推磨、扬场、打草鞋，手上磨出泡也舍不得走。",)


def page(paragraphs, *, number=1, more=True, title="老粮站变成农具馆"):
    link = f'<a href="t20260301_1_{number + 1}.html">下一页</a>' if more else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>"
    return f"{head}<div>2026-03-01 09:30 来源：柳河周报</div><div class=content>{body}</div><div class=pager>{link}</div></body></html>".encode()


PATHS = ("/", "/a/t20260301_1.html", "/a/t20260301_1_2.html", "/a/t20260301_1_3.html")


class Site:
    """A loopback site that a test may change while it runs."""

    def __init__(self):
        home = b'<html><body><a href="/a/t20260301_1.html">\xe5\x86\x9c\xe5\x85\xb7\xe9\xa6\x86</a></body></html>'
        bodies = (home, page(ONE), page(TWO, number=2), page(THREE, number=3, more=False))
        self.answers = dict(zip(PATHS, [(200, body) for body in bodies], strict=True))
        self.slow = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = site.answers.get(self.path, (404, b"none"))
                time.sleep(1.0 if self.path in site.slow else 0)
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site():
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def crawl(scrapy, site, tmp_path):
    """Crawl the site; (finished process, article rows, {path: outcome} of the last run)."""
    profile = f'name = "grain"\nstart = ["{site.url}/"]\narticle = ["/t\\\\d+_\\\\d+\\\\.html$"]\nallow_addresses = ["127.0.0.1"]\ndelay = 0\n'
    (tmp_path / "grain.toml").write_text(profile, "utf-8")

    def run():
        if (tmp_path / "archive.db").exists():
            with sqlite3.connect(tmp_path / "archive.db") as db:  # the wait is over
                db.execute("UPDATE frontier SET next_at = '2026-01-01 00:00:00.000000' WHERE state = 'pending'")
        done = scrapy("crawl", "news", "-a", "site=grain.toml")
        with sqlite3.connect(tmp_path / "archive.db") as db:
            db.row_factory = sqlite3.Row
            articles = db.execute("SELECT * FROM articles").fetchall()
            last = db.execute("SELECT * FROM outcomes WHERE run_id = (SELECT max(id) FROM runs) ORDER BY id").fetchall()
        return done, articles, {row["url"].removeprefix(site.url): row["outcome"] for row in last}

    return run


def body(*pages):
    return "\n".join(paragraph for paragraphs in pages for paragraph in paragraphs)


NOT_PAGES = (
    "https://a.cn/news/t20260301_104.html", "https://a.cn/news/t20260301_1035.html", "https://b.cn/news/t20260301_103_2.html",
    "https://a.cn/news/", "https://a.cn/news/t20260301_103_part.html", "https://a.cn/news/t20260301_103.html?id=2", "https://a.cn:81/news/t20260301_103_2.html",
)  # fmt: skip


@pytest.mark.parametrize("url", NOT_PAGES)
def test_another_story_is_no_further_page(url):
    assert not page_of(url, "https://a.cn/news/t20260301_103.html")


@pytest.mark.parametrize("url", ["https://a.cn/news/t20260301_103_2.html", "https://a.cn/news/t20260301_103/3.html", "https://a.cn/news/t20260301_103.html?page=2"])
def test_a_numbered_address_is_a_further_page(url):
    assert page_of(url, "https://a.cn/news/t20260301_103.html")


def test_pages_that_name_each_other_end():
    first = Article(url="https://a.cn/t1.html", next_page="https://a.cn/t1_2.html")
    second = Article(url="https://a.cn/t1_2.html", next_page="https://a.cn/t1_2.html")
    seen = {"https://a.cn/t1.html"}
    assert following(first, first, seen) == "https://a.cn/t1_2.html"
    assert following(first, second, seen) is None


def test_a_paragraph_that_every_page_repeats_is_kept_once():
    first, second = (Article(url=f"https://a.cn/{n}", text="\n".join((ONE[0], words))) for n, words in enumerate(("甲", "乙")))
    assert join(first, [second]).text == f"{ONE[0]}\n甲\n乙"


def test_one_article_holds_the_text_of_all_pages(crawl):
    done, articles, outcomes = crawl()
    assert done.returncode == 0, done.stderr
    assert [row["text"] for row in articles] == [body(ONE, TWO, THREE)]
    assert articles[0]["title"] == "老粮站变成农具馆"
    assert outcomes == dict(zip(PATHS, ("listing", "stored", "joined", "joined"), strict=True))


def test_every_page_has_its_capture(crawl, tmp_path, site):
    crawl()
    with sqlite3.connect(tmp_path / "archive.db") as db:
        found = {url for (url,) in db.execute("SELECT url FROM captures")}
    assert found == {site.url + path for path in (*PATHS, "/robots.txt")}


def test_a_failing_page_two_keeps_page_one_and_is_tried_again(crawl, site, tmp_path):
    good = site.answers[PATHS[2]]
    site.answers[PATHS[2]] = (503, b"busy")
    done, articles, outcomes = crawl()
    assert done.returncode == 1
    assert [(row["text"], row["quality"]) for row in articles] == [(body(ONE), "suspect")]
    assert outcomes[PATHS[2]] == "failed"
    with sqlite3.connect(tmp_path / "archive.db") as db:
        assert db.execute("SELECT state FROM frontier WHERE url LIKE '%t20260301_1.html'").fetchone() == ("pending",)
    site.answers[PATHS[2]] = good
    done, articles, outcomes = crawl()
    assert done.returncode == 0, done.stderr
    assert [(row["text"], row["quality"]) for row in articles] == [(body(ONE, TWO, THREE), "ok")]
    assert outcomes[PATHS[1]] == "revised"


def test_a_missing_page_two_is_no_failure(crawl, site):
    del site.answers[PATHS[2]]
    done, articles, outcomes = crawl()
    assert done.returncode == 0
    assert [row["text"] for row in articles] == [body(ONE)]
    assert outcomes[PATHS[2]] == "gone"


def test_a_correction_on_page_two_is_a_revision(crawl, site):
    crawl()
    site.answers[PATHS[2]] = (200, page((*TWO, "更正：开门那天到场的人数应为三百余人，谨此致歉。"), number=2))
    _, articles, outcomes = crawl()
    assert "三百余人" in articles[0]["text"]
    assert articles[0]["text"].endswith(THREE[0])
    assert outcomes[PATHS[1]] == "revised"


def test_an_outage_of_page_two_revises_nothing(crawl, site):
    crawl()
    site.answers[PATHS[2]] = (503, b"busy")
    done, articles, outcomes = crawl()
    assert done.returncode == 1
    assert [row["text"] for row in articles] == [body(ONE, TWO, THREE)]
    assert outcomes[PATHS[1]] == "failed"


def test_a_further_page_that_a_listing_names_waits_for_the_article_that_joins_it(crawl_host, site, tmp_path):
    """The listing names every page, the last ones first, and page 1 is slow; an article that names no further page joins none."""
    links = "".join(f'<a href="{path}">农具馆</a>' for path in (*PATHS[:0:-1], "/a/t20260302_7_2.html", "/a/t20260302_7.html"))
    site.answers["/"] = (200, f"<html><body>{links}</body></html>".encode())
    site.answers["/a/t20260302_7.html"] = (200, page(THREE * 2, more=False, title="学生来上劳动课"))
    site.answers["/a/t20260302_7_2.html"] = (200, page([line[::-1] for line in TWO], more=False, title="另一件事"))
    site.slow = {"/a/t20260301_1.html"}
    profile = tmp_path / "grain.toml"
    profile.write_text(f'name = "grain"\nstart = ["{site.url}/"]\narticle = ["/a/"]\nallow_addresses = ["127.0.0.1"]\ndelay = 0\nconcurrency = 8\n', "utf-8")
    answer = crawl_host.crawl(profile, f"sqlite:///{tmp_path}/a.db", tmp_path / "c")
    assert answer["result"]["counts"] == {"listing": 1, "stored": 3, "joined": 2}, answer
    with sqlite3.connect(tmp_path / "a.db") as db:
        stored = {url.removeprefix(f"{site.url}/a/"): text for url, text in db.execute("SELECT url, text FROM articles")}
    assert stored.keys() == {"t20260301_1.html", "t20260302_7.html", "t20260302_7_2.html"}
    assert stored["t20260301_1.html"] == body(ONE, TWO, THREE)
