"""The sample site's articles as their editors wrote them, read from stories.toml: the truth of the sample crawl."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("stories.toml")
SECTION_NAMES = {"yaowen": "要闻", "minsheng": "民生", "xiangzhen": "乡镇", "wenhua": "文化", "gonggao": "公告"}
SECTIONS = tuple(SECTION_NAMES)
PAGE_BREAK = "----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article, and how its page looks. The fields are described at the top of stories.toml."""

    n: int
    title: str
    pages: tuple[tuple[str, ...], ...]
    """Paragraphs of each page."""
    at: str
    """``YYYY-MM-DD HH:MM``, or a day alone, Beijing time."""
    source: str
    section: str
    author: str = ""
    editor: str = ""
    look: str = "modern"
    encoding: str = "utf-8"
    declared: str | None = None
    header: str | None = None
    damage: tuple[str, ...] = ()
    note: str = "end"
    """Which disclaimer, where: end, rights, own, opinion, middle, seed, none."""
    tail: str = "list"
    """How the related list looks: list, bare, truncated, ranking, seed, none."""
    of: int | None = None
    script: str = "Hans"
    edition: str | None = None
    edition_name: str | None = None
    day: int = 1
    revised: tuple[str, ...] | None = None
    gone: bool = False

    @property
    def path(self) -> str:
        return self.page_path(1)

    def page_path(self, page: int) -> str:
        """The address of a page of the article, from 1."""
        further = f"_{page}" if page > 1 else ""
        if self.edition:
            return f"/epaper/html/{self.at[:7]}/{self.at[8:10]}/content_{self.n}{further}.htm"
        day = self.at[:10].replace("-", "")
        return f"/{self.section}/{day[:6]}/t{day}_{self.n}{further}.html"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(paragraph for page in self.pages for paragraph in page)

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@lru_cache
def stories(day: int = 1) -> tuple[Story, ...]:
    """The articles that the site has on a day, 1 or 2, newest first."""
    made = [story for story in _all() if story.day <= day]
    if day > 1:
        made = [replace(story, pages=(story.revised,)) if story.revised else story for story in made if not story.gone]
    return tuple(sorted(made, key=lambda story: story.at, reverse=True))


@lru_cache
def _all() -> tuple[Story, ...]:
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["story"]
    texts = {row["n"]: row["text"] for row in rows}
    return tuple(_story(row, texts) for row in rows)


def _story(row: dict[str, Any], texts: dict[int, str]) -> Story:
    text = row["text"] + ("\n" + texts[row["of"]] if row.get("of") else "")
    more = {key: value for key, value in row.items() if key not in ("text", "revised", "damage", "declared")}
    encoding = row.get("encoding", "utf-8")
    return Story(
        **more,
        pages=tuple(_paragraphs(page) for page in text.split(f"\n{PAGE_BREAK}\n")),
        revised=_paragraphs(row["revised"]) if "revised" in row else None,
        damage=tuple(row.get("damage", ())),
        declared=row.get("declared", "utf-8" if encoding == "utf-8" else None),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.strip().split("\n") if line)
