"""What clients can do to a task while it lives: wait, cancel, let it expire, ask why it runs where it runs."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from aion.v1 import tasks_pb2
from tests.e2e.callers import Caller, MakeCaller, task_request
from tests.e2e.faces import BY_NAME, refusal

STREAM, SUBMIT = BY_NAME["Stream"], BY_NAME["Submit"]
CANCEL, EXPLAIN = BY_NAME["Cancel"], BY_NAME["ExplainDecision"]


def expiring(seconds: int) -> tasks_pb2.TaskRequest:
    """A task that never ends by itself, and its expire time."""
    request = task_request(intent="endless", wait=30)
    request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(seconds=seconds))
    return request


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_a_running_task_is_canceled_and_ends(caller: Caller, face):
    """1.6 A RUNNING one is told, its engine is stopped within two seconds and it ends CANCELED."""
    async with aclosing(caller.grpc.stream(STREAM, task_request(intent="endless"))) as stream:
        task_id = (await anext(stream)).document["task_id"]
        assert (await anext(stream)).document["text"] == "I run"
        asked = (await caller.face(face).unary(CANCEL, tasks_pb2.CancelRequest(task_id=task_id)))["task"]
        assert asked["cancel_requested"]
        last = [frame async for frame in stream][-1]
    task = await caller.get(task_id)
    assert (task["status"], task["error"]["code"]) == ("CANCELED", "TASK_CANCELED")
    assert [attempt["outcome"] for attempt in task["attempts"]] == ["ATTEMPT_OUTCOME_CANCELED"]
    assert last.document == task


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_canceling_is_idempotent_and_an_ended_task_stays_as_it_is(caller: Caller, face):
    """1.6 Canceling is idempotent. An ended task stays as it is. 1.4 A terminal state never changes."""
    ended = await caller.submit(params={"text": "x"}, wait=30)
    answers = [
        (await caller.face(face).unary(CANCEL, tasks_pb2.CancelRequest(task_id=ended["task_id"])))["task"]
        for _ in range(2)
    ]
    assert answers == [ended, ended]


async def test_a_running_task_ends_timeout_at_its_expire_time(caller: Caller):
    """3.2 After `expire_time` the task ends TIMEOUT, queued or running."""
    task = await caller.grpc.unary(SUBMIT, expiring(3))
    assert (task["status"], len(task["attempts"])) == ("TIMEOUT", 1)
    assert task["error"]["message"]
    assert task["result"] is None


async def test_the_calls_deadline_never_ends_a_task(caller: Caller):
    """3.1 The deadline of a call bounds the call. It never ends a task."""
    request = task_request(intent="endless", task_id="goes-on", wait=30).SerializeToString()
    metadata = tuple(caller.grpc.headers.items())
    call = caller.grpc.channel.unary_unary(SUBMIT.path)(request, metadata=metadata, timeout=2)
    # The answer leaves shortly before the deadline; a machine that is busy may lose that race.
    code = await call.code()
    assert code in {grpc.StatusCode.OK, grpc.StatusCode.DEADLINE_EXCEEDED}
    if code is grpc.StatusCode.OK:
        assert tasks_pb2.TaskResult.FromString(await call).status in {"PENDING", "RUNNING"}
    assert (await caller.get("goes-on"))["status"] in {"PENDING", "RUNNING"}
    await caller.cancel("goes-on")


async def test_a_task_that_failed_is_a_successful_call(caller: Caller):
    """5.9 A task that ended ERROR is a successful call: gRPC OK, HTTP 200, `error` set."""
    by_grpc = await caller.grpc.unary(SUBMIT, task_request(intent="trapped", request_id="key", wait=30))
    answer = await caller.rest.client.post(
        "/v1/tasks",
        json={"intent": "trapped"},
        headers={**caller.rest.headers, "Prefer": "wait=30", "Idempotency-Key": "key"},
    )
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait=30")
    assert answer.json() == {**by_grpc, "replayed": True}
    assert (by_grpc["status"], by_grpc["error"]["code"]) == ("ERROR", "MODULE_TRAPPED")


async def test_rest_answers_accepted_and_where_the_task_is(caller: Caller):
    answer = await caller.rest.client.post("/v1/tasks", json={"intent": "endless"}, headers=dict(caller.rest.headers))
    assert answer.status_code == 202
    task_id = answer.json()["task_id"]
    assert answer.headers["location"] == f"/v1/tasks/{task_id}"
    await caller.cancel(task_id)


async def test_many_waiters_of_one_task_all_hear_its_end(caller: Caller):
    """5.9 `wait` answers with the task as it is when it ends or time is up."""
    request = task_request(intent="endless", request_id="key", wait=30)
    started = task_request(intent="endless", request_id="key")
    task = await caller.grpc.unary(SUBMIT, started)
    waiting = [asyncio.ensure_future(face.unary(SUBMIT, request)) for face in caller.faces * 5]
    await caller.cancel(task["task_id"])
    answers = await asyncio.gather(*waiting)
    assert {answer["status"] for answer in answers} == {"CANCELED"}


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_a_decision_names_every_candidate_and_why(caller: Caller, face):
    """9.1 Every candidate passes every gate, each refusal has a reason. 9.5 The decision is stored with the task."""
    task = await caller.submit(params={"text": "x"})
    request = tasks_pb2.ExplainDecisionRequest(task_id=task["task_id"])
    decision = (await caller.face(face).unary(EXPLAIN, request))["decision"]
    assert (decision["engine"], decision["route"], decision["chosen_by"]) == (
        "module:echo@2.0.0",
        "local",
        "ai-router",
    )
    candidates = {candidate["engine"]: candidate for candidate in decision["candidates"]}
    assert list(candidates) == ["module:echo@2.0.0", "module:echo@1.0.0", "model:gpt-x"]
    assert [candidate.get("rank", 0) for candidate in candidates.values()] == [1, 2, 0]
    refusals = [refused["reason"] for refused in candidates["model:gpt-x"]["refusals"]]
    assert [reason.removeprefix("REFUSAL_REASON_") for reason in refusals] == ["ENGINE_NOT_INSTALLED", "PRIVACY"]
    assert task["decision"] == decision == (await caller.get(task["task_id"]))["decision"]


async def test_the_decision_follows_preference_privacy_and_the_tenants_default(caller: Caller, callers: MakeCaller):
    """8.7 Unset privacy is the tenant's default, else `local-only`."""
    preferred = await caller.submit(preferred_engine="module:echo@1.0.0")
    assert preferred["engine"]["name"] == "module:echo@1.0.0"
    permitted = await caller.submit(sla=tasks_pb2.SLA(privacy="allow-api"))
    by_default = await callers(tenant="open-minded").submit()
    for task in (permitted, by_default):
        model = task["decision"]["candidates"][-1]
        assert [refused["reason"].removeprefix("REFUSAL_REASON_") for refused in model["refusals"]] == [
            "ENGINE_NOT_INSTALLED"
        ]


async def test_nothing_eligible_names_each_candidate(caller: Caller):
    """9.3 Nothing eligible is `NO_ELIGIBLE_ENGINE`, which names every candidate and why it was refused."""
    refused = await refusal(caller.rest, SUBMIT, task_request(intent="remote"))
    assert (refused.http_status, refused.code) == (422, "FAILED_PRECONDITION")
    assert refused.facts == {"model:gpt-x": "ENGINE_NOT_INSTALLED,PRIVACY"}


async def test_an_intent_needs_its_own_scope(callers: MakeCaller):
    """8.7 Running an intent needs the scope `intent:NAME:run`."""
    only_echo = callers(scopes=frozenset({"tasks:write", "tasks:read", "catalog:read", "intent:echo:run"}))
    assert (await only_echo.submit(wait=30))["status"] == "OK"
    for face in only_echo.faces:
        refused = await refusal(face, SUBMIT, task_request(intent="story"))
        assert (refused.reason, refused.facts) == ("PERMISSION_DENIED", {"scope": "intent:story:run"})
        listed = await face.unary(BY_NAME["ListIntents"], BY_NAME["ListIntents"].request())
        assert [intent["name"] for intent in listed["intents"]] == ["echo"]
