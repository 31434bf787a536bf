"""Clients that leave before they have their answer."""

import asyncio
from types import TracebackType
from typing import Self

from aion.adapters.transports.http.answers import Receive


class ClientGone(Exception):
    """The client has left; nobody is there to answer."""


class WhileClientStays:
    """Cancels the task of its block when the client of `receive`, whose request has come whole, leaves; the block then
    ends with ClientGone.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._watch: asyncio.Task[None] | None = None
        self._gone = False
        self._over = False

    async def __aenter__(self) -> Self:
        """The block begins."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._cancelled_before = task.cancelling()
        # Not before the block waits for the first time: a call that is refused at once costs no watch.
        self._begin = loop.call_soon(self._begin_watch, loop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The block ends."""
        self._over = True
        self._begin.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._gone and self._task.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError:
            raise ClientGone from error

    def _begin_watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watch = loop.create_task(_until_gone(self._receive))
        self._watch.add_done_callback(self._left)

    def _left(self, watch: "asyncio.Task[None]") -> None:
        # The word that the client left may be on its way while the block ends.
        if not self._over and not watch.cancelled():
            watch.result()  # never fails; if it ever did, the loop's handler would say why
            self._gone = True
            self._task.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
