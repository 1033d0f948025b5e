"""No connection to an address inside our own network, whatever it is called."""

from __future__ import annotations

import ipaddress
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError


class RefusedAddress(DNSLookupError):  # type: ignore[misc]  # Twisted's exceptions are untyped
    """An address that the site's profile does not allow to connect to."""


def allowed(address: str, exceptions: tuple[str, ...] = ()) -> bool:
    """Whether a connection to an IP address may be made.

    >>> allowed("8.8.8.8"), allowed("127.0.0.1"), allowed("::ffff:169.254.169.254"), allowed("127.0.0.1", ("127.0.0.1",))
    (True, False, False, True)
    >>> allowed("64:ff9b::7f00:1"), allowed("100.64.0.1"), allowed("2002:7f00:1::")
    (False, False, False)
    """
    if address in exceptions:
        return True
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _public(ip) and all(_public(inner) for inner in _inner(ip))


# Protocol assignments: some clouds serve their metadata there, and Python calls part of them global.
ASSIGNED = ipaddress.ip_network("192.0.0.0/24")
ENDS_IN_IPV4 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


def _public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and ip not in ASSIGNED


def _inner(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address leads to: mapped, compatible (RFC 4291), 6to4, Teredo, NAT64 (RFC 6052)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in ENDS_IN_IPV4):
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


# Twisted has one resolver a process, made before any spider is: the spider tells what its profile allows.
EXCEPTIONS: set[str] = set()
REFUSED: dict[str, str] = {}
"""{host name: address} of what the resolver refused: Twisted passes on only that a name has no address."""


def refuse(name: str, address: str) -> RefusedAddress | None:
    """The error for a connection that must not be made; None where it may."""
    if allowed(address, tuple(EXCEPTIONS)):
        return None
    return RefusedAddress(f"{name} is {address}, an address inside a private network; refused (allow_addresses in the profile permits it)")


def refused(host: str) -> RefusedAddress | None:
    """The error with which the resolver refused a host; None where it did not."""
    name = host.strip("[]")
    return refuse(name, REFUSED[name]) if name in REFUSED else None


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, refusing addresses that are not public unless the site's profile allows them."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> str:
        if error := refuse(name, address):
            REFUSED[name] = address
            raise error
        return address
