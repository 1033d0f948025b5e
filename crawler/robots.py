"""robots.txt as RFC 9309 has it: an answer of 5xx or none at all means disallow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response
from scrapy.utils.misc import build_from_crawler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.robotstxt import RobotParser

MOST = 500 * 1024
DISALLOW = b"User-agent: *\nDisallow: /\n"


class StrictRobots(RobotsTxtMiddleware):
    """Scrapy's middleware, which allows everything when robots.txt cannot be had, made to refuse."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            response = response.replace(status=200, body=DISALLOW)
        await super()._parse_robots(response.replace(body=response.body[:MOST]), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        waiting: Any = self._parsers[netloc]
        refusing: RobotParser = build_from_crawler(self._parserimpl, self.crawler, DISALLOW)
        self._parsers[netloc] = refusing
        waiting.callback(refusing)
