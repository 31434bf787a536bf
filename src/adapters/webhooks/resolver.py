"""The addresses of names, asked of the operating system in threads.

A look-up cannot be cancelled: a name whose servers never answer keeps its thread for half a minute. So there is one
look-up for a name of a tenant, however many wait for it, and a tenant has few of the threads: it may wait for its own
slow names, nobody else does.
"""

import asyncio
import socket
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aion.adapters.webhooks.addresses import Address
from aion.adapters.webhooks.guard import Resolve
from aion.domain.errors import TooManyWaiters

RESOLVE_SECONDS: Final = 5.0
PLACE_SECONDS: Final = 2.0
"""How long a look-up waits for a place; with its own time it fits into the time of one attempt."""

THREADS: Final = 64
PER_TENANT: Final = 4

Name = tuple[str, str, int]
"""Tenant, host, port."""
Found = Sequence[Address]


def look_up(host: str, port: int) -> Found:
    """The addresses of a name, each once; none when it has none or cannot be one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class SystemResolver:
    """Fair between tenants, bounded in all."""

    def __init__(
        self,
        ask: Callable[[str, int], Found] = look_up,
        *,
        seconds: float = RESOLVE_SECONDS,
        place_seconds: float = PLACE_SECONDS,
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._place_seconds = place_seconds
        self._threads = ThreadPoolExecutor(THREADS, "aion-webhook-names")
        self._under_way: dict[Name, asyncio.Future[Found]] = {}

    async def __call__(self, tenant: str, host: str, port: int) -> Found:
        """The addresses; none also when there is no answer in time. Raises TooManyWaiters."""
        looking = await self._looking((tenant, host, port))
        done, _ = await asyncio.wait((looking,), timeout=self._seconds)
        return looking.result() if done else ()

    def close(self) -> None:
        """Ends the threads; a look-up that is under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _looking(self, name: Name) -> "asyncio.Future[Found]":
        """The look-up of this name: the one that is under way, or a new one as soon as there is a place for it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._place_seconds
        while (looking := self._under_way.get(name)) is None:
            in_the_way = self._in_the_way(name[0])
            if not in_the_way:
                looking = loop.run_in_executor(self._threads, self._ask, name[1], name[2])
                self._under_way[name] = looking
                looking.add_done_callback(partial(self._ended, name))
                break
            done, _ = await asyncio.wait(
                in_the_way, timeout=max(until - loop.time(), 0), return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                raise TooManyWaiters(
                    "the names of receivers cannot be looked up now, too many other ones are slow; try again later",
                    retry_after=timedelta(seconds=self._seconds),
                )
        return looking

    def _in_the_way(self, tenant: str) -> Collection["asyncio.Future[Found]"]:
        """The look-ups of which one must end before another one of this tenant may begin; none when one may."""
        of_tenant = [looking for (owner, _, _), looking in self._under_way.items() if owner == tenant]
        if len(of_tenant) >= PER_TENANT:
            return of_tenant
        return list(self._under_way.values()) if len(self._under_way) >= THREADS else ()

    def _ended(self, name: Name, looking: "asyncio.Future[Found]") -> None:
        self._under_way.pop(name, None)


if TYPE_CHECKING:
    _: type[Resolve] = SystemResolver
