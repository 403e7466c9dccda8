"""Which IP addresses strangers may be fetched from.

The lists are written out because `ipaddress.is_global` differs between versions of Python and
calls several forms global that lead to a private IPv4 address (6to4, NAT64, `::a.b.c.d`).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_CLOSED_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; one cloud's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by number, yet the inner control service of a large cloud
        "169.254.0.0/16",  # link-local; most clouds' metadata service
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; one cloud's metadata service
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_ISATAP_MARKS = frozenset({0x00005EFE, 0x02005EFE})
_LOW_32 = 0xFFFFFFFF


def is_public(address: Address) -> bool:
    """Tell whether `address` lies in the public internet, with every address inside it.

    Of IPv6 only global unicast is open, and the two forms that stand for an IPv4 address
    (`::ffff:a.b.c.d` and NAT64) when that address is public. Hence the compatible form
    `::a.b.c.d`, the local NAT64 prefix `64:ff9b:1::/48`, link-local and site-local are closed.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    inner = _embedded(address)
    if inner is not None and not is_public(inner):
        return False
    if address.ipv4_mapped is not None or address in _NAT64:
        return True
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


def is_allowed(address: Address, networks: tuple[Network, ...]) -> bool:
    """Tell whether `address` is public or lies in one of `networks`.

    A mapped address (`::ffff:a.b.c.d`) is looked up as the IPv4 address that it reaches.
    """
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    reached = address if mapped is None else mapped
    return is_public(reached) or any(reached in network for network in networks)


def parse_address(text: str) -> Address | None:
    """Return the address that `text` spells in the usual form, or None."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which `address` would lead, if it has one inside."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    number = int(address)
    if address in _SIX_TO_FOUR:
        return IPv4Address(number >> 80 & _LOW_32)
    if address in _NAT64 or number >> 32 & _LOW_32 in _ISATAP_MARKS:
        return IPv4Address(number & _LOW_32)
    return None
