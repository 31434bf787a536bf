"""Tenants are apart: what one has cannot be told from what does not exist by another."""

from uuid import uuid4

import grpc
import pytest

from aion.v1 import tasks_pb2
from tests.e2e.callers import Caller
from tests.e2e.faces import BY_NAME
from tests.e2e.transcoding import transcode

# Given by the caller, so that two calls can be compared byte for byte.
MARKS = {"x-request-id": "same", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}
BY_TASK = {
    "StatusById": tasks_pb2.TaskId,
    "Watch": tasks_pb2.WatchRequest,
    "Cancel": tasks_pb2.CancelRequest,
    "ExplainDecision": tasks_pb2.ExplainDecisionRequest,
    "Retry": tasks_pb2.RetryRequest,
}


async def over_grpc(caller: Caller, name: str, task_id: str) -> object:
    """Everything that gRPC says of a refused call."""
    method = BY_NAME[name]
    metadata = tuple({**caller.grpc.headers, **MARKS}.items())
    data = BY_TASK[name](task_id=task_id).SerializeToString()
    channel = caller.grpc.channel
    open_call = channel.unary_stream if method.streams else channel.unary_unary
    call = open_call(method.path)(data, metadata=metadata)
    said = await call.code(), await call.details(), tuple(await call.initial_metadata())
    assert said[0] is not grpc.StatusCode.OK
    return *said, tuple(await call.trailing_metadata())


async def over_rest(caller: Caller, name: str, task_id: str) -> object:
    """Everything that HTTP says of a refused call but the time."""
    http = transcode(BY_NAME[name], BY_TASK[name](task_id=task_id))
    answer = await caller.rest.client.request(
        http.verb, http.path, json=http.body, headers={**caller.rest.headers, **MARKS}
    )
    headers = [(key, value) for key, value in answer.headers.items() if key != "date"]
    return answer.status_code, headers, answer.content


@pytest.mark.parametrize("name", BY_TASK)
@pytest.mark.parametrize("ask", [over_grpc, over_rest], ids=["grpc", "rest"])
async def test_a_foreign_id_is_byte_for_byte_like_one_that_is_not_there(caller: Caller, other: Caller, ask, name):
    """1.2 What one tenant has cannot be told from what does not exist by another."""
    task_id = f"task-{uuid4().hex}"
    before = await ask(other, name, task_id)
    await caller.submit(intent="story", task_id=task_id, wait=30)
    assert await ask(other, name, task_id) == before
    assert (await caller.get(task_id))["status"] == "OK"


def test_every_method_that_names_a_task_is_covered():
    named = {method.name for method in BY_NAME.values() if "task_id" in method.request.DESCRIPTOR.fields_by_name}
    # A ticket may name a task that is not there yet; what it opens is refused like everything else.
    assert named - {"Submit", "Stream", "CreateTicket"} == set(BY_TASK)


async def test_two_tenants_may_use_the_same_id(caller: Caller, other: Caller):
    """1.2 A task's key is (tenant, task id)."""
    task_id = f"task-{uuid4().hex}"
    mine = await caller.submit(task_id=task_id, params={"text": "mine"}, wait=30)
    theirs = await other.submit(task_id=task_id, params={"text": "theirs"}, wait=30)
    assert (mine["result"], theirs["result"]) == ({"text": "mine"}, {"text": "theirs"})
    assert [task["task_id"] for task in await other.tasks()] == [task_id]
