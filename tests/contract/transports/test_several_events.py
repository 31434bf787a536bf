"""Several events in one message of Watch: over what carries messages, as many as are there; over what carries frames,
one each, whatever is asked.
"""

import pytest

from aion.v1 import tasks_pb2
from tests.contract.transports.connect_client import SPOKEN, called, connect_client
from tests.e2e.answers import one_by_one
from tests.e2e.callers import Caller
from tests.e2e.faces import BY_NAME, TIMEOUT, collect, refusal
from tests.e2e.processes import Running
from tests.e2e.socket_faces import open_socket

WATCH = BY_NAME["Watch"]
EVENTS = 7
"""Of a story: they are there at once when it has ended."""


async def over_grpc(caller: Caller, server: Running, request: tasks_pb2.WatchRequest) -> list[tasks_pb2.WatchResponse]:
    """The messages as grpcio gets them."""
    call = caller.grpc.channel.unary_stream(WATCH.path)
    metadata = tuple(caller.grpc.headers.items())
    answers = call(request.SerializeToString(), metadata=metadata, timeout=TIMEOUT)
    return [tasks_pb2.WatchResponse.FromString(data) async for data in answers]


def over_http(protocol: str, codec: str):
    """The messages as an independent client of Connect or gRPC-Web gets them."""

    async def read(caller: Caller, server: Running, request: tasks_pb2.WatchRequest) -> list[tasks_pb2.WatchResponse]:
        async with connect_client(server.url, protocol, codec) as client:
            return await called(client, WATCH, request, caller.grpc.headers)

    return read


WIRES = {
    "grpc": over_grpc,
    **{f"{protocol}-{codec}".lower(): over_http(protocol, codec) for protocol, codec in SPOKEN},
}


async def a_story(caller: Caller) -> str:
    """The id of a task whose log has ended."""
    task = await caller.submit(intent="story", wait=30)
    assert (task["status"], task["last_offset"]) == ("OK", EVENTS)
    return str(task["task_id"])


def offsets(message: tasks_pb2.WatchResponse) -> list[int]:
    return [event.offset for event in (message.event, *message.more_events)]


@pytest.mark.parametrize("wire", WIRES)
async def test_events_that_are_there_come_together_up_to_the_limit_and_in_order(
    caller: Caller, server: Running, wire: str
):
    """4.9 A client may take several events in one message; the task comes with the last."""
    task_id = await a_story(caller)
    single = await WIRES[wire](caller, server, tasks_pb2.WatchRequest(task_id=task_id))
    assert [offsets(message) for message in single] == [[n] for n in range(1, EVENTS + 1)]
    for most, together in ((1, 7 * [1]), (3, [3, 3, 1]), (6, [6, 1]), (7, [7]), (64, [7])):
        request = tasks_pb2.WatchRequest(task_id=task_id, max_events=most)
        got = await WIRES[wire](caller, server, request)
        assert [len(offsets(message)) for message in got] == together
        assert [message.HasField("task") for message in got] == [False] * (len(got) - 1) + [True]
        assert [one for message in got for one in one_by_one(message)] == single


@pytest.mark.parametrize("wire", WIRES)
async def test_a_watch_resumes_after_the_last_event_of_a_message(caller: Caller, server: Running, wire: str):
    task_id = await a_story(caller)
    (whole,) = await WIRES[wire](caller, server, tasks_pb2.WatchRequest(task_id=task_id, max_events=64))
    for after in range(EVENTS):
        request = tasks_pb2.WatchRequest(task_id=task_id, after_offset=after, max_events=64)
        (rest,) = await WIRES[wire](caller, server, request)
        assert one_by_one(rest) == one_by_one(whole)[after:]
    beyond = tasks_pb2.WatchRequest(task_id=task_id, after_offset=EVENTS, max_events=64)
    (last,) = await WIRES[wire](caller, server, beyond)
    assert (last.HasField("event"), list(last.more_events), last.task) == (False, [], whole.task)


async def test_every_transport_reads_one_log_however_many_events_a_message_brings(caller: Caller):
    task_id = await a_story(caller)
    frames = await collect(caller.rest, WATCH, tasks_pb2.WatchRequest(task_id=task_id))
    for face in caller.every_face:
        for most in (0, 2, 64):
            assert await collect(face, WATCH, tasks_pb2.WatchRequest(task_id=task_id, max_events=most)) == frames


@pytest.mark.parametrize("asked", [-1, 65, 2**31 - 1])
async def test_more_events_than_a_message_may_bring_are_refused_by_name(caller: Caller, asked: int):
    request = tasks_pb2.WatchRequest(task_id="t", max_events=asked)
    for face in caller.every_face:
        if face.name in ("rest", "ws"):
            continue  # they have no such field: see below
        refused = await refusal(face, WATCH, request)
        assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "VALIDATION_FAILED"), face.name
        ((field, sentence),) = refused.violations
        assert field == "max_events"
        assert "64" in sentence or asked < 0


async def test_where_every_event_has_a_frame_there_is_no_such_field(caller: Caller, server: Running):
    """4.9 SSE and the WebSocket give every event a frame: `max_events` is no field there, and OpenAPI lacks it."""
    answer = await caller.rest.client.get("/v1/tasks/t:watch?max_events=2", headers=caller.rest.headers)
    assert (answer.status_code, answer.json()["reason"]) == (400, "MALFORMED_REQUEST")
    assert [violation["field"] for violation in answer.json()["violations"]] == ["max_events"]
    async with open_socket(f"ws://{server.http}", caller.rest.headers) as socket:
        for name in ("max_events", "maxEvents"):
            await socket.say(kind="subscribe", id=name, task_id="t", **{name: 2})
            problem = (await socket.hear())["data"]
            assert (problem["reason"], problem["detail"]) == (
                "MALFORMED_REQUEST",
                f"{name} is not a field here; the fields are task_id, after_offset",
            )
    document = (await caller.rest.client.get("/openapi.json", headers=caller.rest.headers)).json()
    shown = document["components"]["schemas"]["aion.v1.WatchResponse"]["properties"]
    assert set(shown) == {"event", "task"}
    assert "max_events" not in str(document)
