"""A county daily's e-paper on loopback: a node page a 版, content pages, an entry page, one day without an issue."""

from __future__ import annotations

import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PAGES = {"01": ("A01", "要闻"), "02": ("A02", "民生")}
STORIES = {
    "01": (("1", "春灌用水调度会召开", "本报讯 昨日下午，全县春灌用水调度会在县水务局召开。会议要求各乡镇摸清需水底数，按先远后近、先急后缓的次序放水，月底前完成第一轮灌溉。"),
           ("2", "县医院新门诊楼启用", "本报讯 县人民医院新门诊楼日前启用。新楼设诊室六十二间，挂号、缴费、取药都在一层办理，老年患者有志愿者陪同就诊。")),
    "02": (("3", "城西菜市场恢复营业", "本报讯 停业改造四个月的城西菜市场昨天恢复营业。市场重新铺了地砖，摊位由八十个增到一百一十个，电子秤统一检定。"),),
}  # fmt: skip
MISSING = date(2026, 3, 17)


def node(day: date, number: str) -> str:
    page, name = PAGES[number]
    pages = "".join(f'<a href="node_{n}.htm">第{p}版：{s}</a>' for n, (p, s) in PAGES.items())
    areas = "".join(f'<area shape="rect" coords="0,0,9,9" href="content_{n}.htm">' for n, _, _ in STORIES[number])
    links = "".join(f'<li><a href="content_{n}.htm">{title}</a></li>' for n, title, _ in STORIES[number])
    return (
        f"<html><head><title>青石日报 第{page}版：{name}</title></head><body><div>{pages}</div><img usemap='#m'><map name='m'>{areas}</map>"
        f"<ul>{links}</ul><a href='../../2026-03/15/node_01.htm'>上一期</a></body></html>"
    )


def content(day: date, number: str) -> str:
    title, text = next((t, x) for stories in STORIES.values() for n, t, x in stories if n == number)
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{day:%Y-%m-%d} 来源：青石日报</div>"
        f"<div id='ozoom'><p>　　{text}</p><p>　　{day:%-m}月{day:%-d}日，记者在现场看到，有关工作人员正在忙碌，前来办事的群众秩序井然。</p></div></body></html>"
    )


def answer(path: str) -> str | None:
    if path == "/":
        return '<html><head><meta http-equiv="refresh" content="0; url=html/2026-03/18/node_01.htm"></head></html>'
    if not path.startswith("/html/"):
        return None
    try:
        month, day, name = path.removeprefix("/html/").split("/")
        when = date.fromisoformat(f"{month}-{day}")
    except ValueError:
        return None
    kind, _, number = name.removesuffix(".htm").partition("_")
    if when == MISSING or when.month != 3 or kind not in ("node", "content"):
        return None
    return node(when, number) if kind == "node" and number in PAGES else content(when, number) if kind == "content" else None


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = answer(self.path)
        body = (page or "没有").encode()
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def paper():
    """Address of the running e-paper."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def profile(paper, tmp_path):
    path = tmp_path / "paper.toml"
    path.write_text(f'epaper = "{paper}/html/%Y-%m/%d/node_01.htm"\narticle = [\'/content_\\d+\\.htm$\']\nallow_addresses = ["127.0.0.1"]\ndelay = 0\n', "utf-8")
    return path
