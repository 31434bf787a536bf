"""A network between simulated processes: what is sent arrives late, twice or never, and connections break.

A call runs in the server's process and is answered in the caller's. When the server dies its callers are told, later;
when somebody is cut off nobody is told anything.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from aion.domain.errors import AionError
from tests.simulation.chance import Chance
from tests.simulation.virtual_loop import Process, VirtualLoop

T = TypeVar("T")

LATEST = 6.0
"""Seconds after which a message has arrived or never will."""


class Lost(Exception):
    """The connection broke or the time was up: nobody knows what became of the call."""


class Reached(Protocol):
    """Whoever answers calls."""

    process: Process


@dataclass(frozen=True)
class Weather:
    """How often what goes wrong, as probabilities a message; and the longest that one is under way.

    A `late` one is under way for longer than its sender waits, and arrives all the same.
    """

    loss: float = 0.02
    late: float = 0.02
    twice: float = 0.05
    cut: float = 0.01
    latest: float = 0.04


MILD = Weather()
ROUGH = Weather(loss=0.06, late=0.06, twice=0.15, cut=0.03, latest=0.15)
CALM = Weather(0, 0, 0, 0, 0.01)


@dataclass(eq=False)
class _Call:
    caller: str
    answer: "asyncio.Future[Any]"
    handlers: list["asyncio.Task[Any]"] = field(default_factory=list)
    left: bool = False


class Network:
    """Carries calls to whatever server there is now, or to none."""

    def __init__(self, loop: VirtualLoop, chance: Chance) -> None:
        self.server: Any = None
        self.weather = MILD
        self.cut_off: set[str] = set()
        self.held: dict[str, float] = {}
        """Until when what somebody sends, and is sent, stands still on its way."""

        self.defects: list[str] = []
        self._loop = loop
        self._chance = chance
        self._under_way: dict[_Call, None] = {}

    async def call(self, caller: str, work: Callable[[Any], Coroutine[Any, Any, T]], timeout: float) -> T:
        """Has the server do something. Raises what it raises, and Lost."""
        call = _Call(caller, self._loop.create_future())
        for _ in range(2 if self._chance.happens(self.weather.twice) else 1):
            self._send(caller, self._arrive, call, work)
        timer = self._loop.call_later(timeout, _fail, call.answer, Lost("the time was up"))
        try:
            return await call.answer
        finally:
            timer.cancel()
            call.left = True
            self._send(caller, self._leave, call)

    async def stream(
        self, caller: str, items: Callable[[Any], AsyncGenerator[T, None]], silence: float
    ) -> AsyncGenerator[T, None]:
        """What the server sends, in order, until it ends. Raises what it raises, and Lost."""
        arrived: asyncio.Queue[Any] = asyncio.Queue()
        call = _Call(caller, self._loop.create_future())
        self._send(caller, self._arrive, call, lambda server: self._pump(caller, items(server), arrived))
        ended = object()
        call.answer.add_done_callback(lambda answer: arrived.put_nowait(answer.exception() or ended))
        try:
            while True:
                try:
                    item = await asyncio.wait_for(arrived.get(), silence)
                except TimeoutError:
                    raise Lost("nothing came any more") from None
                if item is ended:
                    return
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            call.left = True
            self._send(caller, self._leave, call)

    def lost_server(self) -> None:
        """The server is gone; whoever waits for it hears of that in time, or never if cut off."""
        self.server = None
        for call in list(self._under_way):
            self._send(call.caller, _fail, call.answer, Lost("the connection broke"))
        self._under_way.clear()

    async def _pump(self, caller: str, items: AsyncGenerator[Any, None], arrived: "asyncio.Queue[Any]") -> None:
        free_at = 0.0
        async with aclosing(items) as following:
            async for item in following:
                if self._chance.happens(self.weather.cut):
                    raise Lost("the connection broke")
                if caller in self.cut_off:
                    await self._loop.create_future()  # a connection that lost something never goes on behind the gap
                # One connection keeps its order.
                free_at = max(free_at, self._loop.time() + self._delay(caller))
                self._loop.later_outside(free_at - self._loop.time(), arrived.put_nowait, item)
        await asyncio.sleep(max(0.0, free_at - self._loop.time()))

    def _send(self, caller: str, arrive: Callable[..., object], *what: object) -> None:
        if caller not in self.cut_off and not self._chance.happens(self.weather.loss):
            self._loop.later_outside(self._delay(caller), arrive, *what)

    def _delay(self, caller: str) -> float:
        if (until := self.held.get(caller, 0.0)) > self._loop.time():
            return until - self._loop.time() + self._chance.between(0.0001, 0.01)
        if self._chance.happens(self.weather.late):
            return self._chance.between(0.5, LATEST)
        return self._chance.between(0.0001, self.weather.latest)

    def _arrive(self, call: _Call, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> None:
        if call.caller in self.cut_off:
            return
        if self.server is None:
            self._send(call.caller, _fail, call.answer, Lost("nobody listens"))
            return
        self._under_way[call] = None
        handler = self._loop.spawn(self.server.process, work(self.server), lambda task: self._answered(call, task))
        call.handlers.append(handler)

    def _leave(self, call: _Call) -> None:
        """The server hears that nobody waits for the answer any more."""
        for handler in call.handlers:
            handler.cancel()

    def _answered(self, call: _Call, handler: "asyncio.Task[Any]") -> None:
        if all(each.done() for each in call.handlers):
            self._under_way.pop(call, None)
        if handler.cancelled():
            return
        error = handler.exception()
        if error is not None and not isinstance(error, AionError | Lost):
            self.defects.append(f"a call raised {error!r}")
        if error is None:
            self._send(call.caller, _succeed, call.answer, handler.result())
        else:
            self._send(call.caller, _fail, call.answer, error)


def _succeed(answer: "asyncio.Future[Any]", result: object) -> None:
    if not answer.done():
        answer.set_result(result)


def _fail(answer: "asyncio.Future[Any]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
