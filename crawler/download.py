"""Scrapy's HTTP handler with two bounds it lacks: the peer's address, and the total size of a response's headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.internet.defer import Deferred, fail
from twisted.web._newclient import HEADER, STATUS

from crawler.addresses import refuse

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MOST_HEADERS = 256 << 10
"""Bytes of status line and headers; Twisted bounds a line (16 KiB), not their number."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Refuses to speak to an address that is not allowed, and to listen to endless headers."""

    _head = 0

    def request(self, request: Any) -> Deferred[Any]:
        transport: Any = self.transport
        peer = getattr(transport.getPeer(), "host", None)
        if peer and (refused := refuse("the peer", peer)):
            transport.abortConnection()
            return fail(refused)
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        parser = self._parser
        if parser is not None and parser.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > MOST_HEADERS + (1 << 16):  # one chunk may hold the body's start
                transport: Any = self.transport
                transport.abortConnection()
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes `BoundedProtocol`s."""

    def buildProtocol(self, addr: Any) -> BoundedProtocol:
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """For ``DOWNLOAD_HANDLERS``; http and https."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory
