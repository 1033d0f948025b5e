"""The commands that `scrapy` has in this project, one a module."""

from __future__ import annotations

from crawler import pipes

pipes.install()
