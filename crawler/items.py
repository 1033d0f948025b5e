"""The records that travel from a fetched page to the archive, with a contract under every field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from scrapy.exceptions import DropItem

Precision = Literal["second", "minute", "day", "month", "year"]
EditKind = Literal["repair", "strip", "lost", "suspect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRef:
    """Where the raw response lies."""

    file: str
    """Name of the WARC file, relative to the captures folder."""
    offset: int
    """Byte offset of the gzip member of the ``response`` (or ``revisit``) record."""
    length: int
    """Bytes of that gzip member."""
    digest: str
    """``sha1:BASE32`` of the payload as it came over the wire, as WARC/1.1 writes it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched page: bytes and what the server said of them. Nothing decoded."""

    url: str
    """Final address, absolute."""
    body: bytes = field(repr=False)
    """The entity body with its Content-Encoding undone, otherwise as received."""
    content_type: str | None = None
    """The Content-Type header as sent; None when there was none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers, lower-case names, repeated ones joined by ``, ``."""
    status: int = 200
    fetched_at: datetime | None = None
    """Aware, UTC. Relative dates (昨天 10:20) are read against it; None means they stay unread."""
    capture: CaptureRef | None = None
    site: str | None = None
    """Name of the site's profile."""
    frontier_key: str | None = None
    """The frontier's key of the address that was asked for; None outside a crawl."""
    context: Mapping[str, str] = field(default_factory=dict)
    """What the listing said of the page: ``title``, ``published``, ``edition_date``, ``edition_page``,
    ``edition_section``, ``section``, ``found_on``. Evidence of last resort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of one field by one step, revertible.

    Edits of a step are grouped into passes; within a pass they do not overlap and are in ascending order, and
    ``start`` counts characters in the text *as that pass received it*. Undoing passes from last to first gives the
    step's input back exactly.
    """

    step: str
    """``repair``, ``strip_disclaimers``, ``strip_related`` …: the pipeline step."""
    rule: str
    """Name of the rule inside the step, e.g. ``pinyin_reading``, ``disclaimer/legal``."""
    start: int
    before: str
    after: str
    confidence: float = 1.0
    """0 to 1."""
    kind: EditKind = "repair"
    """``lost``: nothing was changed (before == after), the text there is unrecoverable. ``suspect``: kept as it
    is, a person should look."""
    field: str = "text"
    pass_: int = 0

    @property
    def end(self) -> int:
        """Offset after the last character of ``before``."""
        return self.start + len(self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    url: str
    caption: str | None = None
    """Text printed under the picture, trimmed."""
    position: int | None = None
    """Index of the paragraph that it precedes; None when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How the bytes became text."""

    used: str
    """Python codec name, lower case; ``mixed:utf-8+gb18030`` for a page in two encodings."""
    declared: str | None = None
    """The label that the header or the page gave, as given."""
    evidence: str = "default"
    """What decided: bom, site, utf-16, hz, iso-2022, ascii, utf-8, header, meta, score, mixed; default where nothing was read."""
    confidence: float = 1.0
    errors: int = 0
    """Number of U+FFFD that decoding put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as its editor wrote it, and what was done to get there."""

    url: str
    canonical_url: str | None = None
    """rel=canonical when it names another page of the same site; absolute."""
    title: str | None = None
    """Headline without site name; None when the page has none."""
    title_raw: str | None = None
    """Headline as extracted, before repair."""
    subtitle: str | None = None
    """引题 or 副题."""
    text: str = ""
    """Paragraphs joined by one newline; full-width punctuation kept; no disclaimer, no related links."""
    text_extracted: str = ""
    """The text as extraction gave it, before repair and stripping; never overwritten."""
    published: datetime | None = None
    """Aware, in the site's zone; None when the page does not say. Never the crawl time."""
    published_precision: Precision | None = None
    published_raw: str | None = None
    """The characters on the page that were read as the date."""
    published_from: str | None = None
    """meta, jsonld, byline, url, list, edition."""
    modified: datetime | None = None
    authors: tuple[str, ...] = ()
    """记者/通讯员/作者 names, no titles, in page order; never 责任编辑."""
    editor: str | None = None
    """责任编辑/责编 name."""
    source: str | None = None
    """来源/稿源/转自 as printed, trimmed."""
    section: str | None = None
    """频道/栏目 from the breadcrumb."""
    language: str | None = None
    """ISO 639-1."""
    script: str | None = None
    """Hans, Hant, mixed for Chinese; None otherwise."""
    dateline: str | None = None
    """Place and agency of 本报讯/新华社北京3月1日电, as printed."""
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    next_page: str | None = None
    """Absolute address of the next page of a multi-page article."""
    edition_date: date | None = None
    edition_page: str | None = None
    """版次, e.g. ``A02``."""
    edition_section: str | None = None
    """版名."""
    summary: str | None = None
    tags: tuple[str, ...] = ()
    encoding: Encoding | None = None
    edits: tuple[Edit, ...] = ()
    quality: str = "ok"
    """ok, short, suspect."""
    extractor: str | None = None
    """What chose the container: ``site``, ``own``, ``second-opinion``."""
    site: str | None = None
    page: Page | None = field(default=None, repr=False, compare=False)
    """The page it was read from; not stored with the article, its capture is."""
    extra: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """Steps of the pipeline that were applied where the page was read, by their paths; not stored."""


class Dropped(DropItem):
    """The page is no article for the archive; the class says why, the message gives the detail."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip(), log_level="INFO")


class NotText(Dropped):
    """The body is no HTML or text (an image, an archive, a PDF)."""


class IndexPage(Dropped):
    """A list of links, a section or home page, not an article."""


class SoftNotFound(Dropped):
    """A page served with 200 that says the article does not exist."""


class LoginWall(Dropped):
    """The page asks to log in instead of showing an article."""


class AntiBot(Dropped):
    """A verification, captcha or script challenge page."""


class EmptyArticle(Dropped):
    """No text could be found on the page."""


class TooLarge(Dropped):
    """The page is over the size that is read."""


class TooComplex(Dropped):
    """The page is nested or repeated beyond what is read."""


class Duplicate(Dropped):
    """The archive already has this article under another address."""


DROP_REASONS: tuple[type[Dropped], ...] = (
    NotText, IndexPage, SoftNotFound, LoginWall, AntiBot, EmptyArticle, TooLarge, TooComplex, Duplicate,
)  # fmt: skip
