"""The archive's months as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from storage.export import MissingPackage
from storage.statistics import Statistics

MOST_SITES = 9
"""Sites with a colour of their own; the rest is one."""
FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "SimHei")


def months(counted: Statistics, target: Path) -> str | None:
    """Draw articles a month, stacked by site, as PNG, SVG or what else the name ends in; a warning, if there is any.

    Raises `MissingPackage` without matplotlib, ValueError for an ending that it does not know.
    """
    try:
        import matplotlib
    except ModuleNotFoundError:
        raise MissingPackage("charts need matplotlib: pip install 'fangzhi[charts]'") from None
    matplotlib.use("Agg")
    from matplotlib import font_manager, pyplot

    installed = {font.name for font in font_manager.fontManager.ttflist}
    fonts = [font for font in FONTS if font in installed]
    names = _names(counted)
    settings: Any = {"svg.fonttype": "none", "font.sans-serif": [*fonts, "DejaVu Sans"], "font.family": "sans-serif"}
    with matplotlib.rc_context(settings):
        figure, axes = pyplot.subplots(figsize=(max(6.0, min(24.0, 0.35 * len(counted.months) + 3)), 4.5), layout="constrained")
        below = [0] * len(counted.months)
        for name in names:
            heights = [_of(counted, month, name, names) for month in counted.months]
            axes.bar(list(counted.months), heights, bottom=below, label=name)
            below = [one + other for one, other in zip(below, heights, strict=True)]
        axes.set_ylabel("articles")
        axes.tick_params(axis="x", rotation=90)
        if names:
            axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        figure.savefig(target, dpi=150)
        pyplot.close(figure)
    ascii_only = all(name.isascii() for name in names)
    return None if fonts or ascii_only or target.suffix == ".svg" else "no Chinese font is installed: names show as boxes; install fonts-noto-cjk, or write .svg"


def _names(counted: Statistics) -> list[str]:
    """Sites, the largest first; one that stands for all the smaller ones."""
    sites = [site or "no site" for site in counted.sites]
    return sites if len(sites) <= MOST_SITES + 1 else [*sites[:MOST_SITES], f"{len(sites) - MOST_SITES} more sites"]


def _of(counted: Statistics, month: str, name: str, names: list[str]) -> int:
    numbers = {site or "no site": number for site, number in counted.months[month].items()}
    if name in numbers or name != names[-1] or len(counted.sites) == len(names):
        return numbers.get(name, 0)
    return sum(number for site, number in numbers.items() if site not in names)
