"""Commas that a copying program put before other marks: ``举行，。无锡``."""

from __future__ import annotations

import re

from crawler.items import Edit
from pipelines.repair.passes.apply import edit

INSERTED = re.compile("(?<![，。、；：])，(?=([，。、；])(?![，。、；：]))")
LEAST = 3


def inserted(text: str) -> list[Edit]:
    """On a page that does so again and again, before different marks; nobody writes so."""
    if "，" not in text:
        return []
    found = list(INSERTED.finditer(text))
    if len(found) < LEAST or len({match.group(1) for match in found}) < 2:
        return []
    return [edit("inserted_comma", match.start(), "，", "", 0.9) for match in found]
