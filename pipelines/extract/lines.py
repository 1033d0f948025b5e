"""A page as lines: what a reader sees as one line or paragraph, with its links counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from pipelines.extract.names import clutter_kind

SKIPPED = frozenset(
    ["audio", "button", "canvas", "embed", "frameset", "head", "iframe", "input", "map", "math", "nav", "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video"]
)  # fmt: skip
BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"]
)  # fmt: skip
MARKED = frozenset(["a", "br", "img"])
OPENING = BLOCKS | MARKED
WITH_PICTURES = frozenset(["", "caption", "subtitle", "summary"])
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
SENTENCE = re.compile(r"[。！？；，、,;!?]|[.…](?=\s|$|[”\"’)])")
ENDING = re.compile(r"[。！？；!?.…][”’\"'」』）)\]】]*$")
LATIN = 0.4
PROSE = 12
"""Characters outside links from which a line can be running text."""


@dataclass(slots=True, eq=False)
class Line:
    """One line of the page."""

    text: str
    linked: int
    """Characters of it that are link text."""
    block: Any
    """The block element it stands in."""
    clutter: str
    """What an ancestor's class or id says that it is (``comment``, ``share`` …, see `names`); empty for body text."""
    number: int
    marks: int = field(default=0)
    """Sentence punctuation marks."""
    prose: bool = field(default=False)
    """Whether it reads like a sentence of running text."""
    root: Any = None
    """The outermost ancestor whose name says ``clutter``; None without one."""

    weight: float = 0.0
    """What it speaks for or against the elements that hold it, see `container`."""

    @property
    def free(self) -> int:
        """Characters outside links."""
        return len(self.text) - self.linked

    @property
    def size(self) -> float:
        """Weight of a character: a Latin one says less than a Han character."""
        return LATIN if self.text.isascii() or len(self.text.encode()) < 1.3 * len(self.text) else 1.0

    @property
    def ended(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(ENDING.search(self.text))


@dataclass(slots=True)
class Seen:
    """What a page shows: its lines, and its pictures with the number of the line that follows each."""

    lines: list[Line]
    pictures: list[tuple[Any, int]]
    """Pictures outside elements that are named as clutter, captions apart."""
    links: list[Any]
    """``<a>`` elements that are seen."""


def see(root: Any) -> Seen:
    """The lines and pictures of a tree in document order; hidden elements, scripts and form fields are not seen."""
    walker = _Walker()
    walker.walk(root)
    return Seen(walker.lines, walker.pictures, walker.anchors)


def lines_of(root: Any) -> list[Line]:
    """The lines of a tree in document order."""
    return see(root).lines


class _Walker:
    """Collects text between block borders."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pictures: list[tuple[Any, int]] = []
        self.anchors: list[Any] = []
        self.parts: list[str] = []
        self.linked = 0
        self.links = 0
        self.blocks: list[Any] = []
        self.clutter: list[tuple[str, Any]] = [("", None)]

    def walk(self, root: Any) -> None:
        """One pass over start and end of every element; the calls are few because pages have thousands."""
        self.blocks.append(root)
        context = etree.iterwalk(root, events=("start", "end"))
        for event, element in context:
            tag = element.tag
            if event == "start":
                if tag in SKIPPED or _hidden(element, tag):
                    context.skip_subtree()
                    continue
                if tag in OPENING:
                    self._open(element, tag)
                text = element.text
            else:
                if tag in BLOCKS:
                    self._shut(element)
                elif tag == "a" and self.links and element.get("href") is not None:
                    self.links -= 1
                text = element.tail
            if text and (self.parts or not text.isspace()):
                self._add(text)
        self._close(root)

    def _open(self, element: Any, tag: str) -> None:
        if tag in BLOCKS:
            if self.parts:
                self._close(self.blocks[-1])
            self.blocks.append(element)
            self.clutter.append(self._named(element, tag))
        elif tag == "a":
            if element.get("href") is not None:  # <a name=…> is often left open and then holds the whole text
                self.links += 1
                self.anchors.append(element)
        elif tag == "br":
            if self.parts:
                self._close(self.blocks[-1])
        elif self.clutter[-1][0] in WITH_PICTURES:
            self.pictures.append((element, len(self.lines)))

    def _shut(self, element: Any) -> None:
        if self.blocks[-1] is element:
            if self.parts:
                self._close(element)
            self.blocks.pop()
            self.clutter.pop()

    def _named(self, element: Any, tag: str) -> tuple[str, Any]:
        above = self.clutter[-1]
        if above[0] == "comment":
            return above
        if tag == "blockquote" and above[0] == "share":
            return "", None  # a post that is quoted, not a button
        kind = clutter_kind(tag, element.get("class"), element.get("id"))
        return (kind, element) if kind and (not above[0] or kind in ("comment", "caption")) else above

    def _add(self, text: str) -> None:
        self.parts.append(text)
        if self.links:
            self.linked += len(text.strip())

    def _close(self, block: Any) -> None:
        text = " ".join("".join(self.parts).split())
        linked, self.parts, self.linked = self.linked, [], 0
        if not text.isascii():
            text = INVISIBLE.sub("", text).strip()
        if text:
            self.lines.append(_line(text, min(linked, len(text)), block, self.clutter[-1], len(self.lines)))


def _hidden(element: Any, tag: str) -> bool:
    style = element.get("style")
    if style is None:
        if element.get("hidden") is None:
            return False
    elif not HIDDEN.search(style):
        return False
    return tag not in ("html", "body") and element.find(".//p[2]") is None


def _line(text: str, linked: int, block: Any, clutter: tuple[str, Any], number: int) -> Line:
    line = Line(text, linked, block, clutter[0], number, root=clutter[1])
    size = len(text)
    if size - linked >= PROSE and linked < size * 0.4:
        line.marks = len(SENTENCE.findall(text))
        line.prose = line.marks > 0
    return line
