"""A sender that is made for the first call: HTTP's client side and roots of trust, which most servers never need."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aion.domain.webhooks import AttemptReport
from aion.ports.webhooks import WebhookSender


class SenderOnDemand:
    """The sender that `make` makes, in a thread, so that nobody else waits for it."""

    def __init__(self, make: Callable[[], WebhookSender]) -> None:
        self._make = make
        self._turn = asyncio.Lock()
        self._made: WebhookSender | None = None

    async def send(self, tenant: str, url: str, headers: Mapping[str, str], body: bytes) -> AttemptReport:
        """What came of it."""
        async with self._turn:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
        return await self._made.send(tenant, url, headers, body)

    async def close(self) -> None:
        """Lets go of connections."""
        if self._made is not None:
            await self._made.close()


if TYPE_CHECKING:
    _: type[WebhookSender] = SenderOnDemand
