"""What the operator allows beyond the public internet on port 443 (AION_WEBHOOK_ALLOW).

An entry is ADDRESS, NETWORK or NAME, each with `:PORT` or without, which means every port. Addresses and networks open
themselves; a name opens only the port, since whoever rules the name could point it anywhere. Plain HTTP is for allowed
loopback addresses alone: what is said there leaves no machine.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from aion.adapters.webhooks.addresses import Address, is_public, plain
from aion.adapters.webhooks.destinations import Destination, is_name

HTTPS_PORT: Final = 443
_MOST_PORT: Final = 65_535
_ENTRY: Final = re.compile(
    r"(?:\[(?P<bracketed>[^\]]+)\]|(?P<bare>[^\[\]:]+)|(?P<v6>[0-9a-fA-F:.]+(?:/\d+)?))(?::(?P<port>\d+))?"
)
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Allowance:
    """One entry: a network or a name, and a port or None for all."""

    network: Network | None
    name: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> "Allowance":
        """Reads an entry. Raises ValueError with what would do."""
        match = _ENTRY.fullmatch(text)
        form = "write ADDRESS, NETWORK or NAME, each with or without :PORT, as in 10.0.0.0/8 or [::1]:8443"
        if match is None:
            raise ValueError(f"{text}: {form}")
        host = (match["bracketed"] or match["bare"] or match["v6"]).lower()
        port = int(match["port"]) if match["port"] else None
        if port is not None and not 1 <= port <= _MOST_PORT:
            raise ValueError(f"{text}: a port is a number from 1 to {_MOST_PORT}")
        try:
            return cls(ip_network(host), "", port)
        except ValueError as cause:
            if "/" in host or match["bare"] is None or not is_name(host):
                raise ValueError(f"{text}: {form}") from cause
            return cls(None, host, port)

    def opens(self, port: int, address: Address) -> bool:
        """Whether this entry allows an address that is not public, on this port."""
        if self.network is None or self.port not in (None, port):
            return False
        return address in self.network or plain(address) in self.network


@dataclass(frozen=True, slots=True)
class Allowances:
    """All entries; none: only public addresses, HTTPS, port 443."""

    entries: tuple[Allowance, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Allowances":
        """Reads the entries of the setting. Raises ValueError that names it."""
        try:
            return cls(tuple(Allowance.parse(text) for text in texts))
        except ValueError as problem:
            raise ValueError(f"AION_WEBHOOK_ALLOW: {problem}") from problem

    def problem(self, destination: Destination, addresses: Iterable[Address]) -> str:
        """Why this destination with these addresses is not called; empty when it is. Never names an address."""
        found = tuple(addresses)
        opened = [any(entry.opens(destination.port, address) for entry in self.entries) for address in found]
        if destination.scheme == "http":
            loopback = [allowed and plain(one).is_loopback for one, allowed in zip(found, opened, strict=True)]
            return "" if loopback and all(loopback) else _HTTPS
        if not found or not all(is_public(one) or allowed for one, allowed in zip(found, opened, strict=True)):
            return _NOT_PUBLIC if destination.literal is None else f"its address is not public; {_ASK}"
        if destination.port == HTTPS_PORT or all(opened) or self._names(destination):
            return ""
        return f"its port must be {HTTPS_PORT}; others are for the operator to allow (AION_WEBHOOK_ALLOW)"

    def _names(self, destination: Destination) -> bool:
        return any(
            entry.name == destination.host and entry.port in (None, destination.port)
            for entry in self.entries
            if entry.network is None
        )


_HTTPS: Final = (
    "its scheme must be https; plain HTTP is for loopback addresses that the operator allows with AION_WEBHOOK_ALLOW"
)
_ASK: Final = "the operator can allow it with AION_WEBHOOK_ALLOW"
_NOT_PUBLIC: Final = f"its host has no address, or one that is not public; {_ASK}"
"""The same words for both: a caller could map our network by the difference."""
