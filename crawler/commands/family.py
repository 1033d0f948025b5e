"""``scrapy family``: the chain of a story, who had it first and what each copy changed."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand

from crawler.arguments import article_number
from storage.archive import Archive, BadArchive
from storage.families.chain import Chain, Copy, Part, chain

SHOWN = 5
"""Changes of a copy that are shown without ``--full``."""
WIDTH = 100
"""Characters of a change that are shown without ``--full``."""
MARKS = {"left out": "-", "added": "+", "changed": "~"}


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] ARTICLE"

    def short_desc(self) -> str:
        return "Show the copies of an article: who had it first, the source each names, what each changed"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--full", action="store_true", help="every change in full length")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        number = article_number(args)
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive, archive.read() as connection:
                found = chain(connection, number)
        except BadArchive as error:
            print(f"family: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        except LookupError as error:
            print(f"family: {error}", file=sys.stderr)  # noqa: T201
            self.exitcode = 1
            return
        shown, width = (sys.maxsize, sys.maxsize) if opts.full else (SHOWN, WIDTH)
        print("\n".join(_lines(found, shown, width)))  # noqa: T201


def _lines(found: Chain, shown: int, width: int) -> list[str]:
    lines = [f"family {found.family_id}: {len(found.copies)} article{'s' if len(found.copies) > 1 else ''}, the oldest first"]
    for place, copy in enumerate(found.copies):
        lines += ["", f"{'first' if not place else 'then'}  {copy.at:%Y-%m-%d %H:%M} UTC{'' if copy.dated else ' (first seen)'}  {copy.site or '?'}  {copy.article_id}  {copy.title}"]
        lines += [f"       {copy.url}", f"       来源: {copy.source or 'none named'}{_how(copy)}"]
        lines += [f"       {MARKS[change.kind]} {_short(change.text, width)}" for change in copy.changes[:shown]]
        if len(copy.changes) > shown:
            lines.append(f"       … {len(copy.changes) - shown} more changes; --full shows them")
    if found.parts:
        lines += ["", "not copies, but related"]
        lines += [f"  {part.article_id}  {part.title}: {_ends(part)}, {part.share:.0%} of it" for part in found.parts]
    if found.merges:
        numbers = ", ".join(map(str, found.merges))
        lines += ["", f"made by entry {numbers} of the log; `scrapy families --log` shows it, `scrapy families --undo N` takes one back"]
    return lines


def _ends(part: Part) -> str:
    return f"{part.relation} {part.member}" if part.within else f"{part.member} is {part.relation} it"


def _how(copy: Copy) -> str:
    return f"; {copy.relation} {copy.relation_to}" if copy.relation else ""


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[:width]}…"
