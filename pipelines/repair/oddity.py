"""Characters that hardly stand close together in text of any language, but do in text read in the wrong encoding."""

from __future__ import annotations

import re

from crawler.decode.plausible import COMMON_HANS
from pipelines.repair.kit_table import kit


def level_one() -> list[str]:
    """The 3,755 characters of GB 2312 that nearly all Chinese text is written in."""
    cells = ((lead, trail) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) if (lead, trail) < (0xD7, 0xFA))
    return [bytes(cell).decode("gb2312") for cell in cells]


ODD = re.compile("[^\\x00-\\x7f\\u3000-\\u30ff\\uff01-\\uff5e\\u00ad\\u200b-\\u200f\\u2060\\ufeff“”‘’…—·①-⑳" + "".join({*COMMON_HANS, *level_one(), *kit().simplified}) + "]")


def odd(text: str) -> int:
    """Number of odd characters."""
    return len(ODD.findall(text))
