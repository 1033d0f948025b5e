"""Arguments that several commands take."""

from __future__ import annotations

from collections.abc import Sequence

from scrapy.exceptions import UsageError


def article_number(args: Sequence[str]) -> int:
    """The one argument, an article's number. Raises UsageError."""
    if len(args) != 1 or not (args[0].isascii() and args[0].isdigit()):
        raise UsageError("give one article number; `scrapy search WORDS` finds them", print_help=False)
    return int(args[0])
