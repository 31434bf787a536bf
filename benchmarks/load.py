"""The load: closed loop for throughput, open loop for latency from the moment a call was due.

One connection, raw bytes prepared beforehand: what is measured is the server. The client shares the machine with it, as
in every figure of the reports.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import grpc
from grpc import aio

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """One method of one server. `check` raises when an answer is not what it should be."""

    address: str
    method: str
    payload: Callable[[int], bytes]
    check: Callable[[bytes], None]
    metadata: Metadata = ()


@dataclass(frozen=True, slots=True)
class Latencies:
    """Sorted seconds."""

    seconds: Sequence[float]

    def quantile(self, share: float) -> float:
        """Milliseconds that `share` of the calls kept."""
        return 1000 * self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


async def throughput(target: Target, in_flight: int, seconds: float) -> float:
    """Calls a second with `in_flight` calls open at any time, after a warm-up of a fifth of the time."""
    counted = 0
    warm = time.perf_counter() + seconds / 5
    end = warm + seconds

    async with _channel(target.address) as channel:
        call = channel.unary_unary(target.method)
        numbers = iter(range(10**9))

        async def loop() -> None:
            nonlocal counted
            while (now := time.perf_counter()) < end:
                target.check(await call(target.payload(next(numbers)), metadata=target.metadata))
                counted += warm <= now

        await asyncio.gather(*(loop() for _ in range(in_flight)))
        return counted / (time.perf_counter() - warm)


async def open_loop(target: Target, rate: float, seconds: float) -> Latencies:
    """Latencies at a fixed rate; a late answer delays nobody else, and waiting to be sent counts."""
    latencies: list[float] = []
    async with _channel(target.address) as channel:
        call = channel.unary_unary(target.method)
        target.check(await call(target.payload(-1), metadata=target.metadata))

        async def one(number: int, due: float) -> None:
            target.check(await call(target.payload(number), metadata=target.metadata))
            latencies.append(time.perf_counter() - due)

        begin = time.perf_counter() + 0.1
        tasks = []
        for number in range(int(rate * seconds)):
            due = begin + number / rate
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            tasks.append(asyncio.ensure_future(one(number, due)))
        await asyncio.gather(*tasks)
    return Latencies(sorted(latencies))


def _channel(address: str) -> aio.Channel:
    return aio.insecure_channel(
        address,
        options=[("grpc.use_local_subchannel_pool", 1)],
        compression=grpc.Compression.NoCompression,
    )
