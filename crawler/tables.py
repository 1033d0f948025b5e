"""Rows as columns, for people who read a terminal."""

from __future__ import annotations

from unicodedata import east_asian_width


def width(cell: str) -> int:
    """Columns that a text takes: a Chinese character takes two.

    >>> width("ab"), width("样例")
    (2, 4)
    """
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in cell)


def table(rows: list[tuple[str, ...]]) -> str:
    """Columns side by side, each as wide as its widest cell."""
    widths = [max(width(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join("  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)).rstrip() for row in rows)
