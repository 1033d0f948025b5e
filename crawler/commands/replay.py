"""``scrapy replay``: saved bytes through the same chain as a crawl, offline."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.discovery.epaper import CONTENT
from crawler.items import Dropped, Page
from crawler.links import is_article
from crawler.replay import BadReplay, Saved, as_json, saved_page, warc_pages
from crawler.sites import BadSite, Site, folder_of, load
from storage.archive import Archive, BadArchive
from storage.keys import canonical
from storage.search import BadQuery


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] FILE.warc.gz ... | --page FILE.html --url URL | --apply|--workers FILE.warc.gz ... | --diff [--apply] [WORDS ...]"

    def short_desc(self) -> str:
        return "Read saved pages with today's rules, offline; one JSON line an article"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--page", metavar="FILE", help="a saved page (.html, or .html.gz) instead of WARC files")
        parser.add_argument("--url", help="the address that --page was saved from")
        parser.add_argument("--site", help="read with this profile (a name or the path of a TOML file)")
        parser.add_argument("--diff", action="store_true", help="compare the archive with what today's rules read from its captures; WORDS choose articles as in a search")
        parser.add_argument("--edits", action="store_true", help="print what was repaired and stripped, too")
        parser.add_argument("--apply", action="store_true", help="with --diff, or with WARC files of this archive: write what differs as new versions; a second time changes nothing")
        parser.add_argument("--workers", action="store_true", help="leave --apply to `scrapy worker`, one file a task")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if opts.diff:
            self.exitcode = _difference(self.settings, args, opts)
            return
        if opts.apply or opts.workers:
            self._apply(args, opts)
            return
        if bool(opts.page) == bool(args):
            raise UsageError("give WARC files, or --page FILE with --url URL", print_help=False)
        if opts.page and not opts.url:
            raise UsageError("--page needs --url, the address the page was saved from", print_help=False)
        folder = folder_of(self.settings)
        try:
            site = load(opts.site, folder) if opts.site else None
            counts = self._replay(args, opts, site)
        except (BadReplay, BadSite) as error:
            print(f"replay: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        summary = ", ".join(f"{number} {name}" for name, number in counts.most_common()) or "nothing to read"
        print(f"replay: {summary}", file=sys.stderr)  # noqa: T201
        if counts["failed"]:
            self.exitcode = 1

    def _apply(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.reread import apply, defer

        assert self.settings is not None
        if not args or opts.page or opts.site:
            raise UsageError("--apply and --workers take WARC files of this archive, and the sites that the archive names", print_help=False)
        try:
            said, self.exitcode = (defer if opts.workers else apply)(self.settings, [Path(name) for name in args])
        except (BadReplay, BadArchive) as error:
            print(f"replay: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2
            return
        print(f"replay: {said}", file=sys.stderr)  # noqa: T201

    def _replay(self, args: list[str], opts: argparse.Namespace, site: Site | None) -> Counter[str]:
        counts: Counter[str] = Counter()
        saved, parts = Saved([Path(name) for name in args]), set[str]()
        for page in _pages(args, opts):
            counts[_kind(page, site, parts) or _read(page, site, opts, _noting(saved.after(page), parts))] += 1
        return counts


def _difference(settings: Any, args: list[str], opts: argparse.Namespace) -> int:
    """Print what today's rules would change, or did; the exit code."""
    from crawler.rule_change import Rereader

    if files := [name for name in args if Path(name).exists()]:
        print(f"replay: --diff takes words of a search, not files ({files[0]}); without words it reads all captures, --apply FILE… those of files", file=sys.stderr)  # noqa: T201
        return 2
    folder = folder_of(settings)
    try:
        with Archive(settings["ARCHIVE_URL"]) as archive:
            report = Rereader(archive, Path(settings["CAPTURES_DIR"]), folder).run(" ".join(args), apply=opts.apply)
    except (BadArchive, BadQuery) as error:
        print(f"replay: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print("\n".join(report.lines()))  # noqa: T201
    if report.fields:
        print("written as new versions" if opts.apply else "nothing was written; --apply writes new versions", file=sys.stderr)  # noqa: T201
    return 1 if report.outcomes["failed"] else 0


def _pages(args: list[str], opts: argparse.Namespace) -> Iterable[Page]:
    if opts.page:
        return (saved_page(Path(opts.page), opts.url),)
    return (page for name in args for page in warc_pages(Path(name)))


def _kind(page: Page, site: Site | None, parts: set[str]) -> str | None:
    """What a capture is, where it is no article's first page; a profile tells listings by their address."""
    if page.status != 200 or "html" not in (page.content_type or "html"):
        return "not a page"
    if canonical(page.url) in parts:
        return "further pages"
    return "listings" if site and site.article and not (is_article(page.url, site) or CONTENT.search(page.url)) else None


def _noting(saved: Callable[[str], Page | None], parts: set[str]) -> Callable[[str], Page | None]:
    def look(url: str) -> Page | None:
        parts.add(canonical(url))
        return saved(url)

    return look


def _read(page: Page, site: Site | None, opts: argparse.Namespace, saved: Callable[[str], Page | None]) -> str:
    """Print one page's article; the name of what became of it."""
    from pipelines import process

    try:
        article = process(page, site, saved)
    except Dropped as reason:
        print(json.dumps({"url": page.url, "dropped": type(reason).__name__, "why": str(reason)}, ensure_ascii=False))  # noqa: T201
        return f"dropped ({type(reason).__name__})"
    except Exception as error:  # noqa: BLE001 - one bad page must not end the replay; it is counted and named
        print(f"replay: {page.url}: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return "failed"
    found = as_json(article)
    if opts.edits:
        found["edits"] = [{"step": e.step, "rule": e.rule, "field": e.field, "start": e.start, "before": e.before, "after": e.after} for e in article.edits]
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201
    return "articles"
