"""Where a crawl of a site begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.discovery.epaper import dated, issue_url
from crawler.sites import Site
from storage.frontier import Found


def starts(site: Site) -> list[Found]:
    """The profile's start pages, feeds and sitemaps, and the e-paper's newest issues."""
    found = [Found(url=url, kind="section") for url in site.start]
    found += [Found(url=url, kind="feed") for url in site.feeds]
    found += [Found(url=url, kind="sitemap") for url in site.sitemaps]
    return found + _issues(site)


def _issues(site: Site) -> list[Found]:
    """Today's and yesterday's e-paper issue, or the page that leads to the newest."""
    if not site.epaper:
        return []
    if not dated(site.epaper):
        return [Found(url=site.epaper, kind="epaper")]
    today = datetime.now(site.zone).date()
    days = (today, today - timedelta(days=1))  # a night edition appears after midnight
    return [Found(url=issue_url(site.epaper, day), kind="epaper", context={"edition_date": day.isoformat()}) for day in days]
