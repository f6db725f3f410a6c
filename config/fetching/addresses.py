"""Decides which IP addresses the fetcher may connect to: those that everybody can reach, and none of our networks."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# Addresses that carry an IPv4 address are refused altogether: a gateway could translate them into a private one.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_CARRIERS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo and 6to4


def may_connect(text: str, networks: Iterable[str] = ()) -> bool:
    """Return whether the fetcher may connect to this IP address. `networks` are allowed besides public addresses.

    Raises ValueError for anything but an IP address: names and other spellings must be resolved before.
    """
    address = ip_address(text)
    if any(address in ip_network(network) for network in networks):
        return True
    return _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_UNICAST and not any(address in network for network in _CARRIERS)
    return True
