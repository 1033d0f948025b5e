"""How well the sites do, measured on what the archive has: articles, outcomes, runs, the plan."""

from storage.health.alerts import News, news_of, told
from storage.health.checks import CHECKS, Expected, Finding, check
from storage.health.facts import Facts, gather

__all__ = ["CHECKS", "Expected", "Facts", "Finding", "News", "check", "gather", "news_of", "told"]
