"""Hostile documents around one article, made by size; shared by the tests and the benchmark."""

from __future__ import annotations

from collections.abc import Callable

SENTENCE = "县气象台今天发布大风蓝色预警信号，预计风力可达六级，请市民关好门窗，注意安全。"
BODY = "".join(f"<p>{SENTENCE}第{n}段写的是修路的事，村道全长四公里，沿着山腰修了七个月。</p>" for n in range(6))
MARK = "最后一段讲的是图书馆的开放时间延长到晚上九点，周末也开门。"
PAGE = BODY + f"<p>{MARK}</p>"
DOCUMENTS: dict[str, Callable[[int], str]] = {
    "nested div": lambda n: "<div>" * n + PAGE + "</div>" * n,
    "nested div never closed": lambda n: "<div>" * n + PAGE,
    "nested font": lambda n: "<font color=red>" * n + PAGE,
    "nested b": lambda n: "<b>" * n + PAGE,
    "nested tables": lambda n: "<table><tr><td>" * n + PAGE,
    "nested lists": lambda n: "<ul><li>" * n + PAGE,
    "attributes": lambda n: "<body " + " ".join(f'a{k}="1"' for k in range(n)) + f">{PAGE}",
    "attributes without values": lambda n: "<div " + " ".join(f"a{k}" for k in range(n)) + f">{PAGE}",
    "attributes with > in quotes": lambda n: "<div " + " ".join(f'a{k}=">"' for k in range(n)) + f">{PAGE}",
    "br behind": lambda n: PAGE + "<br>" * n,
    "br before": lambda n: "<br>" * n + PAGE,
    "empty spans": lambda n: PAGE + "<span></span>" * n,
    "comments never closed": lambda n: BODY + "<!--" * n + f"<p>{MARK}</p>",
    "comments": lambda n: BODY + "<!-- x -->" * n + f"<p>{MARK}</p>",
    "meta": lambda n: '<meta name="a" content="b">' * n + PAGE,
    "scripts never closed": lambda n: PAGE + "<script>a" * n,
    "hidden text": lambda n: f'{PAGE}<div style="display:none">' + "县" * n + "</div>",
    "script text": lambda n: PAGE + "<script>" + "a=" * n + "</script>",
    "white space": lambda n: BODY + f"<p>{MARK}</p><p>" + " " * n + "</p>",
    "a long tag name": lambda n: "<" + "a" * n + ">" + PAGE,
    "a long title": lambda n: "<title>" + "县" * n + "</title>" + PAGE,
    "json-ld of brackets": lambda n: '<script type="application/ld+json">' + "[" * n + "</script>" + PAGE,
    "quotes that never close": lambda n: PAGE + '<a "' * n,
    "lines almost of a pager's signs": lambda n: PAGE + ("<p>" + "&lt;&gt;" * 25 + "县</p>") * (n // 300 + 1),
    "lines almost of page numbers": lambda n: PAGE + ("<p>" + "1" * 50 + "县</p>") * (n // 300 + 1),
    "a hole of zeros": lambda n: PAGE.replace("第0段", "\0" * n + "第0段"),
    "quotes that close each other": lambda n: PAGE + "<a '\"" * n,
}
"""Article text that must come out whole, whatever the size."""
DROPPED_OR_READ: dict[str, Callable[[int], str]] = {
    "text with br": lambda n: "<div>" + "县气象台今天发布<br>" * n + MARK + "</div>",
    "one text node": lambda n: "<p>" + SENTENCE * (n // 40) + f"</p><p>{MARK}</p>",
    "paragraphs": lambda n: BODY + "<p>短句。</p>" * n + f"<p>{MARK}</p>",
    "less-than signs": lambda n: BODY + "<p>" + "<" * n + f"</p><p>{MARK}</p>",
    "entities": lambda n: BODY + "&amp;" * n + f"<p>{MARK}</p>",
    "unknown entities": lambda n: BODY + "&xyz" * n + f"<p>{MARK}</p>",
    "links": lambda n: PAGE + '<a href="/x">县城新闻标题一则</a> ' * n,
    "an attribute quote that never closes": lambda n: f'<p title="{"a" * n}>{PAGE}',
    "a title that never closes": lambda n: f"<title>{'a' * n}{PAGE}",
}
"""These may end as a named drop, or lose part of the text to the noise beside it; never as an article without text."""
