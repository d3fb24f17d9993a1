"""
Which web addresses may be fetched: pure rules about hosts, ports and IP addresses.

Nothing here resolves a name or opens a connection.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from retrieval.errors import SourceError

WEB_PORTS: Final = frozenset((80, 443))
_FIRST_FREE_PORT: Final = 1024  # below it stand other services: 22 is SSH, 25 is mail

_USERINFO = re.compile(r"(?<=://)[^/?#]*@")
# A resolver takes "2130706433", "0x7f.1" and "127.1" for numbers of hosts; what ends in a
# number (WHATWG URL, "ends in a number checker") is an address or nothing.
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)

# Public by Python's ``is_global``, and yet not for guests: relays of 6to4, protocol
# assignments and Oracle's metadata in one network, Azure's metadata.
_CLOSED_V4: Final = tuple(
    ip_network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
)
# All that is routed in IPv6 (RFC 4291, IANA); mapped and translated IPv4 lie outside.
_ROUTED_V6: Final = IPv6Network("2000::/3")
_CLOSED_V6: Final = tuple(
    ip_network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # 2002: 6to4
)
_NAT64: Final = IPv6Network("64:ff9b::/96")


def without_userinfo(url: str) -> str:
    """*url* as it can be shown: without a user name and password."""
    return _USERINFO.sub("", url)


def refuse_userinfo(url: str) -> None:
    """Raise a SourceError, which does not tell them, if *url* holds a user name or password."""
    if _USERINFO.search(url):
        message = "address holds a user name or password; leave it out"
        raise SourceError(without_userinfo(url), message)


def shown_host(host: str) -> str:
    """*host* as it stands in an address: an IPv6 one in brackets."""
    return f"[{host}]" if ":" in host else host


def is_allowed(host: str, port: int, allowed: frozenset[str]) -> bool:
    """Whether *allowed* holds the host, or the host with this port."""
    name = shown_host(host.lower())
    return name in allowed or f"{name}:{port}" in allowed


def reason_to_refuse(host: str, port: int) -> str | None:
    """Why a host must not be asked, as far as name and port tell; None if it may be looked up."""
    if port not in WEB_PORTS and port < _FIRST_FREE_PORT:
        return f"port {port} is not one of web pages"
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return f"host {host} is not public"
    if ":" not in host and _ENDS_IN_NUMBER.fullmatch(host) and not _is_address(host):
        return f"host {host} is neither a name nor an address of four numbers"
    return None


def _is_address(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """
    Whether everyone on the internet may be expected to reach this IP address.

    Private, loopback, link-local, multicast and reserved addresses are not public, nor is
    IPv4 inside IPv6; but what NAT64 (RFC 6052) gives for a public IPv4 address is.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        ip = IPv4Address(int(ip) & 0xFFFFFFFF)
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if isinstance(ip, IPv6Address):
        return ip in _ROUTED_V6 and not any(ip in network for network in _CLOSED_V6)
    return not any(ip in network for network in _CLOSED_V4)
