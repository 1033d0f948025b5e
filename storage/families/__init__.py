"""Families: one story, many copies."""

from __future__ import annotations

from storage.families.assign import assign
from storage.families.place import forget, place

__all__ = ["assign", "forget", "place"]
