"""What a refusal looks like on the wire: its title, its HTTP status, and that it never grows with what was asked."""

from datetime import timedelta

import pytest
from google.rpc import error_details_pb2
from grpc import StatusCode

from aion.adapters.rpc import errors
from aion.adapters.rpc.call import Marks
from aion.domain.errors import AionError, FieldViolation, QueueFull, TaskNotFound, ValidationFailed

MARKS = Marks("req-1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


def violations_of(error: AionError) -> list[tuple[str, str]]:
    """What gRPC is told of them."""
    for detail in errors.to_status(error, MARKS).details:
        bad = error_details_pb2.BadRequest()
        if detail.Unpack(bad):
            return [(one.field, one.description) for one in bad.field_violations]
    return []


@pytest.mark.parametrize(
    ("said", "told"),
    [("x" * 1024, "x" * 1024), ("x" * 1025, "x" * 1015 + "…"), ("", "")],
    ids=["as long as it may be", "too long", "nothing"],
)
def test_a_message_takes_at_most_1024_bytes_and_shows_that_it_was_cut(said: str, told: str) -> None:
    error = TaskNotFound(said)
    assert errors.to_status(error, MARKS).message == told
    assert errors.to_problem(error, MARKS)["detail"] == told


def test_of_many_long_violations_ten_are_told_in_the_room_there_is() -> None:
    error = ValidationFailed("no", violations=tuple(FieldViolation("f" * 257, "d" * 257) for _ in range(11)))
    told = [("f" * 150 + "…", "d" * 150 + "…")] * 10
    assert violations_of(error) == told
    problem = errors.to_problem(error, MARKS)
    assert problem["violations"] == [{"field": field, "description": description} for field, description in told]


def test_of_many_facts_ten_are_told() -> None:
    error = TaskNotFound("no", facts={f"fact-{number:02}": "1" for number in range(11)})
    assert errors.to_problem(error, MARKS)["facts"] == {f"fact-{number:02}": "1" for number in range(10)}


def test_a_problem_has_a_title_in_words_and_the_reason_and_the_marks_of_its_call() -> None:
    problem = errors.to_problem(QueueFull("full", retry_after=timedelta(milliseconds=1200)), MARKS)
    assert problem == {
        "type": "about:blank",
        "title": "Resource exhausted",
        "status": 429,
        "detail": "full",
        "reason": "QUEUE_FULL",
        "code": "RESOURCE_EXHAUSTED",
        "request_id": "req-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "retry_after_seconds": 2,
    }


def test_each_code_has_the_http_status_that_google_rpc_code_gives_it() -> None:
    """What HTTP has a word of its own for stands apart, in HTTP_OF_REASON."""
    assert errors.HTTP_OF_CODE == {
        StatusCode.INVALID_ARGUMENT: 400,
        StatusCode.FAILED_PRECONDITION: 400,
        StatusCode.OUT_OF_RANGE: 400,
        StatusCode.UNAUTHENTICATED: 401,
        StatusCode.PERMISSION_DENIED: 403,
        StatusCode.NOT_FOUND: 404,
        StatusCode.ALREADY_EXISTS: 409,
        StatusCode.ABORTED: 409,
        StatusCode.RESOURCE_EXHAUSTED: 429,
        StatusCode.INTERNAL: 500,
        StatusCode.UNIMPLEMENTED: 501,
        StatusCode.UNAVAILABLE: 503,
        StatusCode.DEADLINE_EXCEEDED: 504,
    }
