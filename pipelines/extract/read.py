"""The reading step: bytes, tree, lines, container, fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crawler.items import Article, EmptyArticle, Encoding, Page
from crawler.sites import Site
from pipelines.dates import find_date
from pipelines.disclaimers import rule_of
from pipelines.extract import around, credits, kinds, sources
from pipelines.extract.body import body_of, home_of
from pipelines.extract.container import find_container, inside
from pipelines.extract.edition import told
from pipelines.extract.furniture import is_dateline, is_furniture, spread
from pipelines.extract.headline import Headline, find_headline
from pipelines.extract.language import language_of
from pipelines.extract.lines import PROSE, SENTENCE, Line, Seen, see
from pipelines.extract.published import Published, find_modified, find_published
from pipelines.extract.scripts import body_in_scripts
from pipelines.extract.tree import Tree, parse
from pipelines.related import heading_of, small_of
from pipelines.repair.passes import kit

PLAIN = Site(name="none")
SHORT = 80
"""Characters of body below which an article's quality is ``short``."""
ASKED = 20_000
"""Tags above which no second opinion is asked for."""
UNSURE = 40
"""Characters of body below which a second opinion is asked for."""
DOUBT = 0.62
"""Share of the page's prose outside the body from which a second opinion is asked for."""
VERSES = 16
HEAD = 12
TAIL = 12


@dataclass(slots=True)
class Body:
    """The text and how it was found."""

    texts: list[str]
    paragraphs: list[Line]
    """The lines it came from; empty where another library found it."""
    extractor: str


def read(page: Page, site: Site | None = None) -> Article:
    """The article on a page, as printed: nothing repaired, boilerplate lines still in it where unsure.

    Raises a `crawler.items.Dropped` that names the reason where the page holds no article.
    """
    site = site or PLAIN
    kinds.refuse_binary(page.body, page.url)
    tree = parse(page, site)
    seen = see(tree.root)
    headline = find_headline(seen.lines, tree, page.context.get("title"))
    if chosen := _selected(tree, site.selectors.title):
        headline = Headline(chosen, headline.line)
    body = _body(tree, seen, headline, site)
    kinds.refuse_by_text(seen.lines, body.paragraphs, headline.text, page.url)
    if not body.texts:
        raise EmptyArticle(f"{page.url}: no running text among {len(seen.lines)} lines")
    if all(rule_of(line) or small_of(line) or heading_of(line) for line in body.texts):
        raise EmptyArticle(f"{page.url}: nothing but boilerplate")
    return told(_article(page, site, tree, (seen, headline, body)), page)


def _selected(tree: Tree, selector: str | None) -> str | None:
    if not selector:
        return None
    found = tree.root.cssselect(selector)
    return " ".join("".join(found[0].itertext()).split()) or None if found else None


def _body(tree: Tree, seen: Seen, headline: Headline, site: Site) -> Body:
    if site.selectors.body:
        found = tree.root.cssselect(site.selectors.body)
        if found and (kept := [line for element in found for line in inside(seen.lines, element)]):
            paragraphs = body_of(kept, headline.text)
            return Body([line.text for line in paragraphs], paragraphs, "site")
    container = find_container(seen.lines, headline.line)
    paragraphs = body_of(container.lines, headline.text) if container else _short_notice(seen.lines, headline)
    size = sum(len(line.text) for line in paragraphs)
    if size < 2 * SHORT and (texts := body_in_scripts(tree, size)):
        return Body(texts, [], "script")
    if size < UNSURE or (container is not None and container.doubt > DOUBT):
        return _second_opinion(tree, paragraphs)
    return Body([line.text for line in paragraphs], paragraphs, "own")


def _short_notice(lines: list[Line], headline: Headline) -> list[Line]:
    """A notice of a line or two, or verses, lose against navigation: the lines nearest below the headline."""
    below = [line for line in lines if not line.clutter and not line.linked and line.number > (headline.line or -1)]
    prose = [line for line in below if line.prose]
    if not prose:
        prose = _verses(below)
    return body_of(prose[:4] if prose and prose[0].prose else prose, headline.text)


def _verses(lines: list[Line]) -> list[Line]:
    """Short lines of one element of which most are marked as speech is; empty where there are none."""
    held: dict[Any, list[Line]] = {}
    for line in lines:
        if not is_furniture(line.text) and not is_dateline(line.text) and not rule_of(line.text):
            held.setdefault(home_of(line), []).append(line)
    marked = {home: sum(len(line.text) for line in inner if SENTENCE.search(line.text)) for home, inner in held.items()}
    best = max(marked, key=lambda home: marked[home], default=None)
    return held[best] if best is not None and marked[best] >= VERSES else []


def _second_opinion(tree: Tree, paragraphs: list[Line]) -> Body:
    """trafilatura's text where it found clearly more, else our own."""
    import trafilatura

    # It takes over a minute for 300 000 siblings; real pages have up to 6 000 tags.
    asked = tree.text[:2_000_000] if tree.text.count("<") <= ASKED else ""
    text = (trafilatura.extract(asked, include_comments=False, include_tables=False) or "") if asked else ""
    texts = [line.strip() for line in text.split("\n") if line.strip()]
    own = [line.text for line in paragraphs]
    spoken = sum(len(line) for line in texts if len(line) >= PROSE and SENTENCE.search(line))
    if spoken > max(UNSURE, 2 * sum(map(len, own))):
        return Body(texts, [], "second-opinion")
    return Body(own, paragraphs, "own")


def _beside(lines: list[Line], headline: Headline, body: Body) -> sources.Beside:
    """Head lines nearest to the headline first, tail lines from the text down; lists of links are neither."""
    first = body.paragraphs[0].number if body.paragraphs else len(lines)
    last = body.paragraphs[-1].number if body.paragraphs else len(lines)
    inner = {line.number for line in body.paragraphs}
    head = _head(lines, headline.line, first)
    left_out = [line for line in _plain(lines, first, last + 1) if line.number not in inner and len(line.text) < 100 and line.linked <= 0.4 * len(line.text)]
    tail = [line for line in _plain(lines, last + 1, last + 1 + 2 * TAIL) if line.linked <= 0.4 * len(line.text)]
    above, within, below = ([spread(line.text) for line in part] for part in (head, left_out[:HEAD], tail[:TAIL]))
    return sources.Beside(above, within, below, body.texts)


def _head(lines: list[Line], title: int | None, first: int) -> list[Line]:
    if title is None or title >= first:
        return _plain(lines, first - 2 * HEAD, first)[::-1]
    return _plain(lines, title + 1, first)[: 2 * HEAD] + _plain(lines, title - 8, title)[::-1]


def _plain(lines: list[Line], start: int, end: int) -> list[Line]:
    """The lines from one number to another that are neither clutter nor links."""
    return [line for line in lines[max(0, start) : end] if line.clutter not in ("comment", "related", "advert") and _tells(line)]


def _tells(line: Line) -> bool:
    """Whether a line can be a date or source line: not a link, nor a linked headline with its date."""
    share = line.linked / len(line.text)
    return share <= 0.6 or len(line.text) < 24 or (share < 0.75 and is_dateline(line.text))


def _restored(beside: sources.Beside) -> sources.Beside:
    """来源 and 责任编辑 are damaged like the rest of the page."""
    if not kit.damaged("\n".join(beside.body)):
        return beside
    head, inner, tail = ([kit.restored(line) for line in lines] for lines in (beside.head, beside.inner, beside.tail))
    return sources.Beside(head, inner, tail, beside.body)


def _published(tree: Tree, beside: sources.Beside, page: Page, site: Site) -> Published | None:
    chosen = _selected(tree, site.selectors.published)
    if chosen and (found := find_date(chosen, zone=site.zone, fetched_at=page.fetched_at)):
        return Published(found, "byline")
    published = find_published((beside.head, beside.inner, beside.tail), tree, site.zone, page.fetched_at)
    listed = page.context.get("published")
    if published is None and listed and (found := find_date(listed, zone=site.zone, fetched_at=page.fetched_at)):
        return Published(found, "list")
    return published


def _article(page: Page, site: Site, tree: Tree, parts: tuple[Seen, Headline, Body]) -> Article:
    seen, headline, body = parts
    beside = _restored(_beside(seen.lines, headline, body))
    text = "\n".join(body.texts)
    when = _published(tree, beside, page, site)
    source = _selected(tree, site.selectors.source) or sources.find_source(beside, tree)
    by = _selected(tree, site.selectors.author)
    first = body.paragraphs[0].number if body.paragraphs else 0
    edition = around.find_edition([*[line.text for line in seen.lines[:60] if not line.linked], *beside.head], body.texts, tree)
    language, script = language_of("\n".join(line for line in body.texts if not rule_of(line)) or text)
    decoded = tree.decoded
    return Article(
        url=page.url,
        canonical_url=around.find_canonical(tree, site),
        title=headline.text,
        title_raw=headline.text,
        subtitle=around.find_subtitle(seen.lines, headline.line, first, headline.text),
        text=text,
        text_extracted=text,
        published=when.found.when if when else None,
        published_precision=when.found.precision if when else None,
        published_raw=when.found.raw if when else None,
        published_from=when.where if when else None,
        modified=find_modified(tree, site.zone, page.fetched_at),
        authors=credits.names_in(by) if by else credits.find_authors(beside, tree, source),
        editor=credits.find_editor(beside),
        source=source,
        section=page.context.get("section") or around.find_section(seen.lines, headline.line or first, tree, headline.text),
        language=language,
        script=script,
        dateline=around.find_dateline(body.texts),
        images=around.find_images(seen, body.paragraphs, tree),
        attachments=around.find_attachments(seen, tree),
        next_page=around.find_next_page(seen, tree),
        edition_date=edition.day,
        edition_page=edition.page,
        edition_section=edition.section,
        summary=(tree.metas.get("description") or "").strip() or None,
        tags=_tags(tree),
        encoding=Encoding(used=decoded.encoding, declared=decoded.declared, evidence=decoded.evidence, confidence=decoded.confidence, errors=decoded.errors),
        quality="short" if len(text) < SHORT else "ok",
        extractor=body.extractor,
        site=page.site or (site.name if site is not PLAIN else None),
        extra={"cut": ", ".join(tree.cut)} if tree.cut else {},
    )


def _tags(tree: Tree) -> tuple[str, ...]:
    words = [word.strip() for word in (tree.metas.get("keywords") or "").replace("，", ",").replace("、", ",").replace(" ", ",").split(",")]
    return tuple(dict.fromkeys(word for word in words if 1 < len(word) <= 20))[:20]
