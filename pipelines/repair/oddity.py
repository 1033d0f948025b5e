"""Characters that hardly stand close together in text of any language, but do in text read in the wrong encoding."""

from __future__ import annotations

import re

from crawler.decode.plausible import COMMON_HANS
from pipelines.repair.kit_table import kit

OTHER = re.compile("[\u0370-\u058f]")  # Greek, Cyrillic, Armenian: GBK and Big5 hold the first two
ACCENTED = re.compile(r"(?<=[a-z])[ß-öø-ÿ]{1,2}(?=[a-z\s,.;:!?]|$)|(?<!\S)[À-ÖØ-öø-ÿ](?=[a-z]{2})")


def level_one() -> list[str]:
    """The 3,755 characters of GB 2312 that nearly all Chinese text is written in."""
    cells = ((lead, trail) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) if (lead, trail) < (0xD7, 0xFA))
    return [bytes(cell).decode("gb2312") for cell in cells]


ODD = re.compile("[^\\x00-\\x7f\\u3000-\\u30ff\\uff01-\\uff5e\\u00ad\\u200b-\\u200f\\u2060\\ufeff“”‘’…—·①-⑳" + "".join({*COMMON_HANS, *level_one(), *kit().simplified}) + "]")


def odd(text: str) -> int:
    """Number of odd characters."""
    return len(ODD.findall(text))


def european(line: str) -> bool:
    """Whether the accented letters of a line stand in words, as no byte of a Chinese character does: most have both bytes above ASCII.

    >>> european("Comentários não serão aprovados"), european("»áÒéÔÚ±±¾©¾ÙÐÐ")
    (True, False)
    """
    return 2 * len("".join(ACCENTED.findall(line))) >= sum(char > "\x7f" for char in line)
