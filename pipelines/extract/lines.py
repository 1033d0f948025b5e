"""A page as lines: what a reader sees as one line or paragraph, with its links counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

SKIPPED = frozenset(
    ["script", "style", "noscript", "iframe", "object", "embed", "svg", "template", "select", "option", "button", "textarea", "input", "head", "form_", "canvas", "map", "audio", "video", "nav"]
)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "html",
    ]
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
CLUTTER_NAME = re.compile(
    r"(?:^|[\s_-])(comments?|pinglun|footer?|copyright|breadcrumbs?|crumbs?|sidebar|related?|recommend|tuijian|hot|rank|paihang"
    r"|share|fenxiang|toolbar|nav|menu|login|search|advert\w*|ads?|banner|friendlink|links?|pager|prevnext|qrcode|erweima|bshare|bdshare"
    r"|tags?|subscribe|newsletter|promo|cookie|disclaimer|shengming|zebian)(?:$|[\s_\d-])",
    re.I,
)
SPACE = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
SENTENCE = re.compile(r"[。！？；，、：,;!?]|\.(?:\s|$)")


@dataclass(slots=True)
class Line:
    """One line of the page."""

    text: str
    linked: int
    """Characters of it that are link text."""
    block: Any
    """The block element it stands in."""
    clutter: bool
    """Whether an ancestor's class or id says that it is no body text."""
    number: int = 0
    marks: int = field(default=0)
    """Sentence punctuation marks."""

    @property
    def free(self) -> int:
        """Characters outside links."""
        return len(self.text) - self.linked

    @property
    def prose(self) -> bool:
        """Whether it reads like a sentence of running text."""
        return self.free >= 12 and self.marks > 0 and self.linked < len(self.text) * 0.4


def lines_of(root: Any) -> list[Line]:
    """The lines of a tree in document order."""
    walker = Walker()
    walker.walk(root)
    walker.close(root)
    for number, line in enumerate(walker.lines):
        line.number = number
    return walker.lines


class Walker:
    """Collects text between block borders. An explicit stack: pages nest deeper than Python does."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.parts: list[str] = []
        self.linked = 0

    def walk(self, root: Any) -> None:
        stack: list[tuple[Any, bool, int, bool]] = [(root, False, 0, False)]
        while stack:
            element, leaving, links, clutter = stack.pop()
            tag = element.tag if isinstance(element.tag, str) else ""
            if leaving:
                self._leave(element, tag, links, clutter)
                continue
            if not tag or tag in SKIPPED or (tag != "body" and self._hidden(element)):
                self._tail(element, links)
                continue
            clutter = clutter or _is_clutter(element, tag)
            inner = links + (tag == "a")
            if tag in BLOCKS or tag == "br":
                self._break(element, clutter=clutter)
            if element.text:
                self._add(element.text, inner)
            stack.append((element, True, links, clutter))
            stack.extend((child, False, inner, clutter) for child in reversed(element))

    def _leave(self, element: Any, tag: str, links: int, clutter: bool) -> None:  # noqa: FBT001 - carried by the stack
        if tag in BLOCKS:
            self.close(element, clutter=clutter)
        self._tail(element, links)

    def _tail(self, element: Any, links: int) -> None:
        if element.tail:
            self._add(element.tail, links)

    def _hidden(self, element: Any) -> bool:
        style = element.get("style")
        return bool(style and HIDDEN.search(style)) and not element.xpath("boolean(.//p[2])")

    def _add(self, text: str, links: int) -> None:
        self.parts.append(text)
        if links:
            self.linked += len(SPACE.sub("", text))

    def _break(self, element: Any, *, clutter: bool) -> None:
        if self.parts:
            self.close(element.getparent() if element.getparent() is not None else element, clutter=clutter)

    def close(self, block: Any, *, clutter: bool = False) -> None:
        text = SPACE.sub(" ", "".join(self.parts)).strip()
        linked, self.parts, self.linked = min(self.linked, len(text)), [], 0
        if text:
            line = Line(text, linked, block, clutter, marks=len(SENTENCE.findall(text)))
            self.lines.append(line)


def _is_clutter(element: Any, tag: str) -> bool:
    if tag in ("footer", "aside"):
        return True
    if tag in ("body", "html", "article", "main", "p", "h1"):
        return False
    name = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    return bool(name and CLUTTER_NAME.search(name))
