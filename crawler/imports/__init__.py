"""Articles from elsewhere: saved pages and tables of articles, put through the same chain as a crawl."""

from __future__ import annotations

from crawler.imports.importer import Importer, Result
from crawler.imports.readers import BadImport

__all__ = ["BadImport", "Importer", "Result"]
