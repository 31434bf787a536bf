"""The load: closed loop for throughput, open loop for latency from the moment a call was due.

Requests are prepared as bytes and answers are checked: what is measured is the server. The client shares the machine
with it, as in every figure of the reports; what it takes of the processor is measured too.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import grpc
from grpc import aio

Metadata = tuple[tuple[str, str], ...]

Call = Callable[[int], Awaitable[None]]
"""Makes the call of this number and checks its answer; raises when that is not what it should be."""


Now = Callable[[], float]
"""The clock, in seconds."""


class Door(Protocol):
    """A way to call a server."""

    def opened(self, in_flight: int) -> AbstractAsyncContextManager[Call]:
        """Connections for so many calls at once, while the block runs."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """One gRPC method of one server, over one connection. `check` raises when an answer is not what it should be.
    `too_much` tells a refusal for want of room from every other error, which ends the run.
    """

    address: str
    method: str
    payload: Callable[[int], bytes]
    check: Callable[[bytes], None]
    metadata: Metadata = ()
    metadata_of: Callable[[int], Metadata] | None = None
    too_much: Callable[[aio.AioRpcError], bool] = lambda _: False

    @asynccontextmanager
    async def opened(self, in_flight: int) -> AsyncIterator[Call]:
        """However many calls there are, they share the connection."""
        async with channel_to(self.address) as channel:
            method: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(self.method)

            async def call(number: int) -> None:
                metadata = self.metadata_of(number) if self.metadata_of is not None else self.metadata
                try:
                    answer = await method(self.payload(number), metadata=metadata)
                except aio.AioRpcError as error:
                    if self.too_much(error):
                        raise TooMuch(error.details()) from error
                    raise
                self.check(answer)

            yield call


@dataclass(frozen=True, slots=True)
class Pace:
    """Calls a second, how many were made in all, and microseconds of processor time that the client took for each."""

    per_second: float
    calls: int
    client_us: float


@dataclass(frozen=True, slots=True)
class Latencies:
    """Sorted seconds of the calls that were served, and how many were refused for want of room."""

    seconds: Sequence[float]
    refused: int = 0

    @property
    def refused_percent(self) -> float:
        """The share of the calls that was refused."""
        return 100 * self.refused / (self.refused + len(self.seconds))

    def quantile(self, share: float) -> float:
        """Milliseconds that `share` of the calls kept."""
        return 1000 * self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


def pooled(rounds: Iterable[Latencies]) -> Latencies:
    """Those of all rounds as if they were of one: a thousandth of the calls of a single round are one call or two."""
    rounds = list(rounds)
    return Latencies(sorted(chain.from_iterable(one.seconds for one in rounds)), sum(one.refused for one in rounds))


class TooMuch(Exception):
    """The server refused a call because it has more than it can do."""


class WrongAnswer(Exception):
    """A server answered, and not what it was asked for: the run ends, no figure is printed."""


async def throughput(door: Door, in_flight: int, seconds: float) -> float:
    """Calls a second with `in_flight` calls open at any time, after a warm-up of a fifth of the time."""
    return (await closed_loop(door, in_flight, seconds)).per_second


async def closed_loop(door: Door, in_flight: int, seconds: float, now: Now = time.perf_counter) -> Pace:
    """The same, with what the client costs. What is under way when the time is over is waited for and counted."""
    made = counted = 0
    async with door.opened(in_flight) as call:
        numbers = iter(range(10**9))
        used = time.process_time()
        warm = now() + seconds / 5
        end = warm + seconds

        async def loop() -> None:
            nonlocal counted, made
            while now() < end:
                await call(next(numbers))
                made += 1
                counted += now() >= warm

        await asyncio.gather(*(loop() for _ in range(in_flight)))
        took = now() - warm
    return Pace(counted / took, made, (time.process_time() - used) / made * 1e6)


async def open_loop(
    door: Door, rate: float, seconds: float, in_flight: int = 64, now: Now = time.perf_counter
) -> Latencies:
    """Latencies at a fixed rate; a late answer delays nobody else, and waiting to be sent counts."""
    latencies: list[float] = []
    refused = 0
    async with door.opened(in_flight) as call:
        await call(-1)

        async def one(number: int, due: float) -> None:
            nonlocal refused
            try:
                await call(number)
            except TooMuch:
                refused += 1
            else:
                latencies.append(now() - due)

        begin = now() + 0.1
        tasks = []
        for number in range(int(rate * seconds)):
            due = begin + number / rate
            if (pause := due - now()) > 0:
                await asyncio.sleep(pause)
            tasks.append(asyncio.ensure_future(one(number, due)))
        await asyncio.gather(*tasks)
    return Latencies(sorted(latencies), refused)


def channel_to(address: str) -> aio.Channel:
    """A connection of its own."""
    return aio.insecure_channel(
        address,
        options=[("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1)],
        compression=grpc.Compression.NoCompression,
    )
