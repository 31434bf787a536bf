"""Batches of any size: cut into calls, bounded, an outcome for each in their order."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import grpc
import pytest

import aion_sdk
from aion.v1 import tasks_pb2
from aion_sdk import TaskSpec
from aion_sdk._batching import MOST_BYTES, chunks
from tests.sdk.conftest import Face
from tests.sdk.double import Double, answer, refuse, status, task

Code = grpc.StatusCode


def accept_all(request, _context):
    """A step that accepts each request under the id that its label names."""
    outcomes = [tasks_pb2.BatchOutcome(task=task("PENDING", task_id=one.metadata["n"])) for one in request.requests]
    return tasks_pb2.SubmitBatchResponse(outcomes=outcomes)


def specs(count: int) -> list[TaskSpec]:
    return [TaskSpec.of("summarize", text="long", metadata={"n": str(n)}) for n in range(count)]


async def test_any_number_goes_in_calls_of_a_hundred_and_keeps_its_order(face: Face, double: Double) -> None:
    double.script("SubmitBatch", accept_all)
    outcomes = await face.do(face.client.tasks.batch, specs(250))
    assert [outcome.accepted().task_id for outcome in outcomes] == [str(n) for n in range(250)]
    assert sorted(len(call.request.requests) for call in double.seen) == [50, 100, 100]


async def test_no_more_calls_than_asked_for_are_in_flight(face: Face, double: Double) -> None:
    lock, both = threading.Lock(), threading.Barrier(2)
    now, most = [0], [0]

    def counting(request, context):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        both.wait(30)
        with lock:
            now[0] -= 1
        return accept_all(request, context)

    double.script("SubmitBatch", counting)
    assert len(await face.do(lambda given: face.client.tasks.batch(given, concurrency=2), specs(400))) == 400
    assert most[0] == 2


async def test_a_call_that_fails_is_the_outcome_of_its_own_tasks_only(face: Face, double: Double) -> None:
    def second_fails(request, context):
        if request.requests[0].metadata["n"] == "100":
            return refuse(Code.PERMISSION_DENIED, "PERMISSION_DENIED")(request, context)
        return accept_all(request, context)

    double.script("SubmitBatch", second_fails)
    outcomes = await face.do(face.client.tasks.batch, specs(201))
    assert [n for n, outcome in enumerate(outcomes) if outcome.error] == list(range(100, 200))
    with pytest.raises(aion_sdk.PermissionDenied):
        outcomes[100].accepted()


async def test_one_refused_task_does_not_hold_up_the_others(face: Face, double: Double) -> None:
    refused = status(Code.INVALID_ARGUMENT, "INPUT_SCHEMA_VIOLATION", "no text")
    outcomes = [tasks_pb2.BatchOutcome(task=task("PENDING")), tasks_pb2.BatchOutcome(error=refused)]
    double.script("SubmitBatch", answer(tasks_pb2.SubmitBatchResponse(outcomes=outcomes)))
    good, bad = await face.do(face.client.tasks.batch, specs(2))
    assert good.accepted().task_id == "t1"
    with pytest.raises(aion_sdk.InvalidRequest, match="no text"):
        bad.accepted()


async def test_an_answer_of_another_length_is_a_defect_and_no_wrong_pairing(face: Face, double: Double) -> None:
    short = tasks_pb2.SubmitBatchResponse(outcomes=[tasks_pb2.BatchOutcome(task=task())])
    double.script("SubmitBatch", answer(short))
    outcomes = await face.do(face.client.tasks.batch, specs(2))
    assert [type(outcome.error) for outcome in outcomes] == [aion_sdk.InternalError] * 2


@pytest.mark.parametrize("wrong", [0, -1, 65, 10**9, 1.5])
async def test_a_concurrency_out_of_bounds_is_refused_before_anything_is_sent(
    face: Face, double: Double, wrong: int
) -> None:
    with pytest.raises(aion_sdk.ConfigurationError, match=f"concurrency must be 1 to 64, not {wrong}"):
        await face.do(lambda: face.client.tasks.batch(specs(1), concurrency=wrong))
    assert double.seen == []


async def test_tasks_that_cannot_be_read_on_or_written_raise_before_any_is_sent(face: Face, double: Double) -> None:
    double.script("SubmitBatch", accept_all)
    # A promise that a caller's own class lets through cannot be written.
    unwritable = replace(specs(1)[0], metadata={"n": 7})  # type: ignore[dict-item]

    def broken() -> Iterator[TaskSpec]:
        yield from specs(101)
        raise OSError("the file ends")

    with pytest.raises((TypeError, AttributeError)):
        await face.do(face.client.tasks.batch, [*specs(101), unwritable])
    with pytest.raises(OSError, match="the file ends"):
        await face.do(face.client.tasks.batch, broken())
    assert double.seen == []


async def test_nothing_to_submit_is_no_call(face: Face, double: Double) -> None:
    assert await face.do(face.client.tasks.batch, []) == ()
    assert double.seen == []


def test_large_tasks_go_in_calls_that_the_server_takes() -> None:
    large = [TaskSpec.of("summarize", text="x" * 1_000_000) for _ in range(5)]
    assert [len(chunk) for chunk in chunks(large)] == [3, 2]
    assert [len(chunk) for chunk in chunks([TaskSpec.of("a", text="x" * (MOST_BYTES + 1))] * 2)] == [1, 1]
