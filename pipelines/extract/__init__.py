"""Bytes to article: container, headline, date, byline, source of a news page."""

from __future__ import annotations

from pipelines.extract.read import read

__all__ = ["read"]
