"""A server with one slot and small bounds: what waits is canceled and expires in the queue, and too much is refused."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aion.v1 import tasks_pb2
from tests.e2e.callers import Caller, MakeCaller, callers_of, task_request
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.faces import BY_NAME, Refused, collect, refusal
from tests.e2e.processes import Running, running

STREAM, SUBMIT, WATCH = BY_NAME["Stream"], BY_NAME["Submit"], BY_NAME["Watch"]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One slot, three pending tasks of a tenant, two waiters, two watchers, and two calls that wait for their turn."""
    folder: Path = tmp_path_factory.mktemp("narrow")
    bounds = {
        "AION_WORKER_SLOTS": "1",
        "AION_MAX_PENDING": "3",
        "AION_MAX_WAITERS": "2",
        "AION_MAX_WATCHERS": "2",
        "AION_MAX_QUEUED_CALLS": "2",
    }
    with running(folder, *write_small_catalogue(folder), **bounds) as ready:
        yield ready


@pytest.fixture
async def make(narrow: Running) -> AsyncIterator[MakeCaller]:
    """Makes callers of the narrow server."""
    async with callers_of(narrow) as make:
        yield make


@pytest.fixture
async def busy(make: MakeCaller) -> AsyncIterator[Caller]:
    """Somebody whose task holds the only slot while the test runs."""
    holder = make()
    async with aclosing(holder.grpc.stream(STREAM, task_request(intent="endless"))) as frames:
        task_id = (await anext(frames)).document["task_id"]
        assert (await anext(frames)).document["text"] == "I run"
        yield holder
        await holder.cancel(task_id)
        assert [frame.name async for frame in frames] == ["error"]


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_a_waiting_task_is_canceled_at_once(busy: Caller, make: MakeCaller, face):
    """1.6 A PENDING task is CANCELED at once."""
    caller = make()
    task = await caller.submit()
    assert task["status"] == "PENDING"
    asked = await caller.face(face).unary(BY_NAME["Cancel"], tasks_pb2.CancelRequest(task_id=task["task_id"]))
    assert asked["task"]["status"] == "CANCELED"
    assert asked["task"].get("attempts", []) == []
    frames = await collect(caller.rest, WATCH, tasks_pb2.WatchRequest(task_id=task["task_id"]))
    assert [frame.name for frame in frames] == ["error"]


async def test_a_task_that_waits_past_its_expire_time_ends_timeout(busy: Caller, make: MakeCaller):
    """3.2 After `expire_time` the task ends TIMEOUT, queued or running."""
    request = task_request(wait=30)
    request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(seconds=3))
    task = await make().grpc.unary(SUBMIT, request)
    assert (task["status"], task["error"]["code"], task.get("attempts", [])) == ("TIMEOUT", "TASK_EXPIRED", [])


async def test_what_waited_runs_once_there_is_room(make: MakeCaller):
    caller = make()
    answers = await asyncio.gather(*(caller.submit(params={"text": str(n)}, wait=30) for n in range(2)))
    assert [answer["result"]["text"] for answer in answers] == ["0", "1"]


async def test_a_full_queue_refuses_the_next_task_alone_for_its_tenant(busy: Caller, make: MakeCaller):
    """6.2 Over a bound the call is refused at once with RESOURCE_EXHAUSTED (HTTP 429) and a hint when to come back."""
    full, free = make(), make()
    waiting = [await full.submit(request_id=str(n)) for n in range(3)]
    for face in full.faces:
        refused = await refusal(face, SUBMIT, task_request(request_id="3"))
        assert (refused.code, refused.reason, refused.retries) == ("RESOURCE_EXHAUSTED", "QUEUE_FULL", True)
        # 5.5 A retry of what was accepted is answered with its task even if the queue is full.
        again = await face.unary(SUBMIT, task_request(request_id="2"))
        assert again["task_id"] == waiting[2]["task_id"]
    assert len(await full.tasks()) == 3
    other = await free.submit()
    for caller, tasks in ((full, waiting), (free, [other])):
        for task in tasks:
            await caller.cancel(task["task_id"])


async def test_more_watchers_than_allowed_are_refused(busy: Caller):
    """6.2 Everything is bounded: watchers too."""
    [task] = await busy.tasks()
    request = tasks_pb2.WatchRequest(task_id=task["task_id"])
    # `busy` holds one of the two places, this one the other: it has got an event.
    async with aclosing(busy.grpc.stream(WATCH, request)) as second:
        assert (await anext(second)).offset == 1
        for face in busy.faces:
            refused = await refusal(face, WATCH, request)
            assert (refused.code, refused.reason) == ("RESOURCE_EXHAUSTED", "TOO_MANY_WAITERS")
            assert refused.retries


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_of_more_calls_at_once_than_can_wait_their_turn_some_are_refused_and_none_fails_otherwise(
    make: MakeCaller, face
):
    """6.2 So is a call when more come than the server can serve."""
    caller = make()
    listing = caller.face(face).unary
    asked = [listing(BY_NAME["ListTasks"], tasks_pb2.ListTasksRequest()) for _ in range(200)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    refused = [one.refusal for one in outcomes if isinstance(one, Refused)]
    assert {(one.code, one.reason, one.retries) for one in refused} == {("RESOURCE_EXHAUSTED", "OVERLOADED", True)}
    assert [one["tasks"] for one in outcomes if not isinstance(one, BaseException)] == [[]] * (200 - len(refused))
    assert await caller.tasks() == []
