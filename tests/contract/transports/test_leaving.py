"""A block that ends when the client of its request leaves."""

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from aion.adapters.transports.http.answers import Message
from aion.adapters.transports.http.leaving import ClientGone, WhileClientStays


class Client:
    """What `receive` tells of a client that has sent its request: nothing until it leaves."""

    def __init__(self) -> None:
        self.asked = 0
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        """Waits as uvicorn's does."""
        self.asked += 1
        if self.asked == 1:
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}


async def _forever(began: asyncio.Event) -> None:
    began.set()
    await asyncio.Event().wait()


async def _served(client: Client, work: Callable[[], "asyncio.Future[None]"]) -> None:
    async with WhileClientStays(client.receive):
        await work()


async def test_work_for_a_client_that_leaves_is_cancelled() -> None:
    client, began = Client(), asyncio.Event()
    serving = asyncio.create_task(_served(client, lambda: asyncio.ensure_future(_forever(began))))
    await began.wait()
    client.left.set()
    with pytest.raises(ClientGone):
        await serving
    assert serving.cancelling() == 0, "whoever serves goes on, as if nobody had cancelled it"


async def test_a_block_that_never_waits_asks_nothing_of_its_client() -> None:
    client = Client()
    with pytest.raises(ValueError, match="refused"):
        async with WhileClientStays(client.receive):
            raise ValueError("refused")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert client.asked == 0


async def test_what_the_block_raises_is_not_taken_for_the_clients_leaving() -> None:
    client, began = Client(), asyncio.Event()

    async def goes_wrong() -> None:
        async with WhileClientStays(client.receive):
            try:
                await _forever(began)
            except asyncio.CancelledError:
                raise ValueError("wrong") from None

    serving = asyncio.create_task(goes_wrong())
    await began.wait()
    client.left.set()
    with pytest.raises(ValueError, match="wrong"):
        await serving
    assert serving.cancelling() == 0


async def test_a_block_of_a_task_that_somebody_once_cancelled_ends_as_any_other() -> None:
    client, began = Client(), asyncio.Event()

    async def goes_on_after_a_cancellation() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        await _served(client, lambda: asyncio.ensure_future(_forever(began)))

    serving = asyncio.create_task(goes_on_after_a_cancellation())
    await began.wait()
    client.left.set()
    with pytest.raises(ClientGone):
        await serving


async def test_a_client_that_leaves_while_the_block_ends_cancels_nothing_that_follows() -> None:
    client = Client()
    async with WhileClientStays(client.receive):
        for _ in range(3):
            await asyncio.sleep(0)
        client.left.set()
        await asyncio.sleep(0)  # the watch has ended, its word is on its way
    for _ in range(4):
        await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_block_that_ended_is_not_cancelled_by_a_client_that_leaves_later() -> None:
    client = Client()
    async with WhileClientStays(client.receive):
        await asyncio.sleep(0)
    client.left.set()
    for _ in range(4):
        await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_who_cancels_the_serving_task_is_not_told_that_the_client_left() -> None:
    client, began = Client(), asyncio.Event()
    serving = asyncio.create_task(_served(client, lambda: asyncio.ensure_future(_forever(began))))
    await began.wait()
    client.left.set()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_a_cancellation_beside_the_clients_leaving_wins() -> None:
    client, began = Client(), asyncio.Event()

    async def cancels_itself() -> None:
        task = asyncio.current_task()
        assert task is not None
        async with WhileClientStays(client.receive):
            try:
                await _forever(began)
            except asyncio.CancelledError:
                task.cancel()  # somebody else's, while the block ends
                raise

    serving = asyncio.create_task(cancels_itself())
    await began.wait()
    client.left.set()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_no_watch_is_left_behind() -> None:
    client = Client()
    before = asyncio.all_tasks()
    async with WhileClientStays(client.receive):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert client.asked == 2, "it watches while the block waits"
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
