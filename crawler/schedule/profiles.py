"""The profiles of this machine, as the plan needs them."""

from __future__ import annotations

from pathlib import Path

from crawler.sites import BadSite, Site, load, names
from storage.plan import Wanted


def readable(folder: Path | None) -> tuple[dict[str, Site], list[str]]:
    """{site: profile}, and what is wrong with those that cannot be read."""
    found, broken = {}, []
    for path in names(folder).values():
        try:
            site = load(str(path))
        except BadSite as error:
            broken.append(str(error))
            continue
        found[site.name] = site
    return found, broken


def wanted(sites: dict[str, Site]) -> list[Wanted]:
    return [Wanted(site.name, site.schedule, site.timezone) for site in sites.values() if site.schedule]
