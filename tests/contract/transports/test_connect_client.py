"""Connect and gRPC-Web as an independent client speaks them: the Python client of the Connect project."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from connectrpc.client import ConnectClient
from connectrpc.code import Code
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.errors import ConnectError
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from connectrpc.protocol import ProtocolType
from google.rpc import error_details_pb2

from aion.adapters.rpc.methods import Method
from aion.domain.errors import TaskNotFound
from aion.v1 import events_pb2, tasks_pb2
from tests.contract.transports.front_door import GOOD, Door
from tests.e2e.faces import BY_NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")
CODECS = {"json": google_protobuf_json_codec, "proto": google_protobuf_binary_codec}


def info(method: Method) -> Any:
    return MethodInfo(
        name=method.name,
        service_name=method.path.split("/")[1],
        input=method.request,
        output=method.response,
        idempotency_level=IdempotencyLevel.UNKNOWN,
        stream_type=StreamType.SERVER_STREAM if method.streams else StreamType.UNARY,
    )


async def called(client: ConnectClient, method: Method, request: Any) -> list[Any]:
    """The answers of a call of either kind."""
    if not method.streams:
        return [await client.execute_unary(request=request, method=info(method), headers=GOOD)]
    stream = client.execute_server_stream(request=request, method=info(method), headers=GOOD)
    async with aclosing(stream) as messages:  # type: ignore[type-var]
        return [message async for message in messages]


@pytest.fixture(params=[(p, c) for p in ("CONNECT", "GRPC_WEB") for c in CODECS], ids="-".join)
async def client(request: pytest.FixtureRequest, door: Door) -> AsyncIterator[ConnectClient]:
    protocol, codec = request.param
    async with ConnectClient(f"http://{door.http}", protocol=ProtocolType[protocol], codec=CODECS[codec]()) as client:
        yield client


async def test_a_unary_call_is_answered(door: Door, client: ConnectClient):
    task = tasks_pb2.TaskResult(task_id="t", result_json='{"a":"ü"}')
    door.script.answer = tasks_pb2.CancelResponse(task=task)
    request = tasks_pb2.CancelRequest(task_id="t")
    assert await called(client, BY_NAME["Cancel"], request) == [door.script.answer]


async def test_a_stream_brings_its_messages(door: Door, client: ConnectClient):
    events = [events_pb2.TaskEvent(offset=n, kind=events_pb2.EVENT_KIND_TOKEN, text="é" * n) for n in (1, 2, 3)]
    door.script.messages = [tasks_pb2.WatchResponse(event=event) for event in events]
    request = tasks_pb2.WatchRequest(task_id="t")
    assert await called(client, BY_NAME["Watch"], request) == door.script.messages


@pytest.mark.parametrize("name", ["Cancel", "Watch"])
async def test_an_error_comes_with_its_details(door: Door, client: ConnectClient, name):
    door.script.error = TaskNotFound("there is no task t; ü % \n", facts={"task_id": "t"})
    request = BY_NAME[name].request(task_id="t")
    with pytest.raises(ConnectError) as raised:
        await called(client, BY_NAME[name], request)
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
