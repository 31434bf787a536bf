"""Connect and gRPC-Web on the wire: what a client of either protocol may rely on, and what it cannot do to AION."""

import asyncio
import base64
import gzip
import json
import random
import re
import socket
from contextlib import aclosing
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from aion.adapters.rpc.methods import methods
from aion.adapters.transports.connect.app import DIALECTS, ConnectApp, is_rpc_path
from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2
from tests.contract.transports.front_door import GOOD, Door
from tests.e2e.connect_faces import ConnectFace, GrpcWebFace, envelope
from tests.e2e.faces import BY_NAME, refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")
CANCEL, WATCH, SUBMIT = (BY_NAME[name].path for name in ("Cancel", "Watch", "Submit"))
JSON, CONNECT = {**GOOD, "content-type": "application/json"}, {**GOOD, "content-type": "application/connect+json"}
WEB = {**GOOD, "content-type": "application/grpc-web+proto"}
ENCODINGS = ("content-encoding", "connect-content-encoding", "grpc-encoding", "x-nothing")
TASK = json.dumps({"taskId": "t"}).encode()


def token(offset: int) -> tasks_pb2.WatchResponse:
    return tasks_pb2.WatchResponse(
        event=events_pb2.TaskEvent(offset=offset, kind=events_pb2.EVENT_KIND_TOKEN, text="é")
    )


async def test_every_public_rpc_has_its_path_and_no_internal_one_has():
    served = ConnectApp(bodies=None)._methods  # type: ignore[arg-type]
    assert served == methods()
    assert all(path.startswith("/aion.v1.") for path in served)


@pytest.mark.parametrize(
    "path", ["/v1/tasks", "/openapi.json", "/", "/aion.v1.AionTasks/", "/aion.v1.AionTasks/Submit/x"]
)
async def test_other_paths_are_not_taken_for_rpcs(path):
    assert not is_rpc_path(path)


@pytest.mark.parametrize("path", ["/aion.v1.AionTasks/Guess", "/aion.workers.v1.AionWorkers/Lease"])
async def test_an_unknown_method_is_refused_in_the_words_of_the_protocol(door: Door, path):
    unary = await door.client.post(path, content=b"{}", headers=JSON)
    assert (unary.status_code, unary.json()["code"]) == (501, "unimplemented")
    stream = await door.client.post(path, content=envelope(b"{}"), headers=CONNECT)
    assert (stream.status_code, json.loads(stream.content[5:])["error"]["code"]) == (200, "unimplemented")
    web = await door.client.post(path, content=envelope(b""), headers=WEB)
    assert web.status_code == 200
    assert b"grpc-status: 12\r\n" in web.content


@pytest.mark.parametrize("slash", ["%2F", "%2f", "%5C"])
async def test_a_slash_that_does_not_look_like_one_reaches_no_rpc(door: Door, slash):
    """A proxy that guards paths would not see which method is called."""
    for path in (CANCEL.replace("/Cancel", f"{slash}Cancel"), f"{slash}{CANCEL[1:]}"):
        answer = await door.client.post(path if path[0] == "/" else f"/{path}", content=b"{}", headers=JSON)
        assert (answer.status_code, answer.json()["reason"]) == (404, "METHOD_NOT_FOUND")


@pytest.mark.parametrize("verb", ["GET", "HEAD", "PUT", "DELETE"])
async def test_only_post_calls_an_rpc(door: Door, verb):
    """No RPC is marked as free of side effects, so Connect's GET does not exist here."""
    answer = await door.client.request(verb, CANCEL, headers=GOOD)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("path", "media"),
    [
        (CANCEL, "application/connect+json"),
        (WATCH, "application/json"),
        (CANCEL, "text/plain"),
        (CANCEL, ""),
        (CANCEL, "application/json; charset=latin-1"),
    ],
)
async def test_a_media_type_that_the_method_does_not_speak_is_refused_and_told_of_those_it_does(
    door: Door, path, media
):
    answer = await door.client.post(path, content=TASK, headers={**GOOD, "content-type": media})
    assert (answer.status_code, answer.json()["reason"]) == (415, "MALFORMED_REQUEST")
    spoken = set(answer.headers["accept-post"].split(", "))
    assert {"application/grpc-web+proto"} < spoken < set(DIALECTS)
    assert ("application/json" in spoken) == (path == CANCEL)


async def test_a_plain_client_needs_no_header_of_the_protocol(door: Door):
    answer = await door.client.post(
        CANCEL, content=TASK, headers={**GOOD, "content-type": "Application/JSON; charset=UTF-8"}
    )
    assert (answer.status_code, answer.json()) == (200, {})
    assert door.script.calls[0].request == tasks_pb2.CancelRequest(task_id="t")


async def test_json_is_the_protobuf_mapping_and_takes_both_names_of_a_field(door: Door):
    door.script.answer = tasks_pb2.TaskResult(
        task_id="t", result_json='{"a": 1}', state=lifecycle_pb2.TASK_STATE_OK, last_offset=3
    )
    body = {"intent": "echo", "params_json": "{}", "taskId": "t", "wait": "1.5s", "sla": {"budgetMicros": "7"}}
    answer = await door.client.post(SUBMIT, content=json.dumps(body).encode(), headers=JSON)
    request: Any = door.script.calls[0].request
    assert request == tasks_pb2.TaskRequest(
        intent="echo",
        params_json="{}",
        task_id="t",
        wait=Duration(seconds=1, nanos=500_000_000),
        sla=tasks_pb2.SLA(budget_micros=7),
    )
    assert answer.json() == {
        "taskId": "t",
        "resultJson": '{"a": 1}',
        "state": "TASK_STATE_OK",
        "lastOffset": "3",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"taskId": 1}', "taskId"),
        (b'{"task_identity": "t"}', "task_identity"),
        (b'{"taskId": "t", "task_id": "t"}', "task_id"),
    ],
)
async def test_members_that_do_not_fit_are_named(door: Door, body, field):
    """8.2 Unknown JSON members are refused; unknown protobuf fields are a newer client's and are ignored."""
    answer = await door.client.post(CANCEL, content=body, headers=JSON)
    error = answer.json()
    assert (answer.status_code, error["code"]) == (400, "invalid_argument")
    violations = next(d["debug"] for d in error["details"] if d["type"] == "google.rpc.BadRequest")
    assert [v["field"] for v in violations["fieldViolations"]] == [field]


@pytest.mark.parametrize("path", ["/v1/tasks:batch", BY_NAME["SubmitBatch"].path])
async def test_a_list_that_is_far_too_long_is_refused_by_its_rule_and_not_built(door: Door, path):
    """Of a list that may have 100 items, 101 are enough to refuse it: all of them would only take time."""
    body = b'{"requests":[%b]}' % b",".join([b"{}"] * 100_000)
    answer = await door.client.post(path, content=body, headers=JSON)
    assert (answer.status_code, b"VALIDATION_FAILED" in answer.content) == (400, True)
    assert b"100 item" in answer.content


async def test_unknown_fields_of_a_newer_client_are_ignored(door: Door):
    """8.2 Unknown JSON members are refused; unknown protobuf fields are a newer client's and are ignored."""
    data = tasks_pb2.CancelRequest(task_id="t").SerializeToString() + b"\xf8\x07\x01"
    answer = await door.client.post(CANCEL, content=data, headers={**GOOD, "content-type": "application/proto"})
    assert answer.status_code == 200
    assert door.script.calls[0].request == tasks_pb2.CancelRequest(task_id="t")


@pytest.mark.parametrize(
    ("headers", "name", "value"),
    [
        *((JSON, "connect-timeout-ms", value) for value in ("-1", "1.5", "", "x", "1" * 11, "٣")),
        *((WEB, "grpc-timeout", value) for value in ("5", "S", "", "5s", "-1S", "1" * 9 + "S", "1 S")),
        (JSON, "connect-protocol-version", "2"),
    ],
)
async def test_a_header_of_the_protocol_that_cannot_be_read_is_refused(door: Door, headers, name, value):
    path, body = (CANCEL, TASK) if headers is JSON else (WATCH, envelope(b""))
    answer = await door.client.post(path, content=body, headers={**headers, name: value.encode()})
    assert f"the header {name} must be".encode() in answer.content


@pytest.mark.parametrize("face", ["connect-json", "connect-proto", "grpc-web"])
@pytest.mark.parametrize("name", ["Cancel", "Watch", "Submit"])
async def test_the_deadline_of_a_call_bounds_the_call(door: Door, face, name):
    """3.1 The deadline of a call bounds the call. It never ends a task, and a client that leaves cancels nothing that
    was accepted."""
    door.script.hold = asyncio.Event()
    request = {"Cancel": tasks_pb2.CancelRequest, "Watch": tasks_pb2.WatchRequest}
    message = request[name](task_id="t") if name in request else tasks_pb2.TaskRequest(intent="echo")
    for text, entered in ((("0", "0n"), False), (("20", "20m"), True)):
        said = {"grpc-timeout": text[1]} if face == "grpc-web" else {"connect-timeout-ms": text[0]}
        refused = await refusal(door.face(face), BY_NAME[name], message, said)
        assert (refused.code, refused.reason) == ("DEADLINE_EXCEEDED", "CALL_DEADLINE_EXCEEDED")
        assert door.script.entered.is_set() == entered
    await door.script.left.wait()


async def test_the_deadline_reaches_the_use_case(door: Door):
    await door.client.post(CANCEL, content=TASK, headers={**JSON, "connect-timeout-ms": "3600000"})
    assert door.script.calls[0].caller.deadline is not None


async def test_messages_come_as_they_are_made_and_the_quiet_stream_has_its_headers(door: Door):
    door.script.hold = asyncio.Event()
    for name in ("connect-json", "connect-proto", "grpc-web"):
        door.script.messages = [token(1), token(2)]
        face: Any = door.face(name)
        async with aclosing(face.stream(BY_NAME["Watch"], tasks_pb2.WatchRequest(task_id="t"))) as frames:
            assert [(await anext(frames)).offset for _ in range(2)] == [1, 2]
        door.script.messages = []
        async with door.client.stream("POST", WATCH, content=envelope(b"{}"), headers=CONNECT) as quiet:
            assert quiet.status_code == 200


@pytest.mark.parametrize("media", ["application/connect+json", "application/grpc-web+json"])
async def test_a_client_that_leaves_ends_its_stream(door: Door, media):
    """3.1 The deadline of a call bounds the call. It never ends a task, and a client that leaves cancels nothing that
    was accepted."""
    door.script.hold = asyncio.Event()
    host, port = door.http.split(":")
    body = envelope(TASK)
    head = f"POST {WATCH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-type: {media}\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)
        await asyncio.wait_for(door.script.entered.wait(), 30)
    await asyncio.wait_for(door.script.left.wait(), 30)


async def test_a_client_that_leaves_a_waiting_call_frees_its_slot(door: Door):
    door.script.hold = asyncio.Event()
    calling = asyncio.ensure_future(door.client.post(SUBMIT, content=b'{"intent": "echo"}', headers=JSON))
    await asyncio.wait_for(door.script.entered.wait(), 30)
    calling.cancel()
    await asyncio.wait_for(door.script.left.wait(), 30)


async def test_a_drain_ends_streams_with_a_word(door: Door):
    door.script.hold = asyncio.Event()
    for face in (door.face("connect-proto"), door.face("grpc-web")):
        door.script.entered.clear()
        watching = asyncio.ensure_future(refusal(face, BY_NAME["Watch"], tasks_pb2.WatchRequest(task_id="t")))
        await asyncio.wait_for(door.script.entered.wait(), 30)
        door.pipeline.end_streams()
        assert (await asyncio.wait_for(watching, 30)).reason == "DRAINING"
        door.pipeline._draining = door.pipeline._ending = False


async def test_the_text_form_of_grpc_web_is_base64_both_ways_frame_by_frame(door: Door):
    door.script.messages = [token(1)]
    request = base64.b64encode(envelope(tasks_pb2.WatchRequest(task_id="t").SerializeToString()))
    headers = {**GOOD, "content-type": "application/grpc-web-text"}
    answer = await door.client.post(WATCH, content=request, headers=headers)
    assert answer.headers["content-type"] == "application/grpc-web-text+proto"
    pieces = re.findall(rb"[A-Za-z0-9+/]+={0,2}", answer.content)
    frames = b"".join(base64.b64decode(piece) for piece in pieces)
    assert frames.startswith(envelope(token(1).SerializeToString()))
    assert frames.endswith(envelope(b"grpc-status: 0\r\n", flags=0x80))
    broken = await door.client.post(WATCH, content=b"!!!", headers=headers)
    assert b"grpc-status: 3" in base64.b64decode(broken.content)


async def test_ids_are_in_every_answer(door: Door):
    """8.9 Every answer and every error carries a request id and a trace id."""
    for face in door.faces():
        if isinstance(face, ConnectFace | GrpcWebFace):
            door.script.error = None
            answer = await door.client.post(
                CANCEL, content=TASK, headers={**JSON, "x-request-id": "mine", "traceparent": "x"}
            )
            assert answer.headers["x-request-id"] == "mine"
            assert len(answer.headers["x-trace-id"]) == 32


async def test_a_doubled_header_is_refused(door: Door):
    answer = await door.client.post(
        CANCEL, content=TASK, headers=[*JSON.items(), ("traceparent", "a"), ("traceparent", "b")]
    )
    assert answer.json()["code"] == "invalid_argument"


async def test_whatever_comes_is_answered_in_the_words_of_the_protocol(door: Door):
    """8.3 Bytes that cannot be decoded are INVALID_ARGUMENT with reason `MALFORMED_REQUEST`."""
    chance = random.Random(20)
    good = envelope(tasks_pb2.WatchRequest(task_id="t", after_offset=3).SerializeToString())
    for _ in range(300):
        body = bytearray(chance.choice((good, TASK, envelope(TASK), gzip.compress(TASK))))
        for _ in range(chance.randrange(4)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        path, media = chance.choice((CANCEL, WATCH)), chance.choice(sorted(DIALECTS))
        headers = {**GOOD, "content-type": media, chance.choice(ENCODINGS): "gzip"}
        answer = await door.client.post(path, content=bytes(body[chance.randrange(3) :]), headers=headers)
        assert answer.status_code in (200, 400, 415), (path, media, body)
        assert b"INTERNAL" not in answer.content, (path, media, body)
    assert door.observer.defects == []
