"""The spider that looks at an unknown site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crawler.discovery.survey import Read, Survey, look
from crawler.discovery.visitor import Visitor


class ProbeSpider(Visitor):
    """Leaves in ``survey`` what `crawler.discovery.survey.look` saw; None where the home page gives nothing."""

    name = "probe"

    def __init__(self, url: str, read: Read, allow: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(url, allow, **kwargs)
        self.read = read
        self.survey: Survey | None = None

    async def start(self) -> AsyncIterator[Any]:
        self.survey = await look(self.fetch, self.read, self.url)
        return
        yield  # an async generator that yields nothing: `look` asks for its pages itself
