"""Says whom AION may call, and at which addresses."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aion.adapters.webhooks.addresses import Address
from aion.adapters.webhooks.allowance import Allowances
from aion.adapters.webhooks.destinations import Destination, destination_of, refused
from aion.ports.webhooks import WebhookGuard

Resolve = Callable[[str, str, int], Awaitable[Sequence[Address]]]
"""The addresses that a name has for a tenant; none when it has none."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A destination and the addresses at which it may be called: these very ones, never resolved again."""

    destination: Destination
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Reads the URL, resolves its host once, and refuses it if any of its addresses may not be called."""

    allowed: Allowances
    resolve: Resolve

    async def check(self, tenant: str, url: str) -> None:
        """Raises WebhookUrlRefused and TooManyWaiters."""
        await self.checked(tenant, url)

    async def checked(self, tenant: str, url: str) -> Checked:
        """Where to connect. Raises WebhookUrlRefused and TooManyWaiters."""
        destination = destination_of(url)
        addresses: Sequence[Address]
        if destination.literal is not None:
            addresses = (destination.literal,)
        else:
            addresses = await self.resolve(tenant, destination.host, destination.port)
        problem = self.allowed.problem(destination, addresses)
        if problem:
            raise refused(problem)
        return Checked(destination, tuple(addresses))


if TYPE_CHECKING:
    _: type[WebhookGuard] = AddressGuard
