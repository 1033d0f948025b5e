"""Families: one story, many copies."""

from __future__ import annotations

from storage.families.arrive import Newcomer, place_all, place_saved
from storage.families.assign import assign
from storage.families.place import forget, place

__all__ = ["Newcomer", "assign", "forget", "place", "place_all", "place_saved"]
