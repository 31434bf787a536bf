"""Refused calls of the fake, with the details that AION sends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.rpc import error_details_pb2, status_pb2

from aion_sdk._wire.status import DETAILS_TRAILER, DOMAIN

CODES: Mapping[str, str] = {
    "CHANGED_MEANWHILE": "ABORTED",
    "DELIVERY_NOT_FOUND": "NOT_FOUND",
    "DRAINING": "UNAVAILABLE",
    "EVENTS_EXPIRED": "FAILED_PRECONDITION",
    "EXPIRE_TIME_PAST": "INVALID_ARGUMENT",
    "IDEMPOTENCY_KEY_REUSED": "FAILED_PRECONDITION",
    "INPUT_SCHEMA_VIOLATION": "INVALID_ARGUMENT",
    "INTENT_NOT_FOUND": "INVALID_ARGUMENT",
    "INTERNAL": "INTERNAL",
    "LIMIT_REACHED": "RESOURCE_EXHAUSTED",
    "METHOD_NOT_FOUND": "UNIMPLEMENTED",
    "MODULE_NOT_FOUND": "NOT_FOUND",
    "NO_ELIGIBLE_ENGINE": "FAILED_PRECONDITION",
    "OFFSET_OUT_OF_RANGE": "OUT_OF_RANGE",
    "OUTCOME_UNKNOWN": "UNAVAILABLE",
    "OVERLOADED": "RESOURCE_EXHAUSTED",
    "PAGE_TOKEN_INVALID": "INVALID_ARGUMENT",
    "PERMISSION_DENIED": "PERMISSION_DENIED",
    "QUEUE_FULL": "RESOURCE_EXHAUSTED",
    "RATE_LIMITED": "RESOURCE_EXHAUSTED",
    "SCHEDULE_ALREADY_EXISTS": "ALREADY_EXISTS",
    "SCHEDULE_INVALID": "INVALID_ARGUMENT",
    "SCHEDULE_NOT_FOUND": "NOT_FOUND",
    "STORE_UNAVAILABLE": "UNAVAILABLE",
    "TASK_ALREADY_EXISTS": "ALREADY_EXISTS",
    "TASK_NOT_ENDED": "FAILED_PRECONDITION",
    "TASK_NOT_FOUND": "NOT_FOUND",
    "TOO_MANY_WAITERS": "RESOURCE_EXHAUSTED",
    "UNAUTHENTICATED": "UNAUTHENTICATED",
    "VALIDATION_FAILED": "INVALID_ARGUMENT",
    "WEBHOOK_DISABLED": "FAILED_PRECONDITION",
    "WEBHOOK_NOT_FOUND": "NOT_FOUND",
    "WEBHOOK_URL_REFUSED": "INVALID_ARGUMENT",
}
"""The gRPC codes of the reasons with which the fake can be told to refuse."""


class RefusedCall(Exception):
    """The fake says no. Raises ValueError for a reason that AION does not refuse calls with."""

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        retry_after: float | None = None,
        violations: Mapping[str, str] | None = None,
    ) -> None:
        if reason not in CODES:
            raise ValueError(f"{reason!r} is no reason of a refused call; give one of {', '.join(CODES)}")
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.retry_after = retry_after
        self.violations = dict(violations or {})

    @property
    def code(self) -> grpc.StatusCode:
        """The gRPC code of the reason."""
        return grpc.StatusCode[CODES[self.reason]]

    def status(self) -> status_pb2.Status:
        """What is sent with it."""
        details: list[Any] = [error_details_pb2.ErrorInfo(reason=self.reason, domain=DOMAIN)]
        if self.violations:
            wrong = error_details_pb2.BadRequest()
            for name, words in self.violations.items():
                wrong.field_violations.add(field=name, description=words)
            details.append(wrong)
        if self.retry_after is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromTimedelta(timedelta(seconds=self.retry_after))
            details.append(retry)
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        for detail in details:
            packed = Packed()
            packed.Pack(detail)
            status.details.append(packed)
        return status

    def trailers(self) -> tuple[tuple[str, bytes], ...]:
        """The details as trailing metadata."""
        return ((DETAILS_TRAILER, self.status().SerializeToString()),)
