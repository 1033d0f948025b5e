"""Families of a list of documents, by the code that a crawl uses."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.archive import Archive
from storage.families.place import place


def assign(documents: list[dict[str, Any]]) -> list[int]:
    """One family id a document, in order of arrival, in one pass over a fresh archive.

    ``documents`` have ``title`` and ``text``.
    """
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(f"sqlite:///{Path(folder) / 'families.db'}")
        with archive, archive.transaction() as connection:
            return [place(connection, number, document.get("title"), document.get("text") or "", datetime.now(UTC)) for number, document in enumerate(documents, 1)]
