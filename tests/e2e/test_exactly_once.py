"""However often and over whatever transport a request comes, it makes one task that runs once."""

import asyncio
from contextlib import aclosing
from uuid import uuid4

import pytest

from aion.v1 import tasks_pb2
from tests.e2e.answers import Document
from tests.e2e.callers import Caller, MakeCaller, task_request
from tests.e2e.faces import BY_NAME, Face, refusal

STREAM, SUBMIT, BATCH = BY_NAME["Stream"], BY_NAME["Submit"], BY_NAME["SubmitBatch"]


async def accepted(face: Face, request: tasks_pb2.TaskRequest, *, stream: bool) -> Document:
    """The accepted task, by Submit or as the first message of Stream."""
    if not stream:
        return await face.unary(SUBMIT, request)
    async with aclosing(face.stream(STREAM, request)) as frames:
        return (await anext(frames)).document


@pytest.mark.parametrize("identified_by", ["request_id", "task_id"])
async def test_a_hundred_submits_at_once_over_three_ways_make_one_task(caller: Caller, identified_by):
    """5.2 Submit, Stream and REST create are one operation. 5.4 The same key gives the same task, marked `replayed`."""
    request = task_request(params={"text": "once"}, **{identified_by: f"same-{uuid4().hex}"})
    ways = [(caller.grpc, False), (caller.rest, False), (caller.rest, True), (caller.grpc, True)]
    calls = [accepted(face, request, stream=stream) for face, stream in ways * 25]
    answers = await asyncio.gather(*calls)
    assert len({answer["task_id"] for answer in answers}) == 1
    assert sum(not answer.get("replayed", False) for answer in answers) == 1
    assert len(await caller.tasks()) == 1
    task = await caller.submit(params={"text": "once"}, wait=30, **{identified_by: getattr(request, identified_by)})
    assert (task["status"], task["result"], len(task["attempts"])) == ("OK", {"text": "once"}, 1)


@pytest.mark.parametrize("stream", [False, True], ids=["submit", "stream"])
@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_the_same_key_with_another_request_is_refused(caller: Caller, face, stream):
    """5.4 With another request it is `IDEMPOTENCY_KEY_REUSED`. 5.6 A refused request leaves nothing behind."""
    first = await caller.submit(params={"text": "one"}, request_id="key")
    method = STREAM if stream else SUBMIT
    refused = await refusal(caller.face(face), method, task_request(params={"text": "two"}, request_id="key"))
    assert (refused.code, refused.reason) == ("FAILED_PRECONDITION", "IDEMPOTENCY_KEY_REUSED")
    assert "key" in refused.message
    assert refused.http_status == (422 if face == "rest" else 0)
    assert [task["task_id"] for task in await caller.tasks()] == [first["task_id"]]


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_the_same_task_id_with_another_request_is_refused(caller: Caller, face):
    """1.3 The same id with the same request is a replay; with another request it is `TASK_ALREADY_EXISTS`."""
    await caller.submit(task_id="mine", params={"text": "one"})
    again = await caller.submit(task_id="mine", params={"text": "one"})
    assert again["replayed"]
    refused = await refusal(caller.face(face), SUBMIT, task_request(task_id="mine", params={"text": "two"}))
    assert (refused.code, refused.reason) == ("ALREADY_EXISTS", "TASK_ALREADY_EXISTS")


async def test_the_idempotency_key_header_is_the_request_id(caller: Caller):
    """5.2 REST's `Idempotency-Key` and `request_id` are one key."""
    first = await caller.submit(params={"text": "x"}, request_id="shared")
    by_header = await caller.rest.unary(SUBMIT, task_request(params={"text": "x"}), {"Idempotency-Key": "shared"})
    assert (by_header["task_id"], by_header["replayed"]) == (first["task_id"], True)


async def test_how_long_a_call_waits_is_not_part_of_the_request(caller: Caller):
    """5.3 The fingerprint covers the request without the fields that only shape the call."""
    first = await caller.submit(params={"text": "x"}, request_id="key")
    again = await caller.submit(params={"text": "x"}, request_id="key", wait=30)
    assert (again["task_id"], again["status"], again["replayed"]) == (first["task_id"], "OK", True)


async def test_keys_of_other_principals_and_tenants_are_independent(callers: MakeCaller):
    """5.2 Idempotency is scoped by (tenant, principal, operation, key)."""
    one = callers()
    everyone = [one, callers(tenant=one.tenant, principal="somebody-else"), callers()]
    tasks = [await who.submit(params={"text": str(n)}, request_id="key") for n, who in enumerate(everyone)]
    assert len({task["task_id"] for task in tasks}) == 3


async def test_a_rotated_key_of_the_same_principal_still_finds_its_task(callers: MakeCaller):
    """5.2 The principal is the service account, so that a rotated API key still finds its tasks."""
    before = callers()
    after = callers(tenant=before.tenant)
    assert before.grpc.headers != after.grpc.headers
    first = await before.submit(params={"text": "x"}, request_id="key")
    assert (await after.submit(params={"text": "x"}, request_id="key"))["task_id"] == first["task_id"]


async def test_a_retry_of_what_was_accepted_is_answered_although_its_expire_time_has_passed(caller: Caller):
    """5.5 A retry of what was accepted is answered with its task even if it would now be refused."""
    request = task_request(intent="endless", request_id="key")
    request.expire_time.GetCurrentTime()
    request.expire_time.seconds += 3
    waiting = tasks_pb2.TaskRequest()
    waiting.CopyFrom(request)
    waiting.wait.seconds = 30
    ended = await caller.grpc.unary(SUBMIT, waiting)
    assert ended["status"] == "TIMEOUT"
    for face in caller.faces:
        again = await face.unary(SUBMIT, request)
        assert (again["task_id"], again["status"], again["replayed"]) == (ended["task_id"], "TIMEOUT", True)


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_a_batch_is_idempotent_by_its_key_and_each_request_stands_alone(caller: Caller, face):
    """5.7 Many writes share a commit, none shares an outcome."""
    requests = [
        task_request(params={"text": "a"}),
        task_request(intent="nobody-knows"),
        task_request(params={"text": "a"}, wait=1),
        task_request(params={"text": "a"}, task_id="chosen"),
        task_request(params={"text": "b"}, task_id="chosen"),
    ]
    batch = tasks_pb2.SubmitBatchRequest(requests=requests, request_id="batch")
    outcomes = (await caller.face(face).unary(BATCH, batch))["outcomes"]
    assert ["task" in outcome for outcome in outcomes] == [True, False, False, True, False]
    reasons = [outcome["error"]["details"][0]["reason"] for outcome in outcomes if "error" in outcome]
    assert reasons == ["INTENT_NOT_FOUND", "VALIDATION_FAILED", "TASK_ALREADY_EXISTS"]
    assert len(await caller.tasks()) == 2
    again = (await caller.grpc.unary(BATCH, batch))["outcomes"]
    assert [o.get("task", {}).get("task_id") for o in again] == [o.get("task", {}).get("task_id") for o in outcomes]
    assert all(outcome["task"]["replayed"] for outcome in again if "task" in outcome)
    assert (await caller.submit(params={"text": "a"}, request_id="batch/0"))["replayed"]
