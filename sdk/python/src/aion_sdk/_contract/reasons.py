"""Why AION says no: the stable reasons of refused calls and of failed tasks.

Generated from proto/aion/v1 by `make generate`: do not edit.
"""

from enum import StrEnum


class ErrorReason(StrEnum):
    """What `AionError.reason`, `Failure.code` and `Attempt.error_code` say; values are only added."""

    MALFORMED_REQUEST = "MALFORMED_REQUEST"
    """The request cannot be decoded, or names a field that does not exist."""

    VALIDATION_FAILED = "VALIDATION_FAILED"
    """A field breaks a rule of the contract."""

    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    """The request is larger than AION takes."""

    INPUT_SCHEMA_VIOLATION = "INPUT_SCHEMA_VIOLATION"
    """The parameters do not fit the intent's input schema."""

    EXPIRE_TIME_PAST = "EXPIRE_TIME_PAST"
    """The expire time lies in the past."""

    BUDGET_INVALID = "BUDGET_INVALID"
    """The budget is not an amount of money that AION can keep."""

    PAGE_TOKEN_INVALID = "PAGE_TOKEN_INVALID"
    """The page token is not one of ours, or belongs to another query."""

    OFFSET_OUT_OF_RANGE = "OFFSET_OUT_OF_RANGE"
    """The offset lies beyond the end of the task's log."""

    SCHEDULE_INVALID = "SCHEDULE_INVALID"
    """The cron expression or the time zone cannot be understood."""

    WEBHOOK_URL_REFUSED = "WEBHOOK_URL_REFUSED"
    """The URL is not one that AION calls: not HTTPS, or not a public address."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    """No credentials, or none that are known."""

    PERMISSION_DENIED = "PERMISSION_DENIED"
    """The caller lacks a scope."""

    TASK_NOT_FOUND = "TASK_NOT_FOUND"
    """No such task for this tenant."""

    INTENT_NOT_FOUND = "INTENT_NOT_FOUND"
    """No such intent."""

    METHOD_NOT_FOUND = "METHOD_NOT_FOUND"
    """No such method or path."""

    TASK_ALREADY_EXISTS = "TASK_ALREADY_EXISTS"
    """The task id is taken by another task."""

    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    """The idempotency key was used for another request."""

    NO_ELIGIBLE_ENGINE = "NO_ELIGIBLE_ENGINE"
    """No engine may run this task; the details say why for each."""

    EVENTS_EXPIRED = "EVENTS_EXPIRED"
    """The events of this task are no longer kept; its result is."""

    TASK_NOT_ENDED = "TASK_NOT_ENDED"
    """Only an ended task can be done again."""

    SCHEDULE_NOT_FOUND = "SCHEDULE_NOT_FOUND"
    """No such schedule for this tenant."""

    SCHEDULE_ALREADY_EXISTS = "SCHEDULE_ALREADY_EXISTS"
    """The schedule id is taken by another schedule."""

    WEBHOOK_NOT_FOUND = "WEBHOOK_NOT_FOUND"
    """No such webhook for this tenant."""

    DELIVERY_NOT_FOUND = "DELIVERY_NOT_FOUND"
    """No such delivery of this webhook."""

    STALE_FENCE = "STALE_FENCE"
    """The worker holds no such lease any more."""

    WORKER_NOT_REGISTERED = "WORKER_NOT_REGISTERED"
    """The server does not know this worker; it registers again."""

    WORKER_VERSION_UNSUPPORTED = "WORKER_VERSION_UNSUPPORTED"
    """The worker's version is more than one minor release away from the server's."""

    CHANGED_MEANWHILE = "CHANGED_MEANWHILE"
    """Somebody else changed it meanwhile; read it again."""

    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
    """The webhook is disabled and gets no deliveries; enable it first."""

    MODULE_NOT_FOUND = "MODULE_NOT_FOUND"
    """No such module, or no version of it that was asked for."""

    RATE_LIMITED = "RATE_LIMITED"
    """Too many requests."""

    QUEUE_FULL = "QUEUE_FULL"
    """The tenant's queue is full."""

    TOO_MANY_WAITERS = "TOO_MANY_WAITERS"
    """Too many calls wait or watch at once."""

    READER_TOO_SLOW = "READER_TOO_SLOW"
    """The reader is too slow for the stream."""

    LIMIT_REACHED = "LIMIT_REACHED"
    """The tenant has as many of these as it may have."""

    OVERLOADED = "OVERLOADED"
    """More calls come than this server can serve."""

    CALL_DEADLINE_EXCEEDED = "CALL_DEADLINE_EXCEEDED"
    """The call's deadline passed; what was accepted goes on."""

    DRAINING = "DRAINING"
    """The server is shutting down."""

    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    """The store cannot answer."""

    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """The commit failed: the outcome is unknown, retry with the same key."""

    INTERNAL = "INTERNAL"
    """A defect of AION."""

    MODULE_FAILED = "MODULE_FAILED"
    """The module said that it failed."""

    MODULE_TRAPPED = "MODULE_TRAPPED"
    """The module trapped."""

    RESULT_MISSING = "RESULT_MISSING"
    """The module ended without a result."""

    OUTPUT_MALFORMED = "OUTPUT_MALFORMED"
    """The module wrote something that is not ABI v1."""

    OUTPUT_SCHEMA_VIOLATION = "OUTPUT_SCHEMA_VIOLATION"
    """The result does not fit the output schema."""

    FUEL_EXHAUSTED = "FUEL_EXHAUSTED"
    """The module burnt its fuel."""

    MEMORY_EXCEEDED = "MEMORY_EXCEEDED"
    """The module asked for more memory than it may have."""

    OUTPUT_TOO_LARGE = "OUTPUT_TOO_LARGE"
    """The module wrote more than it may."""

    RESULT_TOO_LARGE = "RESULT_TOO_LARGE"
    """The result is larger than 1 MiB."""

    ATTEMPT_TIMEOUT = "ATTEMPT_TIMEOUT"
    """The attempt passed its time limit."""

    TASK_EXPIRED = "TASK_EXPIRED"
    """The task passed its expire time."""

    TASK_CANCELED = "TASK_CANCELED"
    """Somebody canceled the task."""

    TASK_POISONED = "TASK_POISONED"
    """Hosts or leases were lost too often while it ran."""

    ENGINE_UNAVAILABLE = "ENGINE_UNAVAILABLE"
    """The engine that was chosen is no longer there."""

    ATTEMPT_LOST = "ATTEMPT_LOST"
    """The host or the lease of an attempt was lost; says nothing about the work."""

    QUEUE_EXPIRED = "QUEUE_EXPIRED"
    """No attempt began within the task's `max_queue_time`."""

    NO_TURN = "NO_TURN"
    """An attempt never began: all places where it could run were taken. Its task waits for its next turn."""
