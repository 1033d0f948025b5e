"""No connection to an address inside our own network, whatever it is called."""

from __future__ import annotations

import ipaddress
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError


def allowed(address: str, exceptions: tuple[str, ...] = ()) -> bool:
    """Whether a connection to an IP address may be made.

    >>> allowed("8.8.8.8"), allowed("127.0.0.1"), allowed("::ffff:169.254.169.254"), allowed("127.0.0.1", ("127.0.0.1",))
    (True, False, False, True)
    """
    if address in exceptions:
        return True
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)


# Twisted has one resolver a process, made before any spider is: the spider tells what its profile allows.
EXCEPTIONS: set[str] = set()


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, refusing addresses that are not public unless the site's profile allows them."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> str:
        if not allowed(address, tuple(EXCEPTIONS)):
            raise DNSLookupError(f"{name} is {address}, an address inside a private network; refused (allow_addresses)")
        return address
