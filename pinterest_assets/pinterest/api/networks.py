"""Where a link may lead: out to the world, or to a network that is closed to it only where the API is there too.

A link is Pinterest's, or whoever's answers in its place: it must not reach what only this machine can, as services on
it, in its network, or of its cloud. What is checked are the numbers that a name has, and the connection is made to these.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from pinterest_assets.pinterest.api.deadline import time_to_connect

_NAT64 = IPv6Network("64:ff9b::/96")
_WORLD = "world"


class ClosedNetwork(Exception):  # noqa: N818 - says where a link leads
    """A link leads to a network that it may not."""


class Networks:
    """The networks that a link beside ``base_url``, the API's address, may lead to."""

    def __init__(self, base_url: str) -> None:
        self._api = urlsplit(base_url).hostname or ""

    def check(self, numbers: Iterable[str]) -> None:
        """Raise ClosedNetwork if one of the addresses is in a network that the API is not in."""
        closed = {network for number in numbers if (network := network_of(number)) != _WORLD}
        if closed and not closed <= self._own():
            raise ClosedNetwork(", ".join(sorted(closed)))

    def _own(self) -> set[str]:
        """The networks that the API is in."""
        try:
            return set(map(network_of, numbers_of(self._api)))
        except (OSError, UnicodeError):  # it has no address: then it is in none
            return set()

    def connect(self, connection: Any) -> socket.socket:
        """A socket to where a connection of urllib3 leads, if it may: to an address that was checked."""
        try:
            numbers = numbers_of(connection.host)
        except (OSError, UnicodeError) as problem:
            raise NameResolutionError(connection.host, connection, problem) from problem  # type: ignore[arg-type]
        self.check(numbers)
        failure: Exception = NewConnectionError(connection, "it has no address")
        for number in numbers:
            try:
                return create_connection(
                    (number, connection.port),
                    time_to_connect(connection.timeout),
                    source_address=connection.source_address,
                    socket_options=connection.socket_options,
                )
            except TimeoutError as problem:
                failure = ConnectTimeoutError(connection, str(problem))
            except OSError as problem:
                failure = NewConnectionError(connection, str(problem))
        raise failure


def numbers_of(host: str, *, is_number: bool = False) -> Sequence[str]:
    """The addresses of a host; with ``is_number`` nobody is asked, and a name has none."""
    flags = socket.AI_NUMERICHOST if is_number else 0
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):
        if is_number:
            return ()
        raise
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def network_of(number: str) -> str:
    """The network an address is in: the world's, or what a closed one is called."""
    address = _within(ip_address(number.partition("%")[0]))
    closed: dict[str, Callable[[Any], bool]] = {
        "this machine": lambda one: one.is_loopback or one.is_unspecified,
        "link-local": lambda one: one.is_link_local,
        "private": lambda one: not one.is_global or one.is_multicast,
    }
    return next((name for name, holds in closed.items() if holds(address)), _WORLD)


def _within(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address of version 4 that one of version 6 stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    embedded = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or embedded or address
