"""Which addresses of an unknown site are articles: addresses of one shape, linked with headlines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

PARTS = re.compile(r"\d+|[A-Za-z]+|[^A-Za-z\d]+")
DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-3]\d)?$")
HAN = re.compile(r"[\u3400-\u9fff]")
FEWEST = 3
"""Headline links a shape needs to be taken for one of articles."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: absolute address and words."""

    url: str
    words: str

    @property
    def is_headline(self) -> bool:
        """Whether the words are long enough to be a headline and not a section's name."""
        han = len(HAN.findall(self.words))
        return han >= 8 or (han == 0 and len(self.words.split()) >= 5)


@dataclass(frozen=True, slots=True)
class Shape:
    """Addresses alike but for numbers, as a pattern for a profile's ``article``."""

    pattern: str
    urls: tuple[str, ...]
    """Distinct addresses linked with a headline, in page order."""


def article_shapes(links: Iterable[Link]) -> list[Shape]:
    """The shapes that headlines lead to, most used first.

    >>> made = [Link(f"https://n.example/news/2026/t20260{n}18_{n}77.html", "县里召开春季植树造林动员大会") for n in (1, 2, 3)]
    >>> [shape.pattern for shape in article_shapes(made)]
    ['/t\\\\d{8}_\\\\d+\\\\.html$']
    """
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for link in links:
        if link.is_headline and (key := _key(link.url)):
            groups[key][link.url] = None
    shapes = [Shape(_pattern(list(urls)), tuple(urls)) for urls in groups.values() if len(urls) >= FEWEST]
    merged: dict[str, dict[str, None]] = defaultdict(dict)
    for shape in shapes:
        merged[shape.pattern] |= dict.fromkeys(shape.urls)
    found = [Shape(pattern, tuple(urls)) for pattern, urls in merged.items()]
    return sorted(found, key=lambda shape: -len(shape.urls))


def _key(url: str) -> str | None:
    """The address' last part with its numbers blotted out; None where it holds no number."""
    parts = urlsplit(url)
    tail = parts.path.rpartition("/")[2] or parts.path.rstrip("/").rpartition("/")[2]
    names = ",".join(sorted(name for name, value in parse_qsl(parts.query) if value.isdigit()))
    if not any(char.isdigit() for char in tail) and not names:
        return None
    return f"{parts.path.endswith('/')}|{re.sub(r'[0-9a-f]{16,}|[0-9]+', '0', tail)}|{names}"


def _pattern(urls: list[str]) -> str:
    """A regular expression for addresses of one shape: their last path part, its numbers free."""
    first = urlsplit(urls[0])
    slash = "/" if first.path.endswith("/") else ""
    tails = [urlsplit(url).path.rstrip("/").rpartition("/")[2] for url in urls]
    pattern = "/" + "".join(_part(column) for column in _columns(tails)) + slash
    numbers = [name for name, value in parse_qsl(first.query) if value.isdigit()]
    if numbers:
        return pattern + rf"\?.*\b{re.escape(numbers[0])}=\d+"
    return pattern + "$"


def _columns(tails: list[str]) -> Iterator[tuple[str, ...]]:
    if any(re.fullmatch(r"[0-9a-f]{16,}(?:\..*)?", tail) for tail in tails):
        yield ("#",)
        yield tuple("." + tail.partition(".")[2] if "." in tail else "" for tail in tails)
        return
    split = [PARTS.findall(tail) for tail in tails]
    common, _ = Counter(len(parts) for parts in split).most_common(1)[0]
    yield from zip(*(parts for parts in split if len(parts) == common), strict=True)


def _part(column: tuple[str, ...]) -> str:
    if column[0] == "#":
        return "[0-9a-f]{16,}"
    if column[0].isdigit():
        lengths = {len(value) for value in column}
        return rf"\d{{{lengths.pop()}}}" if len(lengths) == 1 and all(DAY.match(value) for value in column) else r"\d+"
    return re.escape(column[0]) if len(set(column)) == 1 else r"[A-Za-z]+"


def sections(links: Iterable[Link], patterns: list[str]) -> list[Link]:
    """Links that look like a site's sections: short names, no article's address, one link an address."""
    seen: dict[str, Link] = {}
    for link in links:
        parts = urlsplit(link.url)
        short = 2 <= len(link.words) <= 8 and bool(HAN.search(link.words))
        if short and not parts.query and parts.path.strip("/") and not any(re.search(p, link.url) for p in patterns):
            seen.setdefault(link.url, link)
    return list(seen.values())
