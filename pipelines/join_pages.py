"""Pipeline step: the further pages of an article are read and their paragraphs put below those of the first.

Page 2 is known by its address: the article's own with a number behind it (``t1.html`` -> ``t1_2.html``, ``t1/2.html``,
``?page=2``). A 下一页 link to anything else leads to another story as often as not, and is left alone.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from inspect import isawaitable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from crawler.items import Article, Dropped, Page
from storage.keys import canonical

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MOST = 40
"""Pages of one article that are followed."""
NUMBERED = re.compile(r"[_-]\d{1,3}$|/\d{1,3}$")
PAGE_KEYS = frozenset(("page", "p", "pg", "pn", "pageno", "pagenum", "currentpage"))
REPEATED = 16
"""A paragraph of so many characters that was on an earlier page already is the site's doing."""


def page_of(url: str, first: str) -> bool:
    """Whether an address is that of a further page of the article at ``first``.

    >>> page_of("https://a.cn/t1_2.html", "https://a.cn/t1.html"), page_of("https://a.cn/t2.html", "https://a.cn/t1.html")
    (True, False)
    """
    one, other = urlsplit(url), urlsplit(first)
    if one.hostname != other.hostname or one.port != other.port:
        return False
    if one.path != other.path:
        stem, further = re.sub(r"\.\w{2,5}$", "", other.path), re.sub(r"\.\w{2,5}$", "", one.path)
        return further.startswith(stem) and bool(NUMBERED.fullmatch(further[len(stem) :])) and one.query == other.query
    asked = set(parse_qsl(one.query)) - set(parse_qsl(other.query))
    return len(asked) == 1 and all(key.lower() in PAGE_KEYS and value.isdigit() for key, value in asked)


def following(first: Article, last: Article, seen: set[str]) -> str | None:
    """The address of the page after ``last`` of the article ``first``; None at its end. ``seen`` grows by it."""
    url = last.next_page
    if not url or len(seen) >= MOST or not page_of(url, first.url) or canonical(url) in seen:
        return None
    seen.add(canonical(url))
    return url


def join(first: Article, parts: Iterable[Article]) -> Article:
    """The article with the paragraphs, pictures and attachments of its further pages; its other fields are page 1's."""
    for part in parts:
        text = _below(first.text, part.text)
        first = dataclasses.replace(
            first,
            text=text,
            text_extracted=text,
            authors=first.authors or part.authors,
            editor=first.editor or part.editor,
            source=first.source or part.source,
            images=tuple(dict.fromkeys((*first.images, *part.images))),
            attachments=tuple(dict.fromkeys((*first.attachments, *part.attachments))),
            next_page=part.next_page,
            quality="ok" if first.quality == "short" else first.quality,
        )
    return first


def _below(text: str, more: str) -> str:
    have = set(text.split("\n"))
    return "\n".join((text, *(line for line in more.split("\n") if len(line) < REPEATED or line not in have)))


def whole(first: Article, read: Callable[[Page], Article], saved: Callable[[str], Page | None]) -> Article:
    """The article joined from pages that are at hand; ``saved`` gives a page by its address, None where there is none."""
    return join(first, _parts(first, read, saved))


def _parts(first: Article, read: Callable[[Page], Article], saved: Callable[[str], Page | None]) -> Iterator[Article]:
    seen, last = {canonical(first.url)}, first
    while (url := following(first, last, seen)) and (page := saved(url)):
        try:
            last = read(page)
        except Dropped:
            return
        yield last


class JoinPages:
    """Fetches the further pages of a crawl's articles; lets other items pass."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> JoinPages:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article) or item.page is None or not item.page.frontier_key:
            return item
        from crawler.further import Further
        from pipelines.read_page import limited

        seen, last, parts = {canonical(item.url)}, item, list[Article]()
        further = Further(self.crawler, item.page)
        while url := following(item, last, seen):
            page = await further.fetch(url)
            if page is None:
                return dataclasses.replace(join(item, parts), quality="suspect", next_page=url)
            try:
                last = await self._read(page)
            except Dropped as reason:
                further.end(page, "dropped", f"{type(reason).__name__}: {reason}")
                break
            further.end(page, "joined", None)
            parts.append(last)
        return limited(join(item, parts))

    async def _read(self, page: Page) -> Article:
        from pipelines.read_page import ReadPage

        reader = self.crawler.get_item_pipeline(ReadPage)
        assert isinstance(reader, ReadPage)  # it stands before this step
        found = reader.process_item(page)
        article = await found if isawaitable(found) else found
        assert isinstance(article, Article)
        return article
