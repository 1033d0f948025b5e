"""What is gone for good: flagged where it stands, never invented."""

from __future__ import annotations

import re

from crawler.items import Edit
from pipelines.repair.passes.apply import edit

RULES = (
    # rule, what every match holds, pattern
    ("kunjinkao", "锟", re.compile("(?:锟斤拷|锟斤|锟絏|斤拷锟){1,200}拷?|锟\ufffd?斤")),
    ("tangtangtang", "烫烫烫", re.compile("烫{3,}")),
    ("tuntuntun", "屯屯屯", re.compile("屯{3,}")),
    (
        "question_marks",
        "??",
        re.compile(r"(?<=[\u4e00-\u9fff，。、；：“”《》])\?{2,}(?![A-Za-z])|(?<![?\w!])\?{2,}(?=[\u4e00-\u9fff（《“，。、])|(?<=[A-Za-z0-9])\?{2,}(?=[\u4e00-\u9fff])"),
    ),
    ("email", "protected]", re.compile(re.escape("[email protected]") + "|\\[email\u00a0protected\\]")),
    ("replacement", "\ufffd", re.compile("\ufffd+")),
)


def flags(text: str) -> list[Edit]:
    """An edit of kind ``lost`` for every place where characters are gone."""
    found: list[Edit] = []
    taken: set[int] = set()
    for rule, sign, pattern in RULES:
        for match in pattern.finditer(text) if sign in text else ():
            if not taken.intersection(range(match.start(), match.end())):
                taken.update(range(match.start(), match.end()))
                found.append(edit(rule, match.start(), match.group(0), match.group(0)))
    return found
