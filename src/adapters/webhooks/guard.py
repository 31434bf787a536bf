"""Says whom AION may call, and at which addresses: the one place that resolves the names of receivers."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, Self

from aion.adapters.webhooks.addresses import Address
from aion.adapters.webhooks.allowance import Allowances
from aion.adapters.webhooks.destinations import Destination, destination_of, refused
from aion.ports.webhooks import WebhookGuard

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""The addresses of a name; none when it has none."""

RESOLVE_SECONDS = 5.0
_THREADS = 16


@dataclass(frozen=True, slots=True)
class Checked:
    """A destination and the addresses at which it may be called: these very ones, never resolved again."""

    destination: Destination
    addresses: tuple[Address, ...]


class SystemResolver:
    """The operating system's resolver in threads of its own: a slow name server holds up nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "aion-webhook-names")

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """The addresses of a name, each once."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError):
            return ()
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Ends the threads; a look-up that is under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Reads the URL, resolves its host once, and refuses it if any of its addresses may not be called."""

    allowed: Allowances
    resolve: Resolve

    async def check(self, url: str) -> None:
        """Raises WebhookUrlRefused."""
        await self.checked(url)

    async def checked(self, url: str) -> Checked:
        """Where to connect. Raises WebhookUrlRefused."""
        destination = destination_of(url)
        addresses: Sequence[Address]
        if destination.literal is not None:
            addresses = (destination.literal,)
        else:
            addresses = await self.resolve(destination.host, destination.port)
        problem = self.allowed.problem(destination, addresses)
        if problem:
            raise refused(problem)
        return Checked(destination, tuple(addresses))


def _look_up(host: str, port: int) -> Sequence[Address]:
    return [ip_address(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


if TYPE_CHECKING:
    _: type[WebhookGuard] = AddressGuard
