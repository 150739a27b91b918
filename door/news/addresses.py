"""Which address news may be sent to: none inside the house, unless a setting says so."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_PORTS = {"https": 443, "http": 80}


class AddressRefusedError(Exception):
    """News are not sent to such an address; the text says why."""


class Target:
    """An endpoint's URL, taken apart."""

    def __init__(self, url: str) -> None:
        """Raises AddressRefusedError when it is no URL that something can be posted to."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise AddressRefusedError("no URL") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise AddressRefusedError("no URL like https://receiver.example/news")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise AddressRefusedError("a URL with a user, a password or a fragment")
        self.scheme = parts.scheme
        self.host = parts.hostname
        self.port = port or _PORTS[parts.scheme]
        self.netloc = parts.netloc
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def at(self, address: str) -> str:
        """The URL of the same thing, with the address of its host in the place of its name."""
        literal = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{literal}:{self.port}{self.path}"


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as this machine knows them. Raises OSError where there is none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


async def address_of(target: Target, resolver: Resolve, *, private_too: bool) -> str:
    """The address to connect to: what was looked at is what is used.

    Raises:
        AddressRefusedError: one of them is inside the house, or the URL is not https.
        OSError: nobody knows the host.
    """
    if not private_too and target.scheme != "https":
        raise AddressRefusedError("not https")
    addresses = await resolver(target.host, target.port)
    if not addresses:
        raise OSError("no address")
    if not private_too and not all(map(_is_public, addresses)):
        raise AddressRefusedError("a private address")
    return addresses[0]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        # An IPv4 address in the clothes of another is that one.
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if inside:
            return _is_public(str(inside))
        if found in _NAT64:
            return _is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
