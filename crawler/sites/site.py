"""Site profiles: the TOML file as a record, checked key by key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from crawler.decode.labels import codec
from storage.cron import BadCron, Cron

HERE = Path(__file__).parent


class BadSite(ValueError):
    """A profile that cannot be used; the message names file, key and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of one site; each wins over the general rule where it matches."""

    title: str | None = None
    body: str | None = None
    published: str | None = None
    author: str | None = None
    source: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site's profile. Every key is described in README.md beside this file."""

    name: str
    title: str = ""
    region: str | None = None
    start: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    article: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    epaper: str | None = None
    since: date | None = None
    encoding: str | None = None
    timezone: str = "Asia/Shanghai"
    language: str | None = None
    selectors: Selectors = field(default_factory=Selectors)
    boilerplate: tuple[str, ...] = ()
    same_page: dict[str, str] = field(default_factory=dict)
    weekly: int | None = None
    delay: float = 1.0
    concurrency: int = 1
    daily_budget: int = 5000
    max_depth: int = 6
    revisit: tuple[str, ...] = ("1h", "1d", "7d", "30d")
    schedule: str | None = None
    user_agent: str | None = None
    allow_addresses: tuple[str, ...] = ()
    verify_tls: bool = True
    checked: str | None = None
    path: Path | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts that belong to the site: its ``domains``, else those of its start pages, feeds, sitemaps and e-paper."""
        if self.domains:
            return frozenset(self.domains)
        found = (urlsplit(url).hostname for url in (*self.start, *self.feeds, *self.sitemaps, *filter(None, [self.epaper])))
        return frozenset(host for host in found if host)

    def covers(self, host: str) -> bool:
        """Whether a host name is one of the site's or below one of them."""
        return any(host == own or host.endswith("." + own) for own in self.hosts)

    def allows_port(self, parts: SplitResult) -> bool:
        """Whether a port is the usual one, or one that the profile itself names. Raises ValueError over 65535."""
        own = (urlsplit(url).port for url in (*self.start, *self.feeds, *self.sitemaps, *filter(None, [self.epaper])))
        return parts.port in (None, 80, 443) or parts.port in own

    def admits(self, url: str) -> bool:
        """Whether an absolute address is http(s), on one of the site's hosts and on a usual port."""
        try:
            parts = urlsplit(url)
            return parts.scheme in ("http", "https") and bool(parts.hostname) and self.covers(parts.hostname or "") and self.allows_port(parts)
        except ValueError:
            return False

    def main_address(self, url: str) -> str | None:
        """The address that a view of an article (for phones, for printing) is a view of, by ``same_page``; None for others."""
        for pattern, replacement in self.same_page.items():
            if (new := re.sub(pattern, replacement, url)) != url:
                return new
        return None

    def is_article(self, url: str) -> bool:
        return any(re.search(pattern, url) for pattern in self.article)


KEYS = tuple(f for f in fields(Site) if f.name != "path")
LISTS = {f.name for f in KEYS if "tuple" in str(f.type)}
PATTERNS = ("article", "section", "ignore")


def folder_of(settings: Any) -> Path | None:
    """The folder of the user's own profiles, which the setting SITES_DIR names; None: there are ours only."""
    named = settings.get("SITES_DIR")
    return Path(named) if named else None


def load(name: str, folder: Path | None = None) -> Site:
    """The profile called ``name`` (ours, or one in ``folder``), or the one in the file that ``name`` is the path of.

    Raises `BadSite` with file, key and remedy.
    """
    path = Path(name) if name.endswith(".toml") or "/" in name else _find(name, folder)
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadSite(f"{path}: no such file; `scrapy sites` lists the profiles that exist") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSite(f"{path}: not TOML: {error}; mend the line it names") from None
    return parse(values, path)


def names(folder: Path | None = None) -> dict[str, Path]:
    """{name: file} of every profile; a file in ``folder`` wins over ours of the same name."""
    found = {path.stem: path for path in sorted(HERE.glob("*.toml"))}
    if folder:
        found |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
    return found


def _find(name: str, folder: Path | None) -> Path:
    known = names(folder)
    if name not in known:
        raise BadSite(f"no site '{name}'; known: {', '.join(sorted(known)) or 'none'}. Give one of these or the path of a TOML file")
    return known[name]


def parse(values: dict[str, Any], path: Path) -> Site:
    """A checked `Site` from the values of a TOML file."""
    known = {f.name: f for f in KEYS}
    for key in values:
        if key not in known:
            raise BadSite(f"{path}: unknown key '{key}'; known keys: {', '.join(known)}")
    values = {"name": path.stem, **values}
    made = {key: _value(path, key, value) for key, value in values.items()}
    if not (made.get("start") or made.get("feeds") or made.get("sitemaps") or made.get("epaper")):
        raise BadSite(f"{path}: nothing to start from; give 'start', 'feeds', 'sitemaps' or 'epaper'")
    return Site(**made, path=path)


def _value(path: Path, key: str, value: Any) -> Any:
    if key == "selectors":
        return _selectors(path, value)
    if key in LISTS:
        value = _strings(path, key, value)
    else:
        _check_type(path, key, value)
    _check(path, key, value)
    return float(value) if key == "delay" else value


def _check(path: Path, key: str, value: Any) -> None:
    if key in ("start", "feeds", "sitemaps"):
        for url in value:
            _check_url(path, key, url)
    if key == "epaper":
        _check_url(path, key, value)
        _check_days(path, value)
    if key in PATTERNS:
        for pattern in value:
            _check_pattern(path, key, pattern)
    if key in CHECKS:
        CHECKS[key](path, value)


def _check_encoding(path: Path, value: str) -> None:
    if codec(value) is None:
        raise BadSite(f"{path}: 'encoding' {value!r} is none that web pages use; write it as gb18030, big5 or utf-8")


def _check_schedule(path: Path, value: str) -> None:
    try:
        Cron(value, ZoneInfo("UTC"))
    except BadCron as error:
        raise BadSite(f"{path}: 'schedule' {error}") from None


def _strings(path: Path, key: str, value: Any) -> tuple[str, ...]:
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise BadSite(f"{path}: '{key}' must be a string or a list of strings, not {value!r}")
    return tuple(value)


def _check_type(path: Path, key: str, value: Any) -> None:
    wanted: dict[str, tuple[type, ...]] = {
        "weekly": (int,), "concurrency": (int,), "daily_budget": (int,), "max_depth": (int,),
        "delay": (int, float), "verify_tls": (bool,), "same_page": (dict,), "since": (date,),
    }  # fmt: skip
    types = wanted.get(key, (str,))
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types) or isinstance(value, datetime):
        raise BadSite(f"{path}: '{key}' must be {' or '.join(t.__name__ for t in types)}, not {value!r}")
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        raise BadSite(f"{path}: '{key}' must not be negative, it is {value}")


def _check_url(path: Path, key: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise BadSite(f"{path}: '{key}' holds {url!r}, which is no http(s) address; write it as https://host/path")


def _check_days(path: Path, url: str) -> None:
    """An e-paper address either leads to the newest issue or names any day's: nothing between."""
    parts = [part for part in ("%Y", "%m", "%d") if part in url]
    if parts and len(parts) < 3:
        raise BadSite(f"{path}: 'epaper' holds {' and '.join(parts)} only; write the day as %Y, %m and %d, or leave all three out")


def _check_pattern(path: Path, key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadSite(f"{path}: '{key}' holds {pattern!r}, no regular expression: {error}") from None


def _check_zone(path: Path, name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadSite(f"{path}: 'timezone' {name!r} is unknown; write it as Asia/Shanghai") from None


def _selectors(path: Path, value: Any) -> Selectors:
    known = {f.name for f in fields(Selectors)}
    if not isinstance(value, dict):
        raise BadSite(f"{path}: 'selectors' must be a table ([selectors]), not {value!r}")
    for key, item in value.items():
        if key not in known:
            raise BadSite(f"{path}: unknown key 'selectors.{key}'; known: {', '.join(sorted(known))}")
        if key == "remove":
            continue
        if not isinstance(item, str):
            raise BadSite(f"{path}: 'selectors.{key}' must be a CSS selector (a string), not {item!r}")
    if "remove" in value:
        value = {**value, "remove": _strings(path, "selectors.remove", value["remove"])}
    return Selectors(**value)


def _check_same_page(path: Path, value: dict[str, Any]) -> None:
    for pattern, replacement in value.items():
        _check_pattern(path, "same_page", pattern)
        try:
            re.sub(pattern, replacement, "")
        except (re.error, IndexError, TypeError) as error:
            raise BadSite(f"{path}: 'same_page' puts {replacement!r} for {pattern!r}: {error}; groups are written \\\\1") from None


CHECKS: dict[str, Callable[[Path, Any], None]] = {"same_page": _check_same_page, "timezone": _check_zone, "schedule": _check_schedule, "encoding": _check_encoding}
