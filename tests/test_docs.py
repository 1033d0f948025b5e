"""The docs name what exists: every command, site key, drop reason and setting."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.settings import default_settings

from crawler import settings
from crawler.items import DROP_REASONS
from crawler.sites.site import KEYS

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "crawler/README.md").read_text("utf-8")
READMES = [path for path in ROOT.glob("**/README.md") if not {".venv", "tests", ".pytest_cache"} & set(path.relative_to(ROOT).parts)]
ANYWHERE = "\n".join(path.read_text("utf-8") for path in READMES)
SITES = (ROOT / "crawler/sites/README.md").read_text("utf-8")
COMMANDS = sorted(path.stem for path in (ROOT / "crawler/commands").glob("*.py") if path.stem != "__init__")
SETTINGS = sorted(name for name in dir(settings) if name.isupper() and not hasattr(default_settings, name))


@pytest.mark.parametrize("key", [f.name for f in KEYS])
def test_site_key_is_documented(key):
    assert f"| `{key}` |" in SITES


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_documented(command):
    assert f"| `scrapy {command}" in MANUAL


@pytest.mark.parametrize("reason", [reason.__name__ for reason in DROP_REASONS])
def test_drop_reason_is_documented(reason):
    assert f"| `{reason}` |" in MANUAL


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_is_documented(name):
    assert f"| `{name}` |" in ANYWHERE


@pytest.mark.parametrize("name", sorted(str(path.relative_to(ROOT)) for path in READMES if path.parent != ROOT))
def test_every_readme_can_be_found_from_the_first(name):
    assert name in (ROOT / "README.md").read_text("utf-8")
