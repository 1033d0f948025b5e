"""One address, one key: canonical URLs and their hashes."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import canonicalize_url

# Parameters that name where a reader came from, never which article is meant.
TRACKING = re.compile(r"^(utm_\w+|spm|from|isappinstalled|share_token|timestamp|wx_?\w*|fbclid|gclid|scene)$", re.I)
DEFAULT_NAMES = re.compile(r"/(index|default)\.(html?|shtml|php|aspx?|jsp)$", re.I)
PORTS = {"http": 80, "https": 443}


def canonical(url: str) -> str:
    """The address without fragment, tracking parameters, default port and default index name.

    Raises ValueError where it is no http(s) address.

    >>> canonical("HTTP://News.Example:80/a/index.html?utm_source=x&id=2#top")
    'http://news.example/a/?id=2'
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no http(s) address")
    host = parts.hostname.lower().rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port and parts.port != PORTS[parts.scheme.lower()]:
        host = f"{host}:{parts.port}"
    query = "&".join(p for p in parts.query.split("&") if p and not TRACKING.match(p.partition("=")[0]))
    path = DEFAULT_NAMES.sub("/", parts.path or "/")
    return canonicalize_url(urlunsplit((parts.scheme.lower(), host, path, query, "")))


@lru_cache(maxsize=4096)
def url_key(url: str) -> bytes:
    """16 bytes that stand for the address in every table."""
    return hashlib.sha256(canonical(url).encode("utf-8", "replace")).digest()[:16]
