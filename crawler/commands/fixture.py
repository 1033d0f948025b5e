"""``scrapy fixture``: a replay case drafted from a page, for a person to check."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.discovery.one_page import OnePageSpider
from crawler.items import Page
from crawler.replay import BadReplay, draft_case, warc_pages
from crawler.sites import BadSite, Site, folder_of, load
from storage.keys import canonical


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "[options] URL | FILE.warc.gz --url URL"

    def short_desc(self) -> str:
        return "Draft a replay case (page.html.gz, response.json, expected.json) from a page or a capture, to be checked by a person"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FOLDER", help="where to write it; default tests/pages/HOST/NAME")
        parser.add_argument("--url", help="the address whose newest capture in the WARC file is taken")
        parser.add_argument("--site", help="read with this profile (a name or the path of a TOML file); a copy is put into the case")
        parser.add_argument("--allow-address", action="append", default=[], metavar="IP", help="a private address that may be connected to")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1:
            raise UsageError("give one address (https://host/path), or a WARC file with --url", print_help=False)
        sites = folder_of(self.settings)
        try:
            site = load(opts.site, sites) if opts.site else None
            page = self._page(args[0], opts)
            folder = Path(opts.output) if opts.output else Path("tests/pages") / _name(page.url)
            self._write(page, site, folder)
        except (BadReplay, BadSite) as error:
            print(f"fixture: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2

    def _page(self, name: str, opts: argparse.Namespace) -> Page:
        if name.startswith(("http://", "https://")):
            return self._fetched(name, tuple(opts.allow_address))
        if not re.search(r"\.warc(?:\.gz)?$", name):
            raise BadReplay(f"{name!r} is neither an http(s) address nor a WARC file; write it as https://host/path or FILE.warc.gz")
        return _captured(Path(name), opts.url)

    def _fetched(self, url: str, allow: tuple[str, ...]) -> Page:
        assert self.crawler_process is not None
        crawler = self.crawler_process.create_crawler(OnePageSpider)
        self.crawler_process.crawl(crawler, url=url, allow=allow)
        self.crawler_process.start()
        page = crawler.spider.page if isinstance(crawler.spider, OnePageSpider) else None
        if page is None:
            raise BadReplay(f"{url} gives no page (refused, unreachable, not 200, or forbidden by robots.txt); -L INFO shows why")
        return page

    def _write(self, page: Page, site: Site | None, folder: Path) -> None:
        if folder.exists():
            raise BadReplay(f"{folder} exists; name another folder with -o, or move it away")
        fields = draft_case(page, site, folder)
        if site and site.path:
            shutil.copyfile(site.path, folder / "site.toml")
        print(f"{folder}: drafted {', '.join(fields)}")  # noqa: T201
        print(f"A person must check it: read the page, mend {folder / 'expected.json'}, then take its \"draft\" line out; until then its test fails.")  # noqa: T201


def _captured(path: Path, url: str | None) -> Page:
    if not url:
        raise BadReplay(f"{path}: give the address of the page with --url")
    try:
        wanted = canonical(url)
    except ValueError as error:
        raise BadReplay(f"{error}; write it as https://host/path") from None
    found = [page for page in warc_pages(path) if page.status == 200 and canonical(page.url) == wanted]
    if not found:
        raise BadReplay(f"{path}: holds no page of {url}")
    return found[-1]


def _name(url: str) -> str:
    parts = urlsplit(url)
    words = re.sub(r"\.\w{2,5}$", "", parts.path).strip("/") + ("_" + parts.query if parts.query else "")
    return f"{parts.hostname}/{re.sub(r'[^0-9A-Za-z]+', '_', words).strip('_')[-60:] or 'home'}"
