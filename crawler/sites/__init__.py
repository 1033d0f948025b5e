"""A site is a TOML file: where to start, what an article's address looks like, how many articles to expect."""

from __future__ import annotations

from crawler.sites.site import BadSite, Site, folder_of, load, names

__all__ = ["BadSite", "Site", "folder_of", "load", "names"]
