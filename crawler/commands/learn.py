"""``scrapy learn``: lines that recur over a site's articles are its boilerplate; shown first, written into its profile on request."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import tomlkit
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.sites import BadSite, Site, folder_of, load
from crawler.sites.site import HERE
from pipelines.learned import LEAST_ARTICLES, LEAST_COUNT, LEAST_SHARE, enough, left_alone
from storage import learned
from storage.archive import Archive, BadArchive
from storage.learned import Recurring

EXAMPLES = 3
SHOWN = 40


class Shown(NamedTuple):
    """A recurring line as it is shown."""

    found: Recurring
    why: str
    articles: list[int]


class Command(ScrapyCommand):
    requires_project = True
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] SITE"

    def short_desc(self) -> str:
        return "Show the lines that recur over a site's articles; --apply makes them boilerplate in its profile"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--apply", action="store_true", help="write the lines that would go into the profile's boilerplate")
        parser.add_argument("--only", metavar="NUMBERS", help="of the lines that would go, only these (1,3,4)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1:
            raise UsageError("give one site: scrapy learn NAME", print_help=False)
        folder = folder_of(self.settings)
        try:
            site = load(args[0], folder)
            with Archive(self.settings["ARCHIVE_URL"]) as archive:
                total = learned.count(archive, site.name)
                goes, stays = _looked_at(archive, site, total)
            _report(site, total, goes, stays)
            if opts.apply:
                self._apply(site, _chosen(goes, opts.only))
        except (BadArchive, BadSite) as error:
            print(f"learn: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to its user
            self.exitcode = 2

    def _apply(self, site: Site, lines: list[str]) -> None:
        if not lines:
            print("learn: nothing to write")  # noqa: T201
            return
        path = write(site, lines)
        print(f"learn: {len(lines)} lines written into {path}; new pages are read without them")  # noqa: T201


def _looked_at(archive: Archive, site: Site, total: int) -> tuple[list[Shown], list[Shown]]:
    """(lines that would go, lines that are left alone), most frequent first; what the profile has already is left out."""
    goes: list[Shown] = []
    stays: list[Shown] = []
    with archive.read() as connection:
        for found in learned.recurring(connection, site.name, LEAST_COUNT):
            if not enough(found, total) or found.line in site.boilerplate or len(goes) + len(stays) >= SHOWN:
                continue
            why = left_alone(found, total)
            where = "at the beginning of texts" if found.head > found.tail else "at the end of texts"
            shown = Shown(found, why or where, learned.examples(connection, site.name, found.line, EXAMPLES))
            (stays if why else goes).append(shown)
    return goes, stays


def _report(site: Site, total: int, goes: list[Shown], stays: list[Shown]) -> None:
    lines = [f"learn: {total} articles of {site.name} (copies of a story counted once), {len(goes)} lines would go, {len(stays)} are left alone"]
    if total < LEAST_ARTICLES:
        lines.append(f"too few: lines are learned from {LEAST_ARTICLES} articles on")
    for title, kept in (("would go:", goes), ("left alone (write them into the profile's boilerplate by hand where they are none of the text):", stays)):
        lines += [title] if kept else []
        lines += [_line(number, shown, total) for number, shown in enumerate(kept, 1)]
    if not goes and total >= LEAST_ARTICLES:
        lines.append(f"no line at the beginning or end of texts stands in {LEAST_SHARE:.0%} of the articles")
    print("\n".join(lines))  # noqa: T201 - a command speaks to its user


def _line(number: int, shown: Shown, total: int) -> str:
    where = ", ".join(map(str, shown.articles))
    return f"{number:4} {shown.found.articles:6} ({shown.found.articles / total:4.0%})  {shown.why}; articles {where}: {shown.found.line}"


def _chosen(goes: list[Shown], only: str | None) -> list[str]:
    if only is None:
        return [shown.found.line for shown in goes]
    numbers = only.split(",")
    if not all(number.strip().isdigit() and 1 <= int(number) <= len(goes) for number in numbers):
        raise UsageError(f"--only {only}: give numbers of lines that would go, 1 to {len(goes)}", print_help=False)
    return [goes[int(number) - 1].found.line for number in numbers]


def write(site: Site, lines: list[str]) -> Path:
    """Add lines to ``boilerplate`` in the site's profile, whose comments and order stay. Raises `BadSite` for one of ours."""
    path = site.path
    if path is None or path.parent == HERE:
        raise BadSite(f"{path}: this profile comes with the program; copy it into the folder that SITES_DIR names, and learn again")
    document = tomlkit.parse(path.read_text("utf-8"))
    array = tomlkit.array().multiline(True)  # noqa: FBT003 - tomlkit's own signature
    array.extend(dict.fromkeys((*site.boilerplate, *lines)))
    if "boilerplate" in document:
        document["boilerplate"] = array
    else:
        _insert(document, array)
    path.write_text(tomlkit.dumps(document), "utf-8")
    load(str(path))
    return path


def _insert(document: tomlkit.TOMLDocument, array: tomlkit.items.Array) -> None:
    """A new key goes above the first table: below it, it would be the table's."""
    tables = [(key, value) for key, value in document.items() if isinstance(value, tomlkit.items.Table)]
    for key, _ in tables:
        document.remove(key)
    document["boilerplate"] = array
    for key, value in tables:
        document[key] = value
