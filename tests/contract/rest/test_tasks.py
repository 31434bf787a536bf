"""What each operation of tasks answers over REST."""

from datetime import timedelta

import pytest

from aion.domain.attempts import Failure
from aion.domain.errors import (
    IdempotencyKeyReused,
    IntentNotFound,
    LimitReached,
    NoEligibleEngine,
    OutcomeUnknown,
    QueueFull,
    TaskAlreadyExists,
)
from aion.domain.tasks import TaskState
from aion.ports.usecases import Submitted
from tests.contract.rest.samples import a_task, an_ended_task, no_such_task

TASK = {"intent": "summarize", "params": {"text": "x"}}


async def test_submit_answers_202_with_the_tasks_place_while_it_goes_on(client, face):
    answer = await client.post("/v1/tasks", json=TASK)
    assert answer.status_code == 202
    assert answer.headers["location"] == "/v1/tasks/t-1"
    assert answer.json()["status"] == "PENDING"
    assert "idempotent-replayed" not in answer.headers
    assert face.script.commands[0].params == {"text": "x"}


@pytest.mark.parametrize("state", [TaskState.OK, TaskState.ERROR, TaskState.TIMEOUT, TaskState.CANCELED])
async def test_a_task_that_has_ended_is_a_successful_call_however_it_ended(client, face, state):
    failure = None if state is TaskState.OK else Failure("MODULE_FAILED", "it said no")
    face.script.submitted = Submitted(a_task(state=state, failure=failure), False)
    answer = await client.post("/v1/tasks", json=TASK)
    assert answer.status_code == 200
    assert answer.json()["status"] == state.name
    assert (answer.json()["error"] is None) == (failure is None)


async def test_a_replay_says_so(client, face):
    face.script.submitted = Submitted(an_ended_task(), True)
    answer = await client.post("/v1/tasks", json=TASK)
    assert (answer.status_code, answer.headers["idempotent-replayed"]) == (200, "true")
    assert answer.json()["replayed"] is True


async def test_a_key_beyond_ascii_is_the_same_key_in_header_and_body(client, face):
    """5.2 One key names one operation, by whatever door it comes."""
    for value in ("k\u00e9".encode(), '"k\u00e9"'.encode()):
        answer = await client.post(
            "/v1/tasks", json=TASK | {"request_id": "k\u00e9"}, headers=[(b"Idempotency-Key", value)]
        )
        assert answer.status_code == 202
    assert [c.idempotency_key for c in face.script.commands] == ["k\u00e9"] * 2


async def test_a_key_that_is_not_utf_8_is_refused(client, face):
    answer = await client.post("/v1/tasks", json=TASK, headers=[(b"Idempotency-Key", b"k\xe9")])
    assert (answer.status_code, answer.json()["reason"]) == (400, "VALIDATION_FAILED")
    assert answer.json()["violations"] == [{"field": "Idempotency-Key", "description": "must be UTF-8"}]
    assert face.script.commands == []


async def test_the_idempotency_key_header_is_the_request_id(client, face):
    await client.post("/v1/tasks", json=TASK, headers={"Idempotency-Key": "k-1"})
    await client.post("/v1/tasks", json=TASK, headers={"Idempotency-Key": '"k-1"'})
    await client.post("/v1/tasks", json=TASK | {"request_id": "k-1"}, headers={"Idempotency-Key": "k-1"})
    await client.post("/v1/tasks", json=TASK | {"request_id": "k-1"})
    assert [c.idempotency_key for c in face.script.commands] == ["k-1"] * 4
    assert len({c.fingerprint for c in face.script.commands}) == 1


async def test_header_and_body_that_disagree_are_refused_and_both_named(client, face):
    answer = await client.post("/v1/tasks", json=TASK | {"request_id": "a"}, headers={"Idempotency-Key": "b"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "VALIDATION_FAILED")
    assert {v["field"] for v in answer.json()["violations"]} == {"request_id", "Idempotency-Key"}
    assert face.script.commands == []


async def test_prefer_wait_is_the_wait_and_is_confirmed(client, face):
    answer = await client.post("/v1/tasks", json=TASK, headers={"Prefer": "respond-async, wait=7"})
    assert face.script.commands[0].wait == timedelta(seconds=7)
    assert answer.headers["preference-applied"] == "wait=7"


async def test_other_preferences_are_ignored(client, face):
    answer = await client.post("/v1/tasks", json=TASK, headers={"Prefer": "return=minimal; x=y, handling=lenient"})
    assert answer.status_code == 202
    assert face.script.commands[0].wait == timedelta()
    assert "preference-applied" not in answer.headers


@pytest.mark.parametrize("value", ["wait=x", "wait=1.5", "wait=-1", "wait=", "wait", "wait=61", "wait=٣".encode()])
async def test_a_wait_that_is_no_number_of_seconds_or_too_long_is_refused(client, face, value):
    answer = await client.post("/v1/tasks", json=TASK, headers={"Prefer": value})
    assert (answer.status_code, answer.json()["reason"]) == (400, "VALIDATION_FAILED")
    assert "wait" in answer.json()["detail"]
    assert face.script.commands == []


async def test_a_read_task_has_its_result_as_json(client):
    answer = await client.get("/v1/tasks/t-9")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["task_id"], body["result"], body["error"]) == ("t-9", {"summary": "..."}, None)
    assert body["usage"] == {"latency_ms": 523, "tokens": 1423, "cost_usd": 0.0018, "cost_micros": 1800}
    assert body["attempts"][0]["outcome"] == "ATTEMPT_OUTCOME_OK"


async def test_a_list_takes_typed_filters_and_carries_no_payloads(client, face):
    answer = await client.get(
        "/v1/tasks?page_size=3&states=TASK_STATE_OK&states=TASK_STATE_ERROR&intent=summarize&page_token=abc"
    )
    assert answer.status_code == 200
    task = answer.json()["tasks"][0]
    assert task["result"] is None
    assert "decision" not in task
    [(wanted, size, token)] = face.script.filters
    assert (wanted.states, wanted.intent, size, token) == (
        frozenset({TaskState.OK, TaskState.ERROR}),
        "summarize",
        3,
        "abc",
    )


async def test_cancel_needs_no_body_and_answers_with_the_task_itself(client):
    for answer in (
        await client.post("/v1/tasks/t-1:cancel"),
        await client.post("/v1/tasks/t-1:cancel", json={}),
        await client.post("/v1/tasks/t-1:cancel", json={"request_id": "k"}, headers={"Idempotency-Key": "k"}),
    ):
        assert (answer.status_code, answer.json()["task_id"]) == (200, "t-1")


async def test_the_id_of_a_cancel_stands_in_the_path_only(client):
    answer = await client.post("/v1/tasks/t-1:cancel", json={"task_id": "t-1"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "MALFORMED_REQUEST")
    assert "path" in answer.json()["detail"]


async def test_a_decision_is_answered_itself_with_every_candidate(client):
    body = (await client.get("/v1/tasks/t-1/decision")).json()
    assert body["engine"] == "module:summarize@1.0.0"
    assert body["candidates"][1]["refusals"][0]["reason"] == "REFUSAL_REASON_PRIVACY"


async def test_a_batch_gives_each_its_own_outcome(client, face):
    face.script.batch = [Submitted(a_task("a"), False), IntentNotFound("there is no intent nope")]
    answer = await client.post("/v1/tasks:batch", json={"requests": [TASK, {"intent": "nope"}]})
    assert answer.status_code == 200
    good, bad = answer.json()["outcomes"]
    assert good["task"]["task_id"] == "a"
    assert (bad["error"]["code"], bad["error"]["message"]) == (3, "there is no intent nope")
    assert bad["error"]["details"][0]["reason"] == "INTENT_NOT_FOUND"


async def test_the_catalogue_shows_schemas_as_json(client):
    intent = (await client.get("/v1/intents")).json()["intents"][0]
    assert intent["input_schema"] == {"type": "object"}
    assert intent["default_expiry"] == "3600s"
    module = (await client.get("/v1/modules?page_size=2")).json()["modules"][0]
    assert (module["health"], module["memory_bytes"]) == ("MODULE_HEALTH_READY", 1 << 28)


async def test_the_server_says_its_limits(client):
    body = (await client.get("/v1/server")).json()
    assert body["max_request_bytes"] == 4 << 20
    assert body["max_wait"] == "60s"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (IntentNotFound("no"), 400),
        (TaskAlreadyExists("taken"), 409),
        (IdempotencyKeyReused("other body"), 422),
        (NoEligibleEngine("none"), 422),
        (QueueFull("full", retry_after=timedelta(seconds=2.5)), 429),
        (LimitReached("delete one first"), 429),
        (OutcomeUnknown("retry with the same key"), 503),
    ],
)
async def test_a_refusal_is_a_problem_with_its_reason(client, face, error, status):
    face.script.submitted = error
    answer = await client.post("/v1/tasks", json=TASK)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["reason"]) == (status, status, error.reason)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"] == error.message
    pause = {"QUEUE_FULL": 3, "OUTCOME_UNKNOWN": 1}.get(error.reason)
    assert problem.get("retry_after_seconds") == pause
    assert answer.headers.get("retry-after") == (None if pause is None else str(pause))


async def test_a_task_that_is_not_there_is_404(client, face):
    face.script.task = no_such_task("t-1")
    for path in ("/v1/tasks/t-1", "/v1/tasks/t-1:watch", "/v1/stream/t-1"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["reason"]) == (404, "TASK_NOT_FOUND")
