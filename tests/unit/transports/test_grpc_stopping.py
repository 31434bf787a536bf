"""The stop of the gRPC port waits for calls at work, and for nothing else."""

import asyncio
from typing import Any

from aion.adapters.transports.grpc.stopping import FOR_EVER, AtWork, stop

GRACE = 20.0


class Server:
    """Stops when its calls are cancelled, or when they `have_ended`."""

    def __init__(self) -> None:
        self.told: list[float | None] = []
        self.have_ended = asyncio.Event()

    async def stop(self, grace: float | None) -> None:
        self.told.append(grace)
        if grace is None:
            self.have_ended.set()
        await self.have_ended.wait()


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_is_open_but_not_at_work_gets_a_moment():
    server: Any = Server()
    await stop(server, AtWork(), GRACE)
    assert server.told == [FOR_EVER, None]


async def test_every_call_at_work_is_waited_for():
    server: Any = Server()
    at_work = AtWork()
    with at_work.call():
        with at_work.call():
            stopping = asyncio.create_task(stop(server, at_work, GRACE))
            await turns()
        await turns()
        assert server.told == [FOR_EVER]
    await stopping
    assert server.told == [FOR_EVER, None]


async def test_a_server_whose_calls_have_ended_is_told_nothing_more():
    server: Any = Server()
    at_work = AtWork()
    with at_work.call():
        stopping = asyncio.create_task(stop(server, at_work, GRACE))
        await turns()
        server.have_ended.set()
        await stopping
    assert server.told == [FOR_EVER]


async def test_calls_at_work_are_cancelled_when_there_is_no_more_time():
    server: Any = Server()
    at_work = AtWork()
    with at_work.call():
        await asyncio.wait_for(stop(server, at_work, 0.0), GRACE)
    assert server.told == [FOR_EVER, None]
