"""How PostgreSQL writes addresses and intervals: JSON has no such types, only the spelling tells them from text.

A text in another spelling (`08-00-2B-01-02-03`) came from a text column, where it is compared as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_interface

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MACADDR = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?:(?::[0-9a-f]{2}){2})?")
_INET = re.compile(r"([0-9a-f:.]+)(?:/(?:0|[1-9][0-9]{0,2}))?")
_CLOCK = r"[+-]?[0-9]{2,}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{0,5}[1-9])?"
_IPV4_IN_IPV6 = range(2**16, 2**32)
"""IPv6 addresses that PostgreSQL writes with an IPv4 address; below they are `::1` and the like."""


def _counted(unit: str) -> str:
    """Return the pattern of a number of units, which PostgreSQL puts in the plural unless it is 1."""
    return rf"(?:\+?1 {unit}|(?:-[1-9][0-9]*|\+?(?:[2-9]|[1-9][0-9]+)) {unit}s)"


_PARTS = (*map(_counted, ("year", "mon", "day")), _CLOCK)
_INTERVAL = re.compile("(?=[^ ])" + "".join(f"(?:(?:^| ){part})?" for part in _PARTS))


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID: hyphens, lower case."""
    return _UUID.fullmatch(text) is not None


def is_macaddr(text: str) -> bool:
    """Tell whether a text is a MAC address of six or eight bytes (macaddr, macaddr8): colons, lower case."""
    return _MACADDR.fullmatch(text) is not None


def is_inet(text: str) -> bool:
    """Tell whether a text is an IPv4 or IPv6 address, with or without the length of its network."""
    found = _INET.fullmatch(text)
    if found is None:
        return False
    try:
        return _written(ip_interface(text).ip) == found[1]
    except ValueError:
        return False


def _written(address: IPv4Address | IPv6Address) -> str:
    """Return an address as PostgreSQL writes it: `::ffff:10.0.0.1` and `::10.0.0.1` keep their dots."""
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return f"::ffff:{address.ipv4_mapped}"
    number = int(address)
    return f"::{IPv4Address(number)}" if number in _IPV4_IN_IPV6 else address.compressed


def are_intervals(texts: Sequence[str]) -> bool:
    """Tell whether texts are intervals beyond doubt: one names a unit, as a time of the day (`10:20:30`) never does."""
    return all(map(_INTERVAL.fullmatch, texts)) and any(" " in text for text in texts)
