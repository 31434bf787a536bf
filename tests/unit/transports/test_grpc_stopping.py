"""The stop of the gRPC port waits for calls at work, and for nothing else."""

import asyncio
from typing import Any

from aion.adapters.transports.grpc.stopping import LAST_WORD_SECONDS, AtWork, stop

GRACE = 60.0


class Server:
    """Stops once it is told to for the second time, as one whose other calls never end."""

    def __init__(self) -> None:
        self.told: list[float] = []
        self._stopped = asyncio.Event()

    async def stop(self, grace: float) -> None:
        self.told.append(grace)
        if len(self.told) > 1:
            self._stopped.set()
        await self._stopped.wait()


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_is_open_but_not_at_work_gets_a_moment():
    server: Any = Server()
    await stop(server, AtWork(), GRACE)
    assert server.told == [GRACE, LAST_WORD_SECONDS]


async def test_every_call_at_work_is_waited_for():
    server: Any = Server()
    at_work = AtWork()
    with at_work.call():
        with at_work.call():
            stopping = asyncio.create_task(stop(server, at_work, GRACE))
            await turns()
        await turns()
        assert server.told == [GRACE]
    await stopping
    assert server.told == [GRACE, LAST_WORD_SECONDS]


async def test_a_moment_is_no_longer_than_the_time_there_is():
    server: Any = Server()
    await stop(server, AtWork(), 0.0)
    assert server.told == [0.0, 0.0]
