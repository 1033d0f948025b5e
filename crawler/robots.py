"""robots.txt as RFC 9309 has it: an answer of 5xx or none at all means disallow."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

MOST = 500 * 1024


class RobotsUnavailable(Exception):
    """robots.txt could not be had: nothing is fetched now, the address is tried again later."""


class StrictRobots(RobotsTxtMiddleware):
    """Scrapy's middleware, which allows everything when robots.txt cannot be had, made to refuse for this time."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asked: dict[str, asyncio.Future[RobotParser | None]] = {}
        self._unavailable: set[str] = set()

    async def robot_parser(self, request: Request) -> RobotParser | None:
        # Scrapy 2.19 lets all requests of a host wait on one Deferred, whose first waiter takes the result: the
        # others get None, which allows everything. A future gives every waiter the same parser.
        netloc = urlparse_cached(request).netloc
        if netloc not in self._asked:
            self._asked[netloc] = asyncio.ensure_future(super().robot_parser(request))
        parser = await asyncio.shield(self._asked[netloc])
        if netloc in self._unavailable:
            raise RobotsUnavailable(f"no answer for robots.txt of {netloc}")
        return parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            self._unavailable.add(netloc)
        await super()._parse_robots(response.replace(body=response.body[:MOST]), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unavailable.add(netloc)
        waiting: Any = self._parsers[netloc]
        self._parsers[netloc] = None
        waiting.callback(None)
