"""The one table from errors to gRPC codes and HTTP statuses, and the one place that writes an error to a wire.

gRPC gets google.rpc.Status with ErrorInfo, BadRequest, RetryInfo and RequestInfo; REST gets the same facts as an
RFC 9457 problem. What is not in AION's error tree is INTERNAL with one fixed sentence: its cause is logged, never sent.
"""

import math
from datetime import timedelta
from functools import lru_cache

from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode

from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.excerpts import excerpt
from aion.domain.errors import AionError

DOMAIN = "aion"
INTERNAL_SENTENCE = "AION failed to serve the call; the cause is in its log under this request id"

CODES: dict[str, StatusCode] = {
    "MALFORMED_REQUEST": StatusCode.INVALID_ARGUMENT,
    "VALIDATION_FAILED": StatusCode.INVALID_ARGUMENT,
    "REQUEST_TOO_LARGE": StatusCode.RESOURCE_EXHAUSTED,
    "INPUT_SCHEMA_VIOLATION": StatusCode.INVALID_ARGUMENT,
    "EXPIRE_TIME_PAST": StatusCode.INVALID_ARGUMENT,
    "BUDGET_INVALID": StatusCode.INVALID_ARGUMENT,
    "PAGE_TOKEN_INVALID": StatusCode.INVALID_ARGUMENT,
    "INTENT_NOT_FOUND": StatusCode.INVALID_ARGUMENT,
    "SCHEDULE_INVALID": StatusCode.INVALID_ARGUMENT,
    "WEBHOOK_URL_REFUSED": StatusCode.INVALID_ARGUMENT,
    "OFFSET_OUT_OF_RANGE": StatusCode.OUT_OF_RANGE,
    "UNAUTHENTICATED": StatusCode.UNAUTHENTICATED,
    "PERMISSION_DENIED": StatusCode.PERMISSION_DENIED,
    "TASK_NOT_FOUND": StatusCode.NOT_FOUND,
    "SCHEDULE_NOT_FOUND": StatusCode.NOT_FOUND,
    "WEBHOOK_NOT_FOUND": StatusCode.NOT_FOUND,
    "DELIVERY_NOT_FOUND": StatusCode.NOT_FOUND,
    "MODULE_NOT_FOUND": StatusCode.NOT_FOUND,
    "METHOD_NOT_FOUND": StatusCode.UNIMPLEMENTED,
    "TASK_ALREADY_EXISTS": StatusCode.ALREADY_EXISTS,
    "SCHEDULE_ALREADY_EXISTS": StatusCode.ALREADY_EXISTS,
    "IDEMPOTENCY_KEY_REUSED": StatusCode.FAILED_PRECONDITION,
    "NO_ELIGIBLE_ENGINE": StatusCode.FAILED_PRECONDITION,
    "EVENTS_EXPIRED": StatusCode.FAILED_PRECONDITION,
    "TASK_NOT_ENDED": StatusCode.FAILED_PRECONDITION,
    "CHANGED_MEANWHILE": StatusCode.ABORTED,
    "WEBHOOK_DISABLED": StatusCode.FAILED_PRECONDITION,
    "STALE_FENCE": StatusCode.ABORTED,
    "WORKER_NOT_REGISTERED": StatusCode.FAILED_PRECONDITION,
    "WORKER_VERSION_UNSUPPORTED": StatusCode.FAILED_PRECONDITION,
    "RATE_LIMITED": StatusCode.RESOURCE_EXHAUSTED,
    "QUEUE_FULL": StatusCode.RESOURCE_EXHAUSTED,
    "TOO_MANY_WAITERS": StatusCode.RESOURCE_EXHAUSTED,
    "READER_TOO_SLOW": StatusCode.ABORTED,
    "LIMIT_REACHED": StatusCode.RESOURCE_EXHAUSTED,
    "OVERLOADED": StatusCode.RESOURCE_EXHAUSTED,
    "CALL_DEADLINE_EXCEEDED": StatusCode.DEADLINE_EXCEEDED,
    "DRAINING": StatusCode.UNAVAILABLE,
    "STORE_UNAVAILABLE": StatusCode.UNAVAILABLE,
    "OUTCOME_UNKNOWN": StatusCode.UNAVAILABLE,
    "INTERNAL": StatusCode.INTERNAL,
}

HTTP_OF_CODE: dict[StatusCode, int] = {
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

HTTP_OF_REASON: dict[str, int] = {
    # HTTP has a word of its own for these.
    "REQUEST_TOO_LARGE": 413,
    "METHOD_NOT_FOUND": 404,
    "IDEMPOTENCY_KEY_REUSED": 422,
    "NO_ELIGIBLE_ENGINE": 422,
    "EVENTS_EXPIRED": 410,
}


def code_of(error: AionError) -> StatusCode:
    """The gRPC code of an error."""
    return CODES[error.reason]


_HTTP = {reason: HTTP_OF_CODE[code] for reason, code in CODES.items()} | HTTP_OF_REASON


def http_status_of(error: AionError) -> int:
    """The HTTP status of an error."""
    return _HTTP[error.reason]


def to_status(error: AionError, marks: Marks) -> status_pb2.Status:
    """The error as google.rpc.Status with its details."""
    told = excerpt(error)
    request = error_details_pb2.RequestInfo(request_id=marks.request_id, serving_data=marks.trace_id)
    info = _packed(_info(error.reason, told.facts)) if told.facts else _bare_info(error.reason)
    status = status_pb2.Status(code=code_of(error).value[0], message=told.message, details=[info, _packed(request)])
    if told.violations:
        bad = [
            error_details_pb2.BadRequest.FieldViolation(field=v.field, description=v.description)
            for v in told.violations
        ]
        status.details.append(_packed(error_details_pb2.BadRequest(field_violations=bad)))
    if error.retry_after is not None:
        status.details.append(_retry(error.retry_after))
    return status


# A server that refuses many calls says the same to each of them.


@lru_cache(maxsize=128)
def _bare_info(reason: str) -> Any:
    return _packed(_info(reason, {}))


@lru_cache(maxsize=128)
def _retry(after: timedelta) -> Any:
    retry = error_details_pb2.RetryInfo()
    retry.retry_delay.FromTimedelta(after)
    return _packed(retry)


def _info(reason: str, facts: dict[str, str]) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=facts)


def _packed(detail: Message) -> Any:
    return Any(type_url=f"type.googleapis.com/{detail.DESCRIPTOR.full_name}", value=detail.SerializeToString())


def to_problem(error: AionError, marks: Marks) -> dict[str, object]:
    """The error as an RFC 9457 problem; `reason` and `code` are the gRPC door's own words."""
    code, told = code_of(error), excerpt(error)
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": code.name.replace("_", " ").capitalize(),
        "status": http_status_of(error),
        "detail": told.message,
        "reason": error.reason,
        "code": code.name,
        "request_id": marks.request_id,
        "trace_id": marks.trace_id,
    }
    if told.violations:
        problem["violations"] = [{"field": v.field, "description": v.description} for v in told.violations]
    if told.facts:
        problem["facts"] = told.facts
    if error.retry_after is not None:
        problem["retry_after_seconds"] = math.ceil(error.retry_after.total_seconds())
    return problem


class InternalError(AionError):
    """A defect of AION; the message never says more than that."""

    reason = "INTERNAL"

    def __init__(self) -> None:
        super().__init__(INTERNAL_SENTENCE)
