"""Refused calls as errors of the SDK's tree: one table of gRPC codes, one of reasons that say more than their code.

The details come as google.rpc.Status in the trailer `grpc-status-details-bin`. Something between here and AION (a
proxy, grpc itself) may answer without them; then the code alone decides.
"""

from collections.abc import Mapping
from dataclasses import replace

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from aion_sdk import errors
from aion_sdk.connection import DEFAULT_SERVER
from aion_sdk.errors import AionError, ErrorDetails, Violation

DOMAIN = "aion"
DETAILS_TRAILER = "grpc-status-details-bin"

OF_CODE: Mapping[str, type[AionError]] = {
    "ABORTED": errors.Unavailable,
    "ALREADY_EXISTS": errors.Conflict,
    "CANCELLED": errors.Unavailable,
    "DEADLINE_EXCEEDED": errors.DeadlineExceeded,
    "FAILED_PRECONDITION": errors.Refused,
    "INVALID_ARGUMENT": errors.InvalidRequest,
    "NOT_FOUND": errors.NotFound,
    "OUT_OF_RANGE": errors.InvalidRequest,
    "PERMISSION_DENIED": errors.PermissionDenied,
    "RESOURCE_EXHAUSTED": errors.RateLimited,
    "UNAUTHENTICATED": errors.AuthenticationError,
    "UNAVAILABLE": errors.Unavailable,
    "UNIMPLEMENTED": errors.Unimplemented,
}
"""Every other code is an InternalError."""

OF_REASON: Mapping[str, type[AionError]] = {
    "CHANGED_MEANWHILE": errors.ChangedMeanwhile,
    "EVENTS_EXPIRED": errors.EventsExpired,
    "IDEMPOTENCY_KEY_REUSED": errors.Conflict,
    "LIMIT_REACHED": errors.LimitReached,
    "NO_ELIGIBLE_ENGINE": errors.NoEligibleEngine,
    "REQUEST_TOO_LARGE": errors.RequestTooLarge,
}

NOT_HTTP_2 = "Failed parsing HTTP/2"
"""In grpc's words for what answers as HTTP/1.1 does."""

NO_CONNECTION = ("failed to connect to all addresses", "errors resolving ", "DNS resolution failed")
"""How grpc begins where it had nobody to send the call to."""

NAMES = {code.value[0]: code.name for code in grpc.StatusCode}


def error_of(code: str, message: str, trailers: Mapping[str, str | bytes], sent_request_id: str) -> AionError:
    """The error that a refused call raises; `sent_request_id` stands in when the answer names none."""
    raw = trailers.get(DETAILS_TRAILER)
    details = ErrorDetails(
        code=code,
        request_id=_text(trailers.get("x-request-id")) or sent_request_id,
        trace_id=_text(trailers.get("x-trace-id")),
    )
    if isinstance(raw, bytes):
        try:
            details = _with_status(details, status_pb2.Status.FromString(raw))
        except DecodeError:
            # Whoever answered did not speak google.rpc; code and message stand for themselves.
            details = replace(details, facts={"unreadable": DETAILS_TRAILER})
    return _error(message, details)


def error_of_status(data: bytes) -> AionError:
    """The error of one request of a batch: an encoded google.rpc.Status."""
    status = status_pb2.Status.FromString(data)
    details = ErrorDetails(code=NAMES.get(status.code, "UNKNOWN"))
    return _error(status.message, _with_status(details, status))


def _error(message: str, details: ErrorDetails) -> AionError:
    kind = OF_REASON.get(details.reason) or OF_CODE.get(details.code, errors.InternalError)
    if kind is errors.RateLimited and not details.reason and "larger than max" in message:
        kind = errors.RequestTooLarge  # grpc's own limit, which has no reason of AION
    if details.code == "UNAVAILABLE" and not details.reason and message.startswith(NO_CONNECTION):
        details = replace(details, never_sent=True)
    if kind is errors.Unavailable and not details.reason and NOT_HTTP_2 in message:
        message += f"; that port speaks no gRPC: a server is gRPC's host:port, by default {DEFAULT_SERVER}, not REST's"
    return kind(message or f"the call failed with {details.code}", details)


def _with_status(details: ErrorDetails, status: status_pb2.Status) -> ErrorDetails:
    info, fields = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry, request = error_details_pb2.RetryInfo(), error_details_pb2.RequestInfo()
    for packed in status.details:
        if packed.Unpack(info) and info.domain == DOMAIN:
            details = replace(details, reason=info.reason, facts=dict(info.metadata))
        elif packed.Unpack(fields):
            found = tuple(Violation(v.field, v.description) for v in fields.field_violations)
            details = replace(details, violations=found)
        elif packed.Unpack(retry):
            details = replace(details, retry_after=max(0.0, retry.retry_delay.ToTimedelta().total_seconds()))
        elif packed.Unpack(request):
            details = replace(
                details,
                request_id=request.request_id or details.request_id,
                trace_id=request.serving_data or details.trace_id,
            )
    return details


def _text(value: str | bytes | None) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value or ""
