"""The health of the sites that this machine has profiles of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from crawler.sites import Site
from storage import clock
from storage.health import Expected, Facts, Finding, check, gather


@dataclass(frozen=True, slots=True)
class Health:
    """One site: what is known of it, and what is wrong."""

    site: Site
    facts: Facts
    found: tuple[Finding, ...]


def expected(site: Site, silent: int) -> Expected:
    """What a profile promises."""
    chosen = {name: getattr(site.selectors, name) for name in ("title", "body", "published", "author", "source")}
    return Expected(
        weekly=site.weekly, selectors=frozenset(name for name, selector in chosen.items() if selector),
        scheduled=site.schedule is not None, silent=silent,
    )  # fmt: skip


def health(connection: Connection, sites: dict[str, Site], silent: int) -> list[Health]:
    """The health of sites, by name. ``silent``: days without a new article after which a site counts as silent."""
    facts = gather(connection, list(sites), clock.now(connection))
    return [Health(site, facts[name], tuple(check(facts[name], expected(site, silent)))) for name, site in sorted(sites.items())]
