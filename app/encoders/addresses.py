"""Which address of a configured host may be called: names are resolved once, here, and checked.

Server-side request forgery: a name that points inside the house, an address spelled so that it
does not look like one (octal, decimal, IPv4 inside IPv6), an answer that changes between the check
and the call. The caller connects to the address returned and to no other.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.errors import InvalidError

Address = IPv4Address | IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192")
)
"""Where clouds hand out credentials to whoever asks from inside."""
TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))
"""NAT64 (RFC 6052, RFC 8215): the last 32 bits are an IPv4 address."""
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class ForbiddenAddressError(InvalidError):
    """The model's address is one that Dartboard does not call."""

    code = "forbidden_address"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect, and whether it lies in the house (then http without TLS will do)."""

    address: str
    is_inside: bool


def choose(
    host: str, port: int, *, allowed: Sequence[str] = (), resolve: Resolve | None = None
) -> Place:
    """The one address of a host to connect to.

    Args:
        host: as it stands in the configured URL, without brackets.
        port: where it will be called.
        allowed: private networks that may be called, such as "10.1.0.0/16".
        resolve: what looks names up; the system's resolver when None.

    Raises:
        ForbiddenAddressError: any of its addresses may not be called, or it has none.
    """
    found = [_read(text) for text in (resolve or look_up)(host, port)]
    if not found:
        raise ForbiddenAddressError("The model's host has no address.")
    networks = [_network(text) for text in allowed]
    inside = False
    for address in found:
        if _is_never(address):
            raise ForbiddenAddressError
        if address.is_global and not address.is_multicast:
            continue
        if not (_is_named_loopback(host, address) or _is_listed(address, networks)):
            raise ForbiddenAddressError(
                "The model's address is a private one that DARTBOARD_MODEL_ALLOW_PRIVATE"
                " does not list."
            )
        inside = True
    return Place(str(found[0]), inside)


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, by the system's resolver; none when it is not known."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        sentence = 'DARTBOARD_MODEL_ALLOW_PRIVATE lists networks, such as ["10.1.0.0/16"].'
        raise ForbiddenAddressError(sentence) from None


def _read(text: str) -> Address:
    """The address that is really meant: an IPv4 address inside an IPv6 one is that IPv4 address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo is not None:
        inner = address.teredo[1]
    if inner is None and any(address in network for network in TRANSLATED):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def _is_never(address: Address) -> bool:
    """What no setting opens: link-local, metadata, multicast, nothing."""
    return (
        address in METADATA
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address == IPv4Address("255.255.255.255")
    )


def _is_named_loopback(host: str, address: Address) -> bool:
    """Whether the operator wrote that it is this machine; a name that leads here is not enough."""
    return address.is_loopback and host.lower() in LOOPBACK_NAMES


def _is_listed(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
