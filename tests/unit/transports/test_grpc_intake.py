"""Messages that come in over gRPC: those that take long are few, and none takes for ever."""

import asyncio

import pytest
from grpc import aio

from aion.adapters.transports.grpc.intake import Intake, Unread
from aion.domain.errors import CallDeadlineExceeded, Draining, MalformedRequest, RateLimited, Unauthenticated
from aion.v1 import tasks_pb2

LONG = 60.0


async def never() -> bytes:
    await asyncio.Event().wait()
    raise AssertionError("nothing comes")


async def test_a_message_that_comes_is_taken():
    async def read() -> bytes:
        return b"message"

    assert await Intake().take("acme", read) == b"message"


async def test_a_call_without_a_message_is_refused():
    async def read() -> object:
        return aio.EOF

    with pytest.raises(MalformedRequest, match="no message"):
        await Intake().take("acme", read)


async def test_a_message_that_does_not_come_is_given_up_and_its_task_goes_on():
    with pytest.raises(CallDeadlineExceeded, match=r"within 0\.02 s"):
        await Intake(most=1, unnoticed=0.01, seconds=0.02).take("acme", never)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_of_too_many_slow_messages_the_one_that_took_longest_goes():
    intake = Intake(most=2, unnoticed=0, seconds=LONG)
    waiting = [asyncio.create_task(intake.take("acme", never)) for _ in range(3)]
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert done == {waiting[0]}
    with pytest.raises(RateLimited):
        await waiting[0]
    for task in left:
        task.cancel()
    assert [type(outcome) for outcome in await asyncio.gather(*left, return_exceptions=True)] == [
        asyncio.CancelledError,
        asyncio.CancelledError,
    ]


async def test_of_messages_that_grow_slow_together_no_more_stay_than_may():
    intake = Intake(most=2, unnoticed=0, seconds=LONG)
    waiting = [asyncio.create_task(intake.take("acme", never)) for _ in range(10)]
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert done == set(waiting[:8])
    assert {type(task.exception()) for task in done} == {RateLimited}
    for task in left:
        task.cancel()
    await asyncio.wait(left)


async def test_too_many_slow_messages_of_one_tenant_end_nobody_elses():
    """6.2 When there is one too many, one of the tenant with most of them goes."""
    intake = Intake(most=3, unnoticed=0, seconds=LONG)
    waiting = [asyncio.create_task(intake.take(tenant, never)) for tenant in ("globex", *["acme"] * 5)]
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert done == set(waiting[1:4])
    assert {type(task.exception()) for task in done} == {RateLimited}
    for task in left:
        task.cancel()
    await asyncio.wait(left)


async def test_a_burst_is_no_crowd():
    intake, come = Intake(most=2, unnoticed=LONG, seconds=LONG), asyncio.Event()

    async def read() -> bytes:
        await come.wait()
        return b"message"

    waiting = [asyncio.create_task(intake.take("acme", read)) for _ in range(100)]
    await asyncio.sleep(0)
    come.set()
    assert await asyncio.gather(*waiting) == [b"message"] * 100


async def test_a_client_that_leaves_is_no_refusal():
    waiting = asyncio.create_task(Intake().take("acme", never))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_what_was_never_read_is_never_decoded():
    assert Unread().size == 0
    with pytest.raises(Unauthenticated):
        Unread().decode(tasks_pb2.TaskRequest)


async def test_when_the_server_goes_no_message_is_waited_for_any_longer():
    intake = Intake(most=2, unnoticed=LONG, seconds=LONG)
    waiting = [asyncio.create_task(intake.take("acme", never)) for _ in range(3)]
    await asyncio.sleep(0)
    intake.end()
    assert [type(outcome) for outcome in await asyncio.gather(*waiting, return_exceptions=True)] == [Draining] * 3
