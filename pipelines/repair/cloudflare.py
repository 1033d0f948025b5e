"""Addresses that Cloudflare hid from readers without scripts: ``[email protected]`` in the text, the address in the page.

``data-cfemail="HEX"`` (or ``/cdn-cgi/l/email-protection#HEX``): the first byte is XORed with each that follows
(developers.cloudflare.com, "Email Address Obfuscation").
"""

from __future__ import annotations

import re

from crawler.items import Edit
from pipelines.repair.passes.apply import edit

PLACE = re.compile("\\[email[ \u00a0]protected\\]")
MARKED = re.compile(rb"""data-cfemail=["']?([0-9a-fA-F]{6,400})""")
LINKED = re.compile(rb"/cdn-cgi/l/email-protection#([0-9a-fA-F]{6,400})")
ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,200}")


def addresses(body: bytes) -> list[str]:
    """The hidden addresses of a page in its order; links count only where no place is marked, since both stand for one."""
    hidden = MARKED.findall(body) or LINKED.findall(body)
    raws = [bytes.fromhex(digits[: len(digits) // 2 * 2].decode()) for digits in hidden]
    shown = [bytes(byte ^ raw[0] for byte in raw[1:]).decode("utf-8", "replace") for raw in raws]
    return [address for address in shown if ADDRESS.fullmatch(address)]


def revealed(text: str, body: bytes) -> list[Edit]:
    """Edits that put the addresses back; none where it cannot be told which belongs where."""
    places = list(PLACE.finditer(text)) if "protected]" in text else []
    if not places:
        return []
    known = addresses(body)
    if len(set(known)) == 1:
        known = known[:1] * len(places)
    if len(known) != len(places):
        return []
    return [edit("cloudflare_email", place.start(), place.group(0), address) for place, address in zip(places, known, strict=True)]
