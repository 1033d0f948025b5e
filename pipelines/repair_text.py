"""Give every field of an article back the text its editor wrote."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter

from crawler.items import Article, Edit
from pipelines import PURE

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from pipelines.repair import Repaired

SINGLE = ("title", "subtitle", "source", "editor", "section", "summary", "dateline")
LISTS = ("authors", "tags")


def repair_article(article: Article) -> Article:
    """The article with text and short fields repaired, and the edits that say how.

    Short fields are repaired together with the text: a title alone is too little to know the damage by.
    """
    from pipelines.repair import cloudflare

    revealed = cloudflare.revealed(article.text, article.page.body) if article.page else []
    if revealed:
        article = dataclasses.replace(article, text=_applied(article.text, revealed), edits=(*article.edits, *revealed))
    values = _repair_fields({name: getattr(article, name) for name in (*SINGLE, *LISTS, "text")})
    if values is None:
        return article
    fields, edits = values
    if revealed:  # the addresses were a pass of their own
        edits = tuple(dataclasses.replace(edit, pass_=edit.pass_ + 1) for edit in edits)
    return dataclasses.replace(article, **fields, edits=article.edits + edits)


def _repair_fields(fields: dict[str, Any]) -> tuple[dict[str, Any], tuple[Edit, ...]] | None:
    """Repaired values and edits; None when nothing is to be done.

    The short fields go, one a line, before the text through one `repair`, so that the page's evidence speaks for all of
    them; edits are then told apart by line.
    """
    names = [name for name in (*SINGLE, *LISTS) if fields.get(name)]
    short = [(name, value) for name in names for value in _values(fields[name])]
    if any("\n" in value for _, value in short):
        short = [(name, value.replace("\n", " ")) for name, value in short]
    head = "".join(value + "\n" for _, value in short)
    whole = head + (fields.get("text") or "")
    result = _repair(whole)
    if not result.edits:
        return None
    lines = result.text.split("\n", len(short))
    if len(lines) != len(short) + 1:
        return _text_alone(fields)
    repaired: dict[str, Any] = {"text": lines[-1]}
    for (name, _), line in zip(short, lines, strict=False):
        if name in LISTS:
            repaired[name] = (*repaired.get(name, ()), line.strip())
        else:
            repaired[name] = line.strip()
    return repaired, _by_field(result.edits, [name for name, _ in short], whole)


def _repair(text: str) -> Repaired:
    from pipelines.repair import repair  # where it is done: the crawl's own process leaves it to its workers

    return repair(text)


def _text_alone(fields: dict[str, Any]) -> tuple[dict[str, Any], tuple[Edit, ...]] | None:
    result = _repair(fields.get("text") or "")
    return ({"text": result.text}, tuple(result.edits)) if result.edits else None


def _values(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _by_field(edits: tuple[Edit, ...], names: list[str], whole: str) -> tuple[Edit, ...]:
    """Edits of the joined text as edits of each field, offsets counted from the field's start in its pass."""
    out: list[Edit] = []
    text = whole
    for number in sorted({edit.pass_ for edit in edits}):
        here = [edit for edit in edits if edit.pass_ == number]
        starts = _line_starts(text, len(names))
        for edit in here:
            line = bisect_right(starts, edit.start, 1) - 1
            field = names[line] if line < len(names) else "text"
            out.append(_in_field(edit, field, edit.start - starts[line]))
        text = _applied(text, here)
    return tuple(out)


def _in_field(edit: Edit, field: str, start: int) -> Edit:
    """The edit with other offsets; `dataclasses.replace` takes ten times as long, and a page can have a thousand."""
    return Edit(
        step=edit.step, rule=edit.rule, start=start, before=edit.before, after=edit.after, confidence=edit.confidence, kind=edit.kind, field=field, pass_=edit.pass_
    )  # fmt: skip


def _line_starts(text: str, count: int) -> list[int]:
    starts = [0]
    for _ in range(count):
        starts.append(text.index("\n", starts[-1]) + 1)
    return starts


def _applied(text: str, edits: list[Edit]) -> str:
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.after]
        at = edit.end
    return "".join((*parts, text[at:]))


class RepairText:
    """Pipeline step: takes any item with a ``text`` (and ``title`` …) through ItemAdapter.

    The longest step on damaged pages; it runs in the crawl's worker processes where ``READ_WORKERS`` says so.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RepairText:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        from crawler.workers.pool import Workers

        workers = Workers.of(self.crawler)
        if isinstance(item, Article) and PURE[0] in item.done:
            self._count(tuple(edit for edit in item.edits if edit.step == "repair"))
            return item
        if isinstance(item, Article):
            sent = dataclasses.replace(item, page=None)
            repaired = dataclasses.replace(await workers.run(repair_article, sent), page=item.page)
            self._count(repaired.edits[len(item.edits) :])
            return repaired
        adapter = ItemAdapter(item)
        result = await workers.run(_repair_fields, {name: adapter.get(name) for name in (*SINGLE, *LISTS, "text")})
        if result is None:
            return item
        fields, edits = result
        for name, value in fields.items():
            if name in adapter:
                adapter[name] = value
        if "edits" in adapter.field_names():
            adapter["edits"] = (*(adapter.get("edits") or ()), *edits)
        self._count(edits)
        return item

    def _count(self, edits: tuple[Edit, ...]) -> None:
        if self.crawler.stats is None:
            return
        for edit in edits:
            self.crawler.stats.inc_value(f"repair_text/{'lost' if edit.kind == 'lost' else 'edits'}")
