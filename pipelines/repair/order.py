"""The order in which damage is undone: what hides other damage comes off first."""

from __future__ import annotations

from collections.abc import Callable

from crawler.items import Edit
from pipelines.repair.passes import characters, commas, kit, latin, lossy, lost, mojibake

PASSES: tuple[Callable[[str], list[Edit]], ...] = (
    mojibake.whole,
    latin.whole,
    lossy.whole,
    characters.escapes,
    characters.percent,
    characters.invisible,
    mojibake.whole,
    kit.whole,
    commas.inserted,
    characters.compatibility,
    lost.flags,
)
