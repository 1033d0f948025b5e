"""Which part of the page is the article: the element where prose outweighs everything else by most."""

from __future__ import annotations

from typing import Any

from pipelines.extract.lines import Line
from pipelines.strip_disclaimers import rule_of

LINK_COST = 1.2
OTHER_COST = 0.35
CLUTTER_GAIN = 0.1
LONGEST = 800


def weight(line: Line) -> float:
    """What a line speaks for (or against) its container being the body."""
    if line.prose and rule_of(line.text):
        return 0.0  # a disclaimer reads like prose, and is none
    if line.prose:
        gain = min(line.free, LONGEST) * (1.0 if line.marks > 1 or line.free > 40 else 0.6)
        return gain * (CLUTTER_GAIN if line.clutter else 1.0) - line.linked * LINK_COST
    return -line.linked * LINK_COST - line.free * OTHER_COST


def find_container(lines: list[Line]) -> tuple[Any, float] | None:
    """(element, weight) of the best container; None on a page without lines."""
    totals: dict[Any, float] = {}
    chain: dict[Any, tuple[Any, ...]] = {}
    for line in lines:
        value = weight(line)
        for element in _ancestors(line.block, chain):
            totals[element] = totals.get(element, 0.0) + value
    if not totals:
        return None
    best = max(totals.values())
    # Of elements with the same weight the innermost: later in document order of first sight is deeper here,
    # since `_ancestors` lists a block before what holds it.
    for element, value in totals.items():
        if value >= best - 1e-9:
            return element, best
    return None


def _ancestors(block: Any, chain: dict[Any, tuple[Any, ...]]) -> tuple[Any, ...]:
    if block not in chain:
        chain[block] = (block, *block.iterancestors())
    return chain[block]


def inside(lines: list[Line], container: Any) -> list[Line]:
    """The lines that stand in a container."""
    known: dict[Any, bool] = {}

    def within(block: Any) -> bool:
        if block not in known:
            known[block] = block is container or container in block.iterancestors()
        return known[block]

    return [line for line in lines if within(line.block)]
