"""What a response says before its page is read: where it sends us, and that an article is gone."""

from __future__ import annotations

import hashlib
import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy.http import Response

REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
BUSY = (429, 503)
HOPS = 8
REFRESH = re.compile(rb"""<meta\b[^<>]{0,200}http-equiv\s*=\s*["']?refresh\b[^<>]{0,1000}>""", re.I)
CONTENT = re.compile(r"""content\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.I)
TARGET = re.compile(r"""^\s*(\d{1,4}(?:\.\d*)?)\s*[;,]?\s*(?:url\s*=\s*)?["']?([^"'\s]+)""", re.I)
SOONEST = 5
"""Seconds; a page that refreshes later is there to be read."""
HEAD = 8192
LOST_PATH = re.compile(r"^/(?:404|error|notfound|not_found|nopage)[^/]*$", re.I)


def headers_of(response: Response) -> dict[str, str]:
    """The headers as `crawler.items.Page` has them: lower-case names, repeated ones joined."""
    return {k.decode("latin-1").lower(): b", ".join(v).decode("latin-1") for k, v in response.headers.items()}


def target_of(response: Response) -> str | None:
    """The absolute address that a response sends us to, by Location or by meta refresh; None: nowhere."""
    if response.status in REDIRECTS:
        location = response.headers.get("Location")
        return join(response.url, location.decode("utf-8", "replace")) if location else None
    return refresh_of(response.body, response.url) if response.status == 200 else None


def refresh_of(body: bytes, base: str) -> str | None:
    """The target of a meta refresh to another page within `SOONEST` seconds.

    >>> refresh_of(b'<meta http-equiv="refresh" content="0;url=/a/index.html">', "http://n.example/")
    'http://n.example/a/index.html'
    """
    found = REFRESH.search(body[:HEAD])
    if not found:
        return None
    content = CONTENT.search(found.group(0).decode("latin-1"))
    target = TARGET.match(html.unescape(next(filter(None, content.groups()), ""))) if content else None
    if not target or float(target.group(1)) > SOONEST:
        return None
    url = join(base, target.group(2))
    return url if url and url.partition("#")[0] != base.partition("#")[0] else None


def join(base: str, reference: str) -> str | None:
    """An absolute address; None where there is none to be made.

    >>> join("http://n.example/a", "http://[bad/")
    """
    try:
        url = urljoin(base, reference.strip())
        urlsplit(url).port  # noqa: B018 - raises over 65535
    except ValueError:
        return None
    return url.partition("#")[0]


def means_gone(target: str) -> bool:
    """Whether an article that redirects there has vanished: the home page, or a page called 404.

    >>> means_gone("http://n.example/"), means_gone("http://n.example/404.html"), means_gone("http://n.example/a/1.html")
    (True, True, False)
    """
    path = urlsplit(target).path
    return path in ("", "/", "/index.html", "/index.htm", "/index.shtml") or bool(LOST_PATH.match(path))


def words_of(error: BaseException | None) -> str:
    """What an error on the way says, for a reason.

    >>> words_of(OSError("[('SSL routines', '', 'certificate verify failed')]"))
    'the certificate was refused (verify_tls = false in the profile accepts any): OSError'
    >>> words_of(OSError("no route"))
    'OSError: no route'
    """
    name, said = type(error).__name__, str(error)
    if "certificate verify failed" in said or "VerificationError" in said:
        return f"the certificate was refused (verify_tls = false in the profile accepts any): {name}"
    return f"{name}: {said[:300]}"


def is_cut_short(response: Response) -> bool:
    """A body without a stated length whose connection ended before its page did."""
    return "partial" in response.flags and b"</html" not in response.body[-2000:].lower() and b"<html" in response.body[:HEAD].lower()


def evidence_of(response: Response) -> dict[str, Any]:
    """What makes the next visit conditional."""
    if response.status != 200:
        return {}
    return {
        "body_hash": hashlib.sha256(response.body).digest(),
        "etag": (response.headers.get("ETag") or b"").decode("latin-1")[:500] or None,
        "last_modified": (response.headers.get("Last-Modified") or b"").decode("latin-1")[:100] or None,
    }
