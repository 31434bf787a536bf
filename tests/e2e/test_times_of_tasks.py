"""What clients may say about when a task runs, over the wire: later, in time or never, before others, and again."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aion.v1 import tasks_pb2
from tests.e2e.answers import Document
from tests.e2e.callers import Caller, MakeCaller, callers_of, task_request
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.faces import BY_NAME, collect, refusal
from tests.e2e.patience import eventually
from tests.e2e.processes import Running, running

SUBMIT, STREAM, BATCH, RETRY = (BY_NAME[name] for name in ("Submit", "Stream", "SubmitBatch", "Retry"))
SOON = timedelta(seconds=3)


@pytest.fixture(scope="module")
def one_slot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that runs one task at a time."""
    folder: Path = tmp_path_factory.mktemp("one-slot")
    with running(folder, *write_small_catalogue(folder), AION_WORKER_SLOTS="1") as ready:
        yield ready


@pytest.fixture
async def make(one_slot: Running) -> AsyncIterator[MakeCaller]:
    """Makes callers of that server."""
    async with callers_of(one_slot) as make:
        yield make


@pytest.fixture
def caller(make: MakeCaller) -> Caller:
    """Somebody of a tenant that nobody else uses."""
    return make()


@pytest.fixture
async def holder(make: MakeCaller) -> AsyncIterator[tuple[Caller, str]]:
    """Somebody whose task holds the only slot until it is canceled, at the latest when the test ends."""
    holder = make()
    async with aclosing(holder.grpc.stream(STREAM, task_request(intent="endless"))) as frames:
        task_id = (await anext(frames)).document["task_id"]
        assert (await anext(frames)).document["text"] == "I run"
        yield holder, task_id
        await holder.cancel(task_id)


def at(document: Document, name: str) -> datetime:
    """A time of a task."""
    return datetime.fromisoformat(document[name])


async def test_a_higher_priority_goes_first(holder: tuple[Caller, str], caller: Caller):
    """6.1 Within a tenant higher priority goes first, then the older task."""
    asked = ["low", "normal", "high", "", "high", "low"]
    for number, priority in enumerate(asked):
        await caller.submit(task_id=f"{priority or 'default'}-{number}", priority=priority)
    await holder[0].cancel(holder[1])

    async def all_ended() -> list[Document] | None:
        tasks = await caller.tasks()
        return tasks if {task["status"] for task in tasks} == {"OK"} else None

    tasks = await eventually(all_ended, "all tasks have ended")
    order = [task["task_id"] for task in sorted(tasks, key=lambda task: at(task, "start_time"))]
    assert order == ["high-2", "high-4", "normal-1", "default-3", "low-0", "low-5"]
    assert {task["task_id"]: task["priority"] for task in tasks}["default-3"] == "normal"


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_a_task_for_later_waits_and_then_runs(caller: Caller, face):
    """3.6 A task does not start before `not_before`. Until then the task is PENDING."""
    request = task_request(params={"text": "later"}, request_id="key")
    request.not_before.FromDatetime(datetime.now(UTC) + SOON)
    accepted = await caller.face(face).unary(SUBMIT, request)
    assert (accepted["status"], at(accepted, "not_before")) == ("PENDING", request.not_before.ToDatetime(UTC))
    request.wait.seconds = 30
    ended = await caller.face(face).unary(SUBMIT, request)
    assert (ended["status"], ended["replayed"], "not_before" in ended) == ("OK", True, False)
    assert at(ended, "start_time") >= request.not_before.ToDatetime(UTC)
    assert (
        ended["usage"]["latency_ms"]
        <= (at(ended, "end_time") - request.not_before.ToDatetime(UTC)) / timedelta(milliseconds=1) + 1
    )


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_a_task_that_may_not_wait_so_long_ends_without_an_attempt(
    holder: tuple[Caller, str], caller: Caller, face
):
    """3.7 A task of which no attempt began within `max_queue_time` ends TIMEOUT with `QUEUE_EXPIRED`."""
    request = task_request(wait=30)
    request.max_queue_time.FromTimedelta(timedelta(milliseconds=300))
    ended = await caller.face(face).unary(SUBMIT, request)
    assert (ended["status"], ended["error"]["code"], ended.get("attempts", [])) == ("TIMEOUT", "QUEUE_EXPIRED", [])
    assert at(ended, "queue_expire_time") - at(ended, "create_time") == timedelta(milliseconds=300)
    assert at(ended, "end_time") < at(ended, "expire_time")
    frames = await collect(caller.face(face), BY_NAME["Watch"], tasks_pb2.WatchRequest(task_id=ended["task_id"]))
    assert [frame.name for frame in frames] == ["error"]


async def test_times_that_cannot_be_are_refused_alike(caller: Caller):
    now = datetime.now(UTC)
    never = task_request()
    never.not_before.FromDatetime(now + timedelta(hours=2))
    never.expire_time.FromDatetime(now + timedelta(hours=1))
    no_time = task_request()
    no_time.max_queue_time.FromTimedelta(timedelta())
    too_long = task_request()
    too_long.max_queue_time.FromTimedelta(timedelta(days=31))
    for request, field in ((never, "not_before"), (no_time, "max_queue_time"), (too_long, "max_queue_time")):
        refusals = [await refusal(face, SUBMIT, request) for face in caller.faces]
        assert refusals[0] == refusals[1]
        assert (refusals[0].reason, refusals[0].violations[0][0]) == ("VALIDATION_FAILED", field)
    assert await caller.tasks() == []


def without_moment(document: Document) -> Document:
    """What was validated, without the times of the call itself."""
    decision = {name: value for name, value in document["decision"].items() if name != "decide_time"}
    return {**document, "decision": decision, "expire_time": ""}


async def test_validating_answers_alike_over_every_wire_and_leaves_nothing(caller: Caller):
    """5.10 `validate_only` decides as always and accepts nothing. The answer has the decision and no state."""
    request = task_request(params={"text": "x"}, request_id="key", validate_only=True, priority="high", wait=30)
    answers = [without_moment(await face.unary(SUBMIT, request)) for face in caller.every_face]
    assert answers == answers[:1] * len(caller.every_face)
    assert (answers[0]["status"], answers[0]["task_id"], answers[0]["decision"]["engine"]) == (
        "",
        "",
        "module:echo@1.0.0",
    )
    assert not {"state", "create_time", "start_time", "end_time", "attempts", "replayed"} & set(answers[0])
    assert await caller.tasks() == []
    accepted = await caller.submit(params={"text": "x"}, request_id="key", priority="high", wait=30)
    assert (accepted["status"], "replayed" in accepted) == ("OK", False)
    replay = await caller.rest.unary(SUBMIT, request)
    assert (replay["status"], replay["replayed"], replay["task_id"]) == ("", True, accepted["task_id"])


async def test_validating_over_rest_is_200_without_a_place(caller: Caller):
    body = {"intent": "endless", "validate_only": True}
    answer = await caller.rest.client.post("/v1/tasks", json=body, headers=dict(caller.rest.headers))
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    refused = await refusal(caller.rest, SUBMIT, task_request(intent="unheard-of", validate_only=True))
    assert refused == await refusal(caller.grpc, SUBMIT, task_request(intent="unheard-of", validate_only=True))
    assert refused.reason == "INTENT_NOT_FOUND"


async def test_a_stream_that_only_validates_has_one_message(caller: Caller):
    request = task_request(intent="endless", validate_only=True)
    streams = [await collect(face, STREAM, request) for face in caller.every_face]
    assert [[frame.name for frame in frames] for frames in streams] == [["validated"]] * len(streams)
    documents = [without_moment(frames[0].document) for frames in streams]
    assert documents == documents[:1] * len(streams)
    assert await caller.tasks() == []


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_a_batch_may_be_validated_one_by_one(caller: Caller, face):
    requests = [task_request(validate_only=True), task_request(intent="unheard-of", validate_only=True), task_request()]
    answer = await caller.face(face).unary(BATCH, tasks_pb2.SubmitBatchRequest(requests=requests))
    checked, refused, accepted = answer["outcomes"]
    assert (checked["task"]["status"], checked["task"]["engine"]["name"]) == ("", "module:echo@1.0.0")
    assert refused["error"]["message"]
    assert [task["task_id"] for task in await caller.tasks()] == [accepted["task"]["task_id"]]


@pytest.mark.parametrize("face", ["grpc", "rest"])
async def test_an_ended_task_is_done_again(caller: Caller, face):
    """5.11 Retry accepts a new task with the intent, input, promise, priority and labels of an ended one."""
    sla = tasks_pb2.SLA(p95_ms=9000)
    first = await caller.submit(params={"text": "x"}, priority="low", sla=sla, metadata={"a": "b"}, wait=30)
    request = tasks_pb2.RetryRequest(task_id=first["task_id"], request_id="again")
    answered = await caller.face(face).unary(RETRY, request)
    assert (answered["retry_of"], answered["priority"], answered["metadata"]) == (first["task_id"], "low", {"a": "b"})
    assert answered["task_id"] != first["task_id"]
    again = await eventually(lambda: ended(caller, answered["task_id"]), "the second has ended")
    assert (again["status"], again["result"], again["promise_kept"]) == ("OK", first["result"], True)
    replay = await caller.face(face).unary(RETRY, request)
    assert replay == {**again, "replayed": True}
    assert await caller.get(first["task_id"]) == first


async def ended(caller: Caller, task_id: str) -> Document | None:
    """The task, once it has ended."""
    task = await caller.get(task_id)
    return task if "end_time" in task else None


async def test_retrying_is_refused_alike(caller: Caller, make: MakeCaller, holder: tuple[Caller, str]):
    waiting = await caller.submit()
    for who, task_id, reason in (
        (caller, waiting["task_id"], "TASK_NOT_ENDED"),
        (caller, "nothing", "TASK_NOT_FOUND"),
        (make(), waiting["task_id"], "TASK_NOT_FOUND"),
    ):
        refusals = [await refusal(face, RETRY, tasks_pb2.RetryRequest(task_id=task_id)) for face in who.faces]
        assert refusals[0] == refusals[1]
        assert refusals[0].reason == reason
    assert len(await caller.tasks()) == 1
