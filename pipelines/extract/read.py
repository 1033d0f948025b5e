"""The reading step: bytes, tree, lines, container, fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html

from crawler.decode import Decoded, decode
from crawler.items import Article, Attachment, EmptyArticle, Encoding, Image, Page
from crawler.sites import Site
from pipelines.bound import bound
from pipelines.extract import byline, kinds
from pipelines.extract.body import body_of
from pipelines.extract.container import find_container, inside
from pipelines.extract.edition import told
from pipelines.extract.headline import find_title
from pipelines.extract.language import language_of
from pipelines.extract.lines import Line, lines_of
from pipelines.repair.passes import kit

PLAIN = Site(name="none")
UNSURE = 80
"""Characters of body below which a second opinion is asked for."""
FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|wps|et)(?:$|\?)", re.I)
NEXT = re.compile(r"^[\[【\s>»]*(?:下一页|下页|后一页|下一頁)[\]】\s>»]*$")
EDITION = re.compile(r"第\s*([A-Z]?\d{1,3})\s*版\s*[:：]?\s*([\u4e00-\u9fff]{2,10})?")


@dataclass(slots=True)
class Tree:
    """A parsed page."""

    root: Any
    metas: dict[str, str]
    url: str
    decoded: Decoded


def read(page: Page, site: Site | None = None) -> Article:
    """The article on a page, as printed: nothing repaired, boilerplate lines still in it where unsure.

    Raises a `crawler.items.Dropped` that names the reason where the page holds no article.
    """
    site = site or PLAIN
    kinds.refuse_binary(page.body, page.url)
    tree = _parse(page, site)
    lines = lines_of(tree.root)
    title = _selected(tree, site.selectors.title) or find_title(tree.root, tree.metas, page.context.get("title"))
    paragraphs, extractor = _paragraphs(tree, lines, title, site)
    kinds.refuse_by_text(lines, paragraphs, title, page.url)
    texts = [line.text for line in paragraphs]
    if not texts:
        texts, extractor = _second_opinion(tree)
    if not texts:
        raise EmptyArticle(f"{page.url}: no running text among {len(lines)} lines")
    return told(_article(page, site, tree, (title, texts, extractor), _beside(lines, paragraphs)), page)


def _parse(page: Page, site: Site) -> Tree:
    decoded = decode(page.body, page.content_type, override=site.encoding)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", bound(decoded.text).text)
    if not text.strip():
        raise EmptyArticle(f"{page.url}: the page is blank")
    try:
        root = lxml.html.document_fromstring(text, parser=lxml.html.HTMLParser(huge_tree=True))
    except (lxml.etree.ParserError, ValueError) as error:
        raise EmptyArticle(f"{page.url}: {error}") from None
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        if name and meta.get("content"):
            metas.setdefault(name.strip().lower(), meta.get("content"))
    _show_emails(root)
    for selector in site.selectors.remove:
        for element in root.cssselect(selector):
            element.drop_tree()
    return Tree(root, metas, page.url, decoded)


def _show_emails(root: Any) -> None:
    for element in root.xpath("//*[@data-cfemail]"):
        element.text = _email(element.get("data-cfemail")) or element.text
        for child in list(element):
            element.remove(child)


def _email(code: str) -> str | None:
    """Cloudflare's e-mail protection: hexadecimal, each byte XOR the first."""
    try:
        raw = bytes.fromhex(code)
    except ValueError:
        return None
    return bytes(byte ^ raw[0] for byte in raw[1:]).decode("utf-8", "replace") if raw else None


def _selected(tree: Tree, selector: str | None) -> str | None:
    if not selector:
        return None
    found = tree.root.cssselect(selector)
    return " ".join("".join(found[0].itertext()).split()) or None if found else None


def _paragraphs(tree: Tree, lines: list[Line], title: str | None, site: Site) -> tuple[list[Line], str]:
    if site.selectors.body:
        found = tree.root.cssselect(site.selectors.body)
        if found and (kept := [line for element in found for line in inside(lines, element)]):
            return body_of(kept, title), "site"
    container = find_container(lines)
    if container is None:
        return [], "own"
    element, value = container
    if value <= 0:
        return _short_notice(lines, title), "own"
    return body_of(inside(lines, element), title), "own"


def _short_notice(lines: list[Line], title: str | None) -> list[Line]:
    """A notice of a line or two loses against navigation: take the prose nearest below the headline."""
    prose = [line for line in lines if line.prose and not line.clutter]
    return body_of(prose[:4], title)


def _second_opinion(tree: Tree) -> tuple[list[str], str]:
    import trafilatura

    text = trafilatura.extract(tree.decoded.text[:2_000_000], include_comments=False, include_tables=False)
    return [line for line in (text or "").split("\n") if line.strip()], "second-opinion"


def _beside(lines: list[Line], paragraphs: list[Line]) -> tuple[list[str], list[str]]:
    """Lines above the body, nearest first, and lines below it."""
    if not paragraphs:
        return [line.text for line in lines[:40]], []
    first, last = paragraphs[0].number, paragraphs[-1].number
    above = [line.text for line in lines[max(0, first - 25) : first]][::-1]
    inner = [line.text for line in lines[first : last + 1] if len(line.text) < 120][:6]
    return above + inner, [line.text for line in lines[last : last + 12]]


def _article(page: Page, site: Site, tree: Tree, body: tuple[str | None, list[str], str], beside: tuple[list[str], list[str]]) -> Article:
    title, texts, extractor = body
    above, below = beside
    if kit.damaged("\n".join(texts)):  # 来源 and 责任编辑 are damaged like the rest of the page
        above, below = ([kit.restored(line) for line in lines] for lines in beside)
    text = "\n".join(texts)
    when = byline.find_published(above, (tree.root, tree.metas, page.url), site.zone, page.fetched_at)
    chosen = _selected(tree, site.selectors.source)
    language, script = language_of(text)
    edition = next((m for line in above if (m := EDITION.search(line))), None)
    decoded = tree.decoded
    return Article(
        url=page.url,
        canonical_url=_canonical(tree, site),
        title=title,
        title_raw=title,
        text=text,
        text_extracted=text,
        published=when.found.when if when else None,
        published_precision=when.found.precision if when else None,
        published_raw=when.found.raw if when else None,
        published_from=when.where if when else None,
        authors=byline.find_authors(above, texts, tree.metas, tree.root),
        editor=byline.find_editor([*below, *above]),
        source=chosen or byline.find_source([*above, *below], tree.metas),
        section=page.context.get("section"),
        language=language,
        script=script,
        images=_images(tree),
        attachments=_attachments(tree),
        next_page=_next_page(tree),
        edition_page=edition.group(1) if edition else None,
        edition_section=edition.group(2) if edition else None,
        encoding=Encoding(
            used=decoded.encoding,
            declared=decoded.declared,
            evidence=decoded.evidence,
            confidence=decoded.confidence,
            errors=decoded.errors,
        ),  # fmt: skip
        quality="short" if len(text) < UNSURE else "ok",
        extractor=extractor,
        site=page.site or (site.name if site is not PLAIN else None),
    )


def _canonical(tree: Tree, site: Site) -> str | None:
    """rel=canonical where it names another page of the same host."""
    for link in tree.root.xpath("//link[@rel='canonical'][@href]")[:1]:
        url = _join(tree.url, link.get("href"))
        if url and url != tree.url and urlsplit(url).path not in ("", "/") and _same_site(url, tree.url, site):
            return url
    return None


def _same_site(url: str, other: str, site: Site) -> bool:
    host = urlsplit(url).hostname or ""
    return host == urlsplit(other).hostname or site.covers(host)


def _join(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, href.strip())
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def _images(tree: Tree) -> tuple[Image, ...]:
    out: dict[str, Image] = {}
    for image in tree.root.xpath("//p//img[@src]|//figure//img[@src]")[:40]:
        url = _join(tree.url, image.get("src"))
        if url:
            out.setdefault(url, Image(url=url, caption=(image.get("alt") or "").strip() or None))
    return tuple(out.values())


def _attachments(tree: Tree) -> tuple[Attachment, ...]:
    out: dict[str, Attachment] = {}
    for link in tree.root.xpath("//a[@href]"):
        if FILES.search(link.get("href")) and (url := _join(tree.url, link.get("href"))):
            out.setdefault(url, Attachment(url=url, title=" ".join("".join(link.itertext()).split()) or None))
    return tuple(out.values())[:40]


def _next_page(tree: Tree) -> str | None:
    for link in tree.root.xpath("//a[@href]"):
        if NEXT.match("".join(link.itertext())) and (url := _join(tree.url, link.get("href"))):
            return url if url.split("#")[0] != tree.url else None
    return None
