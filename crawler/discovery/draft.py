"""A profile drafted from a survey, for a person to check."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from crawler.discovery.survey import Sample, Survey
from crawler.sites.site import parse


def draft(survey: Survey, today: date, allow: Sequence[str] = ()) -> str:
    """The TOML text of a profile; it is valid, and says what a person still has to look at.

    ``allow`` are private addresses that the site may be reached at.
    """
    host = (urlsplit(survey.url).hostname or "site").removeprefix("www.")
    title = survey.title.split("_")[0].split("-")[0].strip() or host
    lines = [
        f"# Drafted by `scrapy probe {survey.url}` on {today:%Y-%m-%d}. A person must check it: read a few articles with",
        "# `scrapy crawl news -a site=THIS.toml`, then set `checked`.",
        f"name = {_text(host)}",
        f"title = {_text(title)}",
        '# region = ""  # which county, city or province it reports on',
        f"start = {_list([survey.url, *(link.url for link in survey.sections)])}",
    ]
    lines += _names(survey)
    lines += [f"feeds = {_list(survey.feeds)}"] if survey.feeds else []
    lines += [f"sitemaps = {_list(survey.sitemaps)}"] if survey.sitemaps else []
    lines += [f"epaper = {_text(survey.epaper)}"] if survey.epaper else []
    lines += [f"domains = {_list([host])}"]
    lines += [f"allow_addresses = {_list(allow)}"] if allow else []
    lines += _patterns(survey)
    lines += _encoding(survey)
    lines += ["# weekly = 50  # articles a week below which a run is a failure", "", "# Pages read as a crawl would read them:"]
    lines += [f"#   {_sample(sample)}" for sample in survey.samples]
    made = "\n".join(lines) + "\n"
    parse(tomllib.loads(made), Path(f"{host}.toml"))  # a draft that does not load is a mistake of ours
    return made


def _names(survey: Survey) -> list[str]:
    return [f"# sections: {', '.join(link.words for link in survey.sections)}"] if survey.sections else []


def _patterns(survey: Survey) -> list[str]:
    if not survey.patterns:
        return ["# article: no pattern held on the pages tried; the general rule is used until one is written here"]
    counts = ", ".join(f"{count} addresses" for count in survey.patterns.values())
    return [f"article = {_list(survey.patterns)}  # {counts} seen"]


def _encoding(survey: Survey) -> list[str]:
    if survey.declared and survey.declared.lower().replace("-", "") != survey.encoding.replace("-", ""):
        return [f"# its home page declares {survey.declared} and is read as {survey.encoding}"]
    return []


def _sample(sample: Sample) -> str:
    if sample.article is None:
        return f"{sample.url}: no article ({' '.join((sample.reason or '').split())[:120]})"
    article = sample.article
    when = f"{article.published:%Y-%m-%d %H:%M}" if article.published else "no date"
    title = " ".join((article.title or "no title").split())[:60]
    return f"{sample.url}: {title} · {when} · {article.source or 'no source'} · {len(article.text)} characters"


def _text(value: str) -> str:
    """A TOML string; a pattern stays readable."""
    return f"'{value}'" if "\\" in value and "'" not in value else json.dumps(value, ensure_ascii=False)


def _list(values: Iterable[str]) -> str:
    made = [_text(value) for value in values]
    joined = ", ".join(made)
    return f"[{joined}]" if len(joined) < 90 else "[\n    " + ",\n    ".join(made) + ",\n]"
