"""A bad request gets one typed error over every transport, which names field and remedy, and leaves nothing behind."""

from math import inf, nan

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.v1 import tasks_pb2
from tests.e2e.answers import refusal_of_rpc
from tests.e2e.callers import Caller, task_request
from tests.e2e.faces import BY_NAME, refusal

STREAM, SUBMIT = BY_NAME["Stream"], BY_NAME["Submit"]
PAST = Timestamp(seconds=1_000_000_000)


def budget(dollars: float) -> tasks_pb2.SLA:
    return tasks_pb2.SLA(budget_usd=dollars)


BAD = {
    "an intent that nobody knows": ({"intent": "echoo"}, "INTENT_NOT_FOUND", "intent", "echo"),
    "no intent": ({"intent": ""}, "VALIDATION_FAILED", "intent", "intent"),
    "an intent that is no name": ({"intent": "Not An Intent"}, "VALIDATION_FAILED", "intent", "intent"),
    "an expire time in the past": ({"expire_time": PAST}, "EXPIRE_TIME_PAST", "expire_time", "leave it out"),
    "a budget that is no number": ({"sla": budget(nan)}, "BUDGET_INVALID", "sla.budget_usd", "budget_usd"),
    "an infinite budget": ({"sla": budget(inf)}, "BUDGET_INVALID", "sla.budget_usd", "budget_usd"),
    "a negative budget": ({"sla": budget(-0.5)}, "BUDGET_INVALID", "sla.budget_usd", "budget_usd"),
    "a budget with seven decimals": ({"sla": budget(0.0000001)}, "BUDGET_INVALID", "sla.budget_usd", "decimals"),
    "two budgets": (
        {"sla": tasks_pb2.SLA(budget_usd=1, budget_micros=1)},
        "VALIDATION_FAILED",
        "sla.budget_usd",
        "one of them",
    ),
    "a negative budget in micro-dollars": (
        {"sla": tasks_pb2.SLA(budget_micros=-1)},
        "VALIDATION_FAILED",
        "sla.budget_micros",
        "0",
    ),
    "a negative latency": ({"sla": tasks_pb2.SLA(p95_ms=-1)}, "VALIDATION_FAILED", "sla.p95_ms", "0"),
    "a privacy that does not exist": (
        {"sla": tasks_pb2.SLA(privacy="public")},
        "VALIDATION_FAILED",
        "sla.privacy",
        "local-only",
    ),
    "a priority that does not exist": ({"priority": "urgent"}, "VALIDATION_FAILED", "priority", "high"),
    "a shape of the future": ({"schema_version": "2.0"}, "VALIDATION_FAILED", "schema_version", "1.0"),
    "input twice": (
        {"params": {"text": "a"}, "params_json": "{}"},
        "VALIDATION_FAILED",
        "params_json",
        "one of them",
    ),
    "an input that is no object": ({"params_json": "[1]"}, "VALIDATION_FAILED", "params_json", "JSON object"),
    "an input that is broken JSON": ({"params_json": '{"a":'}, "MALFORMED_REQUEST", "params_json", "JSON"),
    "an input with a number that JSON lacks": (
        {"params_json": '{"a":NaN}'},
        "MALFORMED_REQUEST",
        "params_json",
        "NaN",
    ),
    "an input that breaks the schema": (
        {"intent": "redact", "params": {"txt": "a"}},
        "INPUT_SCHEMA_VIOLATION",
        "params.text",
        "params.txt",
    ),
    "an input of another type": (
        {"intent": "summarize", "params_json": '{"text":5}'},
        "INPUT_SCHEMA_VIOLATION",
        "params.text",
        "string",
    ),
    "an id with a space": ({"task_id": "a b"}, "VALIDATION_FAILED", "task_id", "task_id"),
    "an id that is too long": ({"task_id": "x" * 65}, "VALIDATION_FAILED", "task_id", "task_id"),
    "a wait that is too long": ({"wait": 61}, "VALIDATION_FAILED", "wait", "60"),
    "too many labels": ({"metadata": {str(n): "" for n in range(33)}}, "VALIDATION_FAILED", "metadata", "32"),
    "a label that is too long": ({"metadata": {"a": "x" * 513}}, "VALIDATION_FAILED", 'metadata["a"]', "512"),
    "an engine's name that is too long": (
        {"preferred_engine": "x" * 201},
        "VALIDATION_FAILED",
        "preferred_engine",
        "200",
    ),
    "a task that no engine may run": ({"intent": "remote"}, "NO_ELIGIBLE_ENGINE", "model:gpt-x", "not installed"),
}


@pytest.mark.parametrize(("members", "reason", "field", "says"), BAD.values(), ids=BAD.keys())
async def test_a_bad_task_is_refused_alike_everywhere_and_leaves_nothing(caller: Caller, members, reason, field, says):
    """5.6 A refused request leaves nothing behind: no task, and its key is free."""
    request = task_request(**members, request_id="key")
    refusals = [await refusal(face, method, request) for face in caller.faces for method in (SUBMIT, STREAM)]
    # An expire time is judged at a moment, which the sentence names: it is another one for each call.
    if reason != "EXPIRE_TIME_PAST":
        assert refusals == [refusals[0]] * 4
    for refused in refusals:
        assert refused.reason == reason
        assert says in refused.message
        assert field in [name for name, _ in refused.violations]
        assert all(description for _, description in refused.violations)
        assert all(refused.marks)
    assert await caller.tasks() == []
    assert "replayed" not in await caller.submit(params={"text": "right"}, request_id="key")


async def test_a_key_that_is_too_long_is_refused(caller: Caller):
    for face in caller.faces:
        refused = await refusal(face, SUBMIT, task_request(request_id="x" * 256))
        assert (refused.reason, refused.violations[0][0]) == ("VALIDATION_FAILED", "request_id")
    assert await caller.tasks() == []


@pytest.mark.parametrize(
    ("data", "reason", "says"),
    [
        (b"\xff\xff", "MALFORMED_REQUEST", "aion.v1.TaskRequest"),
        (b"\x1a\x01\xff", "MALFORMED_REQUEST", "aion.v1.TaskRequest"),
        (b"\x1a\x7fecho", "MALFORMED_REQUEST", "aion.v1.TaskRequest"),
        (b"\x18\x05", "VALIDATION_FAILED", "intent"),
    ],
    ids=["garbage", "text that is no UTF-8", "cut off", "an integer for a string"],
)
@pytest.mark.parametrize("method", [SUBMIT, STREAM], ids=["submit", "stream"])
async def test_bytes_that_are_no_request_are_refused(caller: Caller, method, data, reason, says):
    """8.3 Bytes that cannot be decoded are INVALID_ARGUMENT with reason `MALFORMED_REQUEST`."""
    refused = await refusal(caller.grpc, method, data)
    assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", reason)
    assert says in refused.message
    assert await caller.tasks() == []


@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/tasks:stream"])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"\xff", "not JSON"),
        (b'{"intent": "echo"', "not JSON"),
        (b'{"intent": "echo", "parms": {}}', "did you mean params"),
        (b'{"intent": 5}', "intent must be a string"),
        (b'{"intent": "echo", "params": []}', "params"),
        (b'{"intent": "echo", "expire_time": "tomorrow"}', "expire_time"),
        (b'{"intent": "echo", "sla": {"p95_ms": 1.5}}', "sla.p95_ms"),
    ],
    ids=["garbage", "broken", "unknown member", "wrong type", "list for map", "no time", "no integer"],
)
async def test_json_that_is_no_request_is_refused(caller: Caller, path, body, says):
    """8.2 Unknown JSON members are refused."""
    with pytest.raises(Exception, match="MALFORMED_REQUEST") as caught:
        await caller.rest.post(path, body, {"Idempotency-Key": "key"})
    assert says in caught.value.refusal.message
    assert caught.value.refusal.http_status == 400
    assert await caller.tasks() == []
    assert "replayed" not in await caller.submit(params={"text": "right"}, request_id="key")


@pytest.mark.parametrize("method", [SUBMIT, STREAM], ids=["submit", "stream"])
async def test_a_byte_over_four_mebibytes_is_refused_on_every_transport(caller: Caller, method):
    """8.3 A request may have 4 MiB."""
    for face in caller.faces:
        refused = await refusal(face, method, task_request(params_json="x" * MAX_REQUEST_BYTES, request_id="key"))
        assert (refused.code, refused.reason) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE")
        assert str(MAX_REQUEST_BYTES) in refused.message
        assert face.name == "grpc" or refused.http_status == 413
    assert await caller.tasks() == []
    assert "replayed" not in await caller.submit(params={"text": "right"}, request_id="key")


async def test_an_unknown_field_of_a_newer_client_is_ignored_on_grpc(caller: Caller):
    """8.2 Unknown protobuf fields are a newer client's and are ignored, also by the fingerprint."""
    request = task_request(params={"text": "x"}, request_id="key").SerializeToString()
    first = await caller.grpc.unary(SUBMIT, request)
    again = await caller.grpc.unary(SUBMIT, request + b"\x9a\x3f\x01x")
    assert (again["task_id"], again["replayed"]) == (first["task_id"], True)


@pytest.mark.parametrize("path", ["/aion.v1.AionTasks/Guess", "/aion.v9.Nobody/Guess", "/guess"])
async def test_an_unknown_method_is_a_typed_refusal(caller: Caller, path):
    """8.9 Every answer and every error carries a request id and a trace id."""
    call = caller.grpc.channel.unary_unary(path)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(b"", metadata=tuple(caller.grpc.headers.items()))
    refused = refusal_of_rpc(caught.value)
    assert (refused.code, refused.reason) == ("UNIMPLEMENTED", "METHOD_NOT_FOUND")
    assert {"x-request-id", "x-trace-id"} <= {name for name, _ in caught.value.trailing_metadata()}
