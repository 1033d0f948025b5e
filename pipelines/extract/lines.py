"""A page as lines: what a reader sees as one line or paragraph, with its links counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipelines.disclaimers import is_legal
from pipelines.extract.names import clutter_kind

SKIPPED = frozenset(
    ["audio", "button", "canvas", "embed", "frameset", "head", "iframe", "input", "map", "math", "nav", "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video"]
)  # fmt: skip
BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"]
)  # fmt: skip
MARKED = frozenset(["a", "br", "img"])
WITH_PICTURES = frozenset(["", "caption", "subtitle", "summary"])
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
SENTENCE = re.compile(r"[。！？；，、,;!?]|[.…](?=\s|$|[”\"’)])")
ENDING = re.compile(r"[。！？；!?.…][”’\"'」』）)\]】]*$")
LATIN = 0.4
SWALLOWED = 3
SPOKEN = 100
"""A link with so many lines of sentences, together so long, is one that somebody forgot to close; a teaser has one or two."""
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
    tag: str
    """That element's tag."""
    clutter: str
    """What an ancestor's class or id says that it is (``comment``, ``share`` …, see `names`); empty for body text."""
    root: Any
    """The outermost ancestor whose name says ``clutter``; None without one."""
    number: int
    free: int
    """Characters outside links."""
    marks: int = 0
    """Sentence punctuation marks, up to two."""
    prose: bool = False
    """Whether it reads like a sentence of running text."""
    weight: float = 0.0
    """What it speaks for or against the elements that hold it, see `container`."""
    home: Any = None
    """The element whose paragraphs it is one of, once `body.home_of` was asked."""
    _legal: bool | None = None

    @property
    def size(self) -> float:
        """Weight of a character: a Latin one says less than a Han character."""
        return LATIN if self.text.isascii() or len(self.text.encode()) < 1.3 * len(self.text) else 1.0

    @property
    def ended(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(ENDING.search(self.text))

    @property
    def legal(self) -> bool:
        """Whether it is a disclaimer that reads like prose. Asked by more than one step, found out once."""
        if self._legal is None:
            self._legal = is_legal(self.text)
        return self._legal


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
        self.links: list[tuple[Any, int]] = []
        """The ``<a href>`` that are open, each with the number of lines before it."""
        self.blocks: list[tuple[Any, str]] = []
        """The block elements that are open, each with its tag."""
        self.clutter: list[tuple[str, Any]] = [("", None)]

    def walk(self, root: Any) -> None:  # noqa: C901 - one loop: calls for each of a page's thousand elements cost a tenth of the step
        """One pass over start and end of every element."""
        parts, links, blocks, clutter = self.parts, self.links, self.blocks, self.clutter
        blocks.append((root, root.tag))
        context = etree.iterwalk(root, events=("start", "end"))
        for event, element in context:
            tag = element.tag
            if event == "start":
                if tag in SKIPPED or ((element.get("style") is not None or element.get("hidden") is not None) and _hidden(element, tag)):
                    context.skip_subtree()
                    continue
                if tag in BLOCKS:
                    if parts:
                        self._close(blocks[-1])
                    blocks.append((element, tag))
                    clutter.append(self._named(element, tag))
                elif tag in MARKED:
                    self._mark(element, tag)
                text = element.text
            else:
                if tag in BLOCKS:
                    self._shut(element)
                elif links and links[-1][0] is element:
                    first = links.pop()[1]
                    if not links and len(self.lines) - first >= SWALLOWED:
                        self._link_closed(first)
                text = element.tail
            if text and (parts or not text.isspace()):
                parts.append(text)
                if links:
                    self.linked += len(text.strip())
        self._close(blocks[-1])

    def _shut(self, element: Any) -> None:
        block = self.blocks[-1]
        if block[0] is element:
            if self.parts:
                self._close(block)
            self.blocks.pop()
            self.clutter.pop()

    def _mark(self, element: Any, tag: str) -> None:
        if tag == "a":
            if element.get("href") is not None:  # <a name=…> is often left open and then holds the whole text
                self.links.append((element, len(self.lines)))
                self.anchors.append(element)
        elif tag == "br":
            if self.parts:
                self._close(self.blocks[-1])
        elif self.clutter[-1][0] in WITH_PICTURES:
            self.pictures.append((element, len(self.lines)))

    def _named(self, element: Any, tag: str) -> tuple[str, Any]:
        above = self.clutter[-1]
        if above[0] == "comment":
            return above
        if tag == "blockquote" and above[0] == "share":
            return "", None  # a post that is quoted, not a button
        kind = clutter_kind(tag, element.get("class"), element.get("id"))
        return (kind, element) if kind and (not above[0] or kind in ("comment", "caption")) else above

    def _link_closed(self, first: int) -> None:
        """A link that was never closed in the source holds paragraphs by the dozen: they are no link text."""
        inner = self.lines[first:]
        spoken = [len(line.text) for line in inner if SENTENCE.search(line.text)]
        if len(spoken) < SWALLOWED or sum(spoken) < SPOKEN:
            return
        for line in inner:
            line.linked, line.free = 0, len(line.text)
            line.marks = _marks(line.text) if line.free >= PROSE else 0
            line.prose = line.marks > 0

    def _close(self, block: tuple[Any, str]) -> None:
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        linked, self.linked = self.linked, 0
        if not text.isprintable():  # quicker to ask than `INVISIBLE`, whose characters are not
            text = INVISIBLE.sub("", text).strip()
        if text:
            size = len(text)
            linked = min(linked, size)
            free = size - linked
            marks = _marks(text) if free >= PROSE and linked < size * 0.4 else 0
            kind, root = self.clutter[-1]
            self.lines.append(Line(text, linked, block[0], block[1], kind, root, len(self.lines), free, marks, marks > 0))


def _marks(text: str) -> int:
    first = SENTENCE.search(text)
    return 0 if first is None else 1 + (SENTENCE.search(text, first.end()) is not None)


def _hidden(element: Any, tag: str) -> bool:
    style = element.get("style")
    if style is not None and not (("none" in (low := style.lower()) or "hidden" in low) and HIDDEN.search(low)):
        return False  # the words first: the pattern takes 7 µs a style
    return tag not in ("html", "body") and element.find(".//p[2]") is None
