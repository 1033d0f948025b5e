"""``scrapy show``: one article, its fields, its text, and what was done to it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from scrapy.commands import ScrapyCommand

from crawler.arguments import article_number
from storage.archive import Archive, BadArchive
from storage.differences import between

HIDDEN = ("url_key", "content_hash", "text", "text_extracted")


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] ARTICLE"

    def short_desc(self) -> str:
        return "Show an article by its number: fields, text, edits"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--history", action="store_true", help="the versions, each with what it changed")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        number = article_number(args)
        try:
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                article = archive.article(number)
                edits, versions = archive.edits(number), archive.history(number)
        except BadArchive as error:
            print(f"show: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        if article is None:
            print(f"show: the archive has no article {number}; `scrapy search WORDS` finds them", file=sys.stderr)  # noqa: T201
            self.exitcode = 1
            return
        print(_history(versions) if opts.history else _whole(article, edits))  # noqa: T201


def _whole(article: dict[str, Any], edits: list[dict[str, Any]]) -> str:
    lines = [f"{name}: {value}" for name, value in article.items() if name not in HIDDEN and value not in (None, [], "")]
    lines += ["", article["text"], "", f"{len(edits)} edits"]
    for edit in edits:
        change = f"{edit['before']!r} -> {edit['after']!r}" if edit["kind"] != "lost" else f"{edit['before']!r} is lost"
        lines.append(f"  {edit['step']} {edit['rule']} {edit['field']}@{edit['start']}: {change}")
    return "\n".join(lines)


def _history(versions: list[dict[str, Any]]) -> str:
    out: list[str] = []
    for before, version in zip([None, *versions], versions, strict=False):
        cause = f", rules {version['rules']}" + (f" (before: {before['rules']})" if before and before["rules"] != version["rules"] else "")
        out.append(f"version {version['version']}, {version['valid_from']:%Y-%m-%d %H:%M} UTC{cause}: {version['title']}")
        if before is None:
            out.append(f"  {version['text'].count(chr(10)) + 1} paragraphs, {len(version['text'])} characters")
            continue
        changes = between({**before["fields"], **before}, {**version["fields"], **version})
        out += [f"  {change.marked()}" for change in changes]
    return "\n".join(out)
