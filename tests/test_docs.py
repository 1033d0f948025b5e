"""The docs name what exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.items import DROP_REASONS
from crawler.sites.site import KEYS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SITES = (ROOT / "crawler/sites/README.md").read_text("utf-8")
COMMANDS = sorted(path.stem for path in (ROOT / "crawler/commands").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("key", [f.name for f in KEYS])
def test_site_key_is_documented(key):
    assert f"`{key}`" in SITES


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_documented(command):
    assert f"scrapy {command}" in README


@pytest.mark.parametrize("reason", [reason.__name__ for reason in DROP_REASONS])
def test_drop_reason_is_documented(reason):
    assert f"`{reason}`" in README
