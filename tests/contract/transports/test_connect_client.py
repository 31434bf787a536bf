"""What an independent client of Connect and gRPC-Web gets."""

from collections.abc import AsyncIterator

import pytest
from connectrpc.client import ConnectClient
from connectrpc.code import Code
from connectrpc.errors import ConnectError
from connectrpc.method import MethodInfo
from google.rpc import error_details_pb2

from aion.domain.errors import TaskNotFound
from aion.v1 import events_pb2, tasks_pb2
from tests.contract.transports.connect_client import SPOKEN, called, connect_client, info
from tests.contract.transports.front_door import GOOD, Door
from tests.e2e.faces import BY_NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(params=SPOKEN, ids="-".join)
async def client(request: pytest.FixtureRequest, door: Door) -> AsyncIterator[ConnectClient]:
    async with connect_client(f"http://{door.http}", *request.param) as client:
        yield client


async def test_a_unary_call_is_answered(door: Door, client: ConnectClient):
    task = tasks_pb2.TaskResult(task_id="t", result_json='{"a":"ü"}')
    door.script.answer = tasks_pb2.CancelResponse(task=task)
    request = tasks_pb2.CancelRequest(task_id="t")
    assert await called(client, BY_NAME["Cancel"], request, GOOD) == [door.script.answer]


async def test_a_stream_brings_its_messages(door: Door, client: ConnectClient):
    events = [events_pb2.TaskEvent(offset=n, kind=events_pb2.EVENT_KIND_TOKEN, text="é" * n) for n in (1, 2, 3)]
    door.script.messages = [tasks_pb2.WatchResponse(event=event) for event in events]
    request = tasks_pb2.WatchRequest(task_id="t")
    assert await called(client, BY_NAME["Watch"], request, GOOD) == door.script.messages


@pytest.mark.parametrize("name", ["Cancel", "Watch"])
async def test_an_error_comes_with_its_details(door: Door, client: ConnectClient, name):
    door.script.error = TaskNotFound("there is no task t; ü % \n", facts={"task_id": "t"})
    request = BY_NAME[name].request(task_id="t")
    with pytest.raises(ConnectError) as raised:
        await called(client, BY_NAME[name], request, GOOD)
    assert (raised.value.code, raised.value.message) == (Code.NOT_FOUND, "there is no task t; ü % \n")
    details = {detail.type_name: detail.message_bytes for detail in raised.value.details}
    reason = error_details_pb2.ErrorInfo.FromString(details["google.rpc.ErrorInfo"])
    assert (reason.reason, dict(reason.metadata)) == ("TASK_NOT_FOUND", {"task_id": "t"})


async def test_an_unknown_method_is_unimplemented(client: ConnectClient):
    method = info(BY_NAME["Cancel"])
    unknown = MethodInfo(
        name="Guess",
        service_name=method.service_name,
        input=method.input,
        output=method.output,
        idempotency_level=method.idempotency_level,
        stream_type=method.stream_type,
    )
    with pytest.raises(ConnectError) as raised:
        await client.execute_unary(request=tasks_pb2.CancelRequest(), method=unknown, headers=GOOD)
    assert raised.value.code is Code.UNIMPLEMENTED
