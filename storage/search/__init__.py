"""Search: exact substrings of the normalised text, the same on every database; see ../README.md for the query language."""

from __future__ import annotations

from storage.search.find import Hit, search
from storage.search.query import BadQuery, parse
from storage.search.snippet import Snippet

__all__ = ["BadQuery", "Hit", "Snippet", "parse", "search"]
