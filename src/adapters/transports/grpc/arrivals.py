"""Calls of gRPC, asked for several at a time.

grpc.aio asks gRPC's core for one call, and for the next one when it has that one. A thread of its own hands each over,
for which it needs the interpreter's lock, and while the event loop is busy it waits for that: so when much else comes,
calls queue up in the core although each of them is little work. Here several are asked for in advance, and those that
have come are at hand and taken in together. Why so: docs/decisions/0011-calls-of-grpc-in-advance.md.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import TYPE_CHECKING, Any, Final

# Its server is made of this module, and what is changed here has no public name.
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # its stubs leave it out

AT_ONCE: Final = 128
"""So many calls are asked for, or are at hand: it takes some seven rounds of the event loop until one that was asked
for is here, and in a rush rounds take tens of milliseconds.
"""

if TYPE_CHECKING:
    Future = asyncio.Future[Any]
else:
    Future = asyncio.Future


class _AtHand(Future):
    """A call that is here already. grpc.aio waits for the next call by `asyncio.wait`, which costs two rounds of the
    event loop even when nothing is to be waited for: unless it hears at once that it need not. `asyncio.gather` may not
    be the first who asks: that of Python 3.11 would wait for ever.
    """

    _heard = False

    def add_done_callback(self, fn: Callable[[Any], object], *, context: Context | None = None) -> None:
        """Tells the first who asks at once, and others as any future would."""
        if self._heard:
            super().add_done_callback(fn, context=context)
        else:
            self._heard = True
            fn(self)


class EagerServer(cygrpc.AioServer):  # type: ignore[misc]  # has no types
    """grpc.aio's server, whose main loop finds its next call at hand when one has come. For the event loop's thread."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._at_hand: deque[Any] = deque()
        self._asked = 0
        self._taker: asyncio.Future[Any] | None = None
        self._stops = False

    async def shutdown(self, grace: float | None) -> None:
        """Stops as the usual server does. Calls that nobody takes any more are let go, which ends them at once: they
        would hold up the stop for as long as it may take.
        """
        self._stops = True
        self._at_hand.clear()
        await super().shutdown(grace)

    def _make_request_call_future(self, method: bytes | None) -> "asyncio.Future[Any]":
        """The next call; the main loop asks again when it has it. `method`: of those registered by name, of
        which there are none here; None: of all others.
        """
        if method is not None:
            registered: asyncio.Future[Any] = super()._make_request_call_future(method)
            return registered
        loop = asyncio.get_running_loop()
        if self._at_hand:
            taker: asyncio.Future[Any] = _AtHand(loop=loop)
            taker.set_result(self._at_hand.popleft())
        else:
            self._taker = taker = loop.create_future()
        while self._asked + len(self._at_hand) < AT_ONCE:
            self._asked += 1
            super()._make_request_call_future(None).add_done_callback(self._came)
        return taker

    def _came(self, asked: "asyncio.Future[Any]") -> None:
        self._asked -= 1
        if asked.cancelled():
            return  # the loop ends
        failed = asked.exception()  # looked at in any case: who stops the server makes all that are asked for fail
        taker = self._taker
        if taker is None or taker.done():
            if failed is None and not self._stops:
                self._at_hand.append(asked.result())
            return
        self._taker = None
        if failed is None:
            taker.set_result(asked.result())
        else:
            taker.set_exception(failed)


@contextmanager
def eager_servers() -> Iterator[None]:
    """grpc.aio makes servers of this kind in the block, which must not wait."""
    usual = cygrpc.AioServer
    cygrpc.AioServer = EagerServer
    try:
        yield
    finally:
        cygrpc.AioServer = usual
