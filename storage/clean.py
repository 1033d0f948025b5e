"""The one boundary where text that a database cannot hold is made storable."""

from __future__ import annotations

import re
from typing import Any

BAD = re.compile("[\0\ud800-\udfff]")


def clean(value: Any) -> Any:
    """NUL removed, surrogate pairs joined, lone surrogates made U+FFFD; lists and dicts through and through.

    >>> clean("a\\0b")
    'ab'
    """
    if isinstance(value, str):
        if not BAD.search(value):
            return value
        joined = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return joined.replace("\0", "")
    if isinstance(value, dict):
        return {clean(k): clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [clean(v) for v in value]
    return value
