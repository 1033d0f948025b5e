"""Pipeline step: nothing without text goes on; exact copies under another address are refused by the writer.

The comparison needs the archive's own transaction, so that two crawls cannot store one article twice: see
`crawler.recorder.Recorder.article`, which raises `Duplicate`. Copies on other sites join a family (`storage.families`).
"""

from __future__ import annotations

from typing import Any

from crawler.items import Article, EmptyArticle


class Deduplicate:
    """Refuses an article of which nothing is left after stripping."""

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article) and not item.text.strip():
            raise EmptyArticle(f"{item.url}: nothing but boilerplate")
        return item
