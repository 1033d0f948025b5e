"""pytest plugin: a folder with page.html.gz, response.json and expected.json is a test per field.

``expected.json`` holds the article's fields as a person read them, or ``{"dropped": "IndexPage"}``; a ``draft`` line in
it, as ``scrapy fixture`` writes one, fails until a person has checked the case and takes it out. A ``site.toml`` in the
folder is the profile that the page is read with; a ``known_failures.json`` {field: why} names what is not right yet, and
fails as soon as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.name == "response.json" and (file_path.parent / "expected.json").exists():
        case: Case = Case.from_parent(parent, path=file_path)
        return case
    return None


class Case(pytest.File):
    """One saved page."""

    def collect(self) -> Iterator[pytest.Item]:
        known = self._json("known_failures.json") if (self.path.parent / "known_failures.json").exists() else {}
        for name, value in self._json("expected.json").items():
            field: Field = Field.from_parent(self, name=name, expected=value)
            if name in known:
                field.add_marker(pytest.mark.xfail(strict=True, reason=known[name]))
            yield field

    def _json(self, name: str) -> dict[str, Any]:
        file = self.path.parent / name
        try:
            values: dict[str, Any] = json.loads(file.read_text("utf-8"))
        except ValueError as error:
            raise self.CollectError(f"{file}: {error}; it must be JSON with the article's fields") from None
        return values

    @cached_property
    def found(self) -> dict[str, Any]:
        """The article's fields as JSON values, or {"dropped": class name}."""
        from crawler.items import Dropped
        from crawler.replay import as_json, case_page
        from crawler.sites import load
        from pipelines import process

        profile = self.path.parent / "site.toml"
        try:
            return as_json(process(case_page(self.path.parent), load(str(profile)) if profile.exists() else None))
        except Dropped as reason:
            return {"dropped": type(reason).__name__}


class Field(pytest.Item):
    """One field of one saved page."""

    def __init__(self, *, expected: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.expected = expected

    def runtest(self) -> None:
        assert isinstance(self.parent, Case)
        if self.name == "draft":
            raise Mismatch(f"{self.path.parent / 'expected.json'} is a draft: a person must check it and take the \"draft\" line out")
        found = self.parent.found
        if "dropped" in found and self.name != "dropped":
            raise Mismatch(f"the page was dropped as {found['dropped']}, expected {self.name} = {self.expected!r}")
        if not same(self.name, self.expected, found.get(self.name)):
            raise Mismatch(f"{self.name}\n  expected: {self.expected!r}\n  found:    {found.get(self.name)!r}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Mismatch):
            return f"{self.path.parent.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.path.parent.name}: {self.name}"


class Mismatch(AssertionError):
    """A field that is not as the person read it."""


def same(field: str, expected: Any, found: Any) -> bool:
    """Whether a field is as expected: dates as moments, absent and empty alike."""
    if field in ("published", "modified") and expected and found:
        wanted, got = datetime.fromisoformat(expected), datetime.fromisoformat(found)
        return wanted == got if wanted.tzinfo else wanted == got.replace(tzinfo=None)
    return (expected or None) == (found or None)
