"""The one table of errors, row by row: every error of the tree has a reason, a gRPC code and an HTTP status."""

import inspect
import json
from base64 import b64encode
from datetime import timedelta
from urllib.parse import quote

import pytest
from google.rpc import error_details_pb2

from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.errors import (
    CODES,
    HTTP_OF_CODE,
    HTTP_OF_REASON,
    INTERNAL_SENTENCE,
    InternalError,
    code_of,
    http_status_of,
    to_problem,
    to_status,
)
from aion.domain import errors
from aion.domain.errors import FieldViolation
from aion.v1 import errors_pb2
from tests.contract.wire.error_tree import concrete, made, tree

MARKS = Marks("request-1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
PREFIX = "ERROR_REASON_"
FIRST_TASK_FAILURE = 80
REASONS = {
    value.name.removeprefix(PREFIX): value.number
    for value in errors_pb2.ErrorReason.DESCRIPTOR.values
    if value.number != 0
}
# What a client sees, by hand: a change of this table breaks clients.
EXPECTED = {
    "MALFORMED_REQUEST": ("INVALID_ARGUMENT", 400),
    "VALIDATION_FAILED": ("INVALID_ARGUMENT", 400),
    "REQUEST_TOO_LARGE": ("RESOURCE_EXHAUSTED", 413),
    "INPUT_SCHEMA_VIOLATION": ("INVALID_ARGUMENT", 400),
    "EXPIRE_TIME_PAST": ("INVALID_ARGUMENT", 400),
    "BUDGET_INVALID": ("INVALID_ARGUMENT", 400),
    "PAGE_TOKEN_INVALID": ("INVALID_ARGUMENT", 400),
    "INTENT_NOT_FOUND": ("INVALID_ARGUMENT", 400),
    "SCHEDULE_INVALID": ("INVALID_ARGUMENT", 400),
    "WEBHOOK_URL_REFUSED": ("INVALID_ARGUMENT", 400),
    "OFFSET_OUT_OF_RANGE": ("OUT_OF_RANGE", 400),
    "UNAUTHENTICATED": ("UNAUTHENTICATED", 401),
    "PERMISSION_DENIED": ("PERMISSION_DENIED", 403),
    "TASK_NOT_FOUND": ("NOT_FOUND", 404),
    "SCHEDULE_NOT_FOUND": ("NOT_FOUND", 404),
    "WEBHOOK_NOT_FOUND": ("NOT_FOUND", 404),
    "DELIVERY_NOT_FOUND": ("NOT_FOUND", 404),
    "MODULE_NOT_FOUND": ("NOT_FOUND", 404),
    "METHOD_NOT_FOUND": ("UNIMPLEMENTED", 404),
    "TASK_ALREADY_EXISTS": ("ALREADY_EXISTS", 409),
    "SCHEDULE_ALREADY_EXISTS": ("ALREADY_EXISTS", 409),
    "IDEMPOTENCY_KEY_REUSED": ("FAILED_PRECONDITION", 422),
    "NO_ELIGIBLE_ENGINE": ("FAILED_PRECONDITION", 422),
    "EVENTS_EXPIRED": ("FAILED_PRECONDITION", 410),
    "TASK_NOT_ENDED": ("FAILED_PRECONDITION", 400),
    "CHANGED_MEANWHILE": ("ABORTED", 409),
    "WEBHOOK_DISABLED": ("FAILED_PRECONDITION", 400),
    # These three never leave the inner door, which has no HTTP.
    "STALE_FENCE": ("ABORTED", 409),
    "WORKER_NOT_REGISTERED": ("FAILED_PRECONDITION", 400),
    "WORKER_VERSION_UNSUPPORTED": ("FAILED_PRECONDITION", 400),
    "RATE_LIMITED": ("RESOURCE_EXHAUSTED", 429),
    "QUEUE_FULL": ("RESOURCE_EXHAUSTED", 429),
    "TOO_MANY_WAITERS": ("RESOURCE_EXHAUSTED", 429),
    "READER_TOO_SLOW": ("ABORTED", 409),
    "LIMIT_REACHED": ("RESOURCE_EXHAUSTED", 429),
    "OVERLOADED": ("RESOURCE_EXHAUSTED", 429),
    "CALL_DEADLINE_EXCEEDED": ("DEADLINE_EXCEEDED", 504),
    "DRAINING": ("UNAVAILABLE", 503),
    "STORE_UNAVAILABLE": ("UNAVAILABLE", 503),
    "OUTCOME_UNKNOWN": ("UNAVAILABLE", 503),
    "INTERNAL": ("INTERNAL", 500),
}


@pytest.mark.parametrize("error", concrete(), ids=lambda error: error.__name__)
def test_every_error_of_the_tree_has_a_row_and_a_reason_of_the_contract(error):
    """8.10 One table maps error reasons to gRPC codes and HTTP statuses."""
    assert error.reason in CODES
    assert 0 < REASONS[error.reason] < FIRST_TASK_FAILURE
    assert inspect.getdoc(error)


@pytest.mark.parametrize("error", [e for e in tree() if not hasattr(e, "reason")], ids=lambda error: error.__name__)
def test_an_error_without_a_reason_only_groups_others(error):
    assert error.__subclasses__()


@pytest.mark.parametrize("reason", [reason for reason, number in REASONS.items() if number < FIRST_TASK_FAILURE])
def test_every_reason_of_a_refused_call_has_a_row_and_an_error(reason):
    assert reason in CODES
    assert reason in {error.reason for error in concrete()}


def test_the_table_has_no_other_rows():
    refusals = {reason for reason, number in REASONS.items() if number < FIRST_TASK_FAILURE}
    assert set(CODES) == refusals == set(EXPECTED)
    assert set(HTTP_OF_REASON) <= set(CODES)
    assert set(CODES.values()) <= set(HTTP_OF_CODE)


@pytest.mark.parametrize("reason", EXPECTED)
def test_the_row_is_what_clients_know(reason):
    error = made(next(e for e in concrete() if e.reason == reason))
    assert (code_of(error).name, http_status_of(error)) == EXPECTED[reason]


@pytest.mark.parametrize("error", concrete(), ids=lambda error: error.__name__)
def test_it_travels_over_grpc_with_all_its_details(error):
    raised = made(
        error,
        violations=(FieldViolation("a.b", "must be so"),),
        retry_after=timedelta(milliseconds=1500),
        facts={"limit": "3"},
    )
    status = to_status(raised, MARKS)
    assert (status.code, status.message) == (code_of(raised).value[0], "what is wrong and what to do")
    found = {}
    for packed in status.details:
        detail = getattr(error_details_pb2, packed.type_url.rpartition(".")[2])()
        packed.Unpack(detail)
        found[type(detail).__name__] = detail
    assert (found["ErrorInfo"].reason, found["ErrorInfo"].domain) == (error.reason, "aion")
    assert dict(found["ErrorInfo"].metadata) == {"limit": "3"}
    assert (found["RequestInfo"].request_id, found["RequestInfo"].serving_data) == ("request-1", MARKS.trace_id)
    [violation] = found["BadRequest"].field_violations
    assert (violation.field, violation.description) == ("a.b", "must be so")
    assert found["RetryInfo"].retry_delay.ToTimedelta() == timedelta(milliseconds=1500)


@pytest.mark.parametrize("error", concrete(), ids=lambda error: error.__name__)
def test_it_travels_over_http_with_the_same_facts(error):
    raised = made(error, violations=(FieldViolation("a.b", "must be so"),), retry_after=timedelta(milliseconds=1500))
    problem = to_problem(raised, MARKS)
    assert problem == {
        "type": "about:blank",
        "title": problem["title"],
        "status": http_status_of(raised),
        "detail": "what is wrong and what to do",
        "reason": error.reason,
        "code": code_of(raised).name,
        "request_id": "request-1",
        "trace_id": MARKS.trace_id,
        "violations": [{"field": "a.b", "description": "must be so"}],
        "retry_after_seconds": 2,
    }


def test_an_error_without_details_carries_none():
    status = to_status(made(errors.TaskNotFound), MARKS)
    assert [packed.type_url.rpartition(".")[2] for packed in status.details] == ["ErrorInfo", "RequestInfo"]
    assert (
        to_problem(made(errors.TaskNotFound), MARKS).keys().isdisjoint({"violations", "retry_after_seconds", "facts"})
    )


def size_of_trailers(raised: errors.AionError) -> int:
    """As gRPC counts them: each with 32 bytes more than its name and value (RFC 9113, 6.5.2)."""
    marks = Marks("r" * 128, MARKS.traceparent)
    status = to_status(raised, marks)
    trailers = {
        ":status": b"200",
        "content-type": b"application/grpc",
        "grpc-status": b"16",
        "grpc-message": quote(status.message, safe=" !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~").encode(),
        "grpc-status-details-bin": b64encode(status.SerializeToString()),
        "x-request-id": marks.request_id.encode(),
        "x-trace-id": marks.trace_id.encode(),
    }
    return sum(len(name) + len(value) + 32 for name, value in trailers.items())


@pytest.mark.parametrize("letter", ["x", "%", "\n", "é", "\N{SNOWMAN}", "\N{GRINNING FACE}"])
def test_trailers_stay_small_whatever_an_error_holds(letter):
    """Clients take 8 KiB of trailers."""
    long = letter * 5000
    every = tuple(FieldViolation(long, long) for _ in range(100))
    many = {f"fact {n} {long}": long for n in range(100)}
    pause = timedelta(days=10_000, microseconds=1)
    for violations, facts in ((every, {}), ((), many), (every, many)):
        raised = made(errors.WorkerVersionUnsupported, violations=violations, facts=facts, retry_after=pause)
        raised.message = long
        assert size_of_trailers(raised) < 8000


def test_a_problem_stays_as_small_and_says_the_same():
    """A request must not come back in its own refusal, twice and longer."""
    long = "\N{SNOWMAN}" * 5000
    raised = errors.ValidationFailed(long, violations=tuple(FieldViolation(long, long) for _ in range(100)))
    problem = to_problem(raised, MARKS)
    assert len(json.dumps(problem, ensure_ascii=False)) < 8192
    assert problem["detail"] == to_status(raised, MARKS).message


def test_a_defect_has_one_sentence():
    assert InternalError().message == INTERNAL_SENTENCE
    assert (code_of(InternalError()).name, http_status_of(InternalError())) == ("INTERNAL", 500)
