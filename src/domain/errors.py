"""Every way in which AION refuses a call, as one tree.

An error is a fact: a sentence, a stable `reason` (the value of the contract's ErrorReason without its prefix) and typed
facts. It knows no status code; one table of the front door maps reasons to gRPC and HTTP. A task that *ran* and failed
is not an error of this tree but a `Failure` value in its result.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

MOST_VIOLATIONS = 10
"""So many wrong fields, or facts, a refusal lists: more are no help, and the answer has bounds of its own."""


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field that is wrong: its path in the request, the limit it breaks, and what to do."""

    field: str
    description: str


class AionError(Exception):
    """A refused call: `message` says what is wrong and what to do, for people; it never holds a secret."""

    reason: ClassVar[str]
    usual_pause: ClassVar[timedelta | None] = None
    """After which the same call may be sent again, where nobody knows it better."""

    def __init__(
        self,
        message: str,
        *,
        violations: tuple[FieldViolation, ...] = (),
        retry_after: timedelta | None = None,
        facts: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.violations = violations
        self.retry_after = retry_after or self.usual_pause
        self.facts = facts or {}

    def under(self, path: str) -> Self:
        """This error, about a part of the request that lies at `path`."""
        self.violations = tuple(FieldViolation(f"{path}.{one.field}", one.description) for one in self.violations)
        return self

    def outside(self, path: str) -> Self:
        """This error as who sent the part at `path` alone, as the whole request, names the fields."""
        inside = f"{path}."
        for one in self.violations:
            if one.field.startswith(inside):
                self.message = self.message.replace(one.field, one.field.removeprefix(inside))
        self.violations = tuple(
            FieldViolation(one.field.removeprefix(inside), one.description) for one in self.violations
        )
        return self


class InvalidRequest(AionError):
    """The request itself is wrong; sending it again changes nothing."""


class MalformedRequest(InvalidRequest):
    """The bytes are not a message of this method, or name a field that does not exist."""

    reason = "MALFORMED_REQUEST"


class ValidationFailed(InvalidRequest):
    """A field breaks a rule of the contract."""

    reason = "VALIDATION_FAILED"


class RequestTooLarge(InvalidRequest):
    """The request is larger than AION takes."""

    reason = "REQUEST_TOO_LARGE"


class InputSchemaViolation(InvalidRequest):
    """The parameters do not fit the intent's input schema."""

    reason = "INPUT_SCHEMA_VIOLATION"


class ExpireTimePast(InvalidRequest):
    """The expire time lies in the past."""

    reason = "EXPIRE_TIME_PAST"


class BudgetInvalid(InvalidRequest):
    """The budget is not an amount of money that AION can keep."""

    reason = "BUDGET_INVALID"


class PageTokenInvalid(InvalidRequest):
    """The page token is not one of ours, or belongs to another tenant, filter or order."""

    reason = "PAGE_TOKEN_INVALID"


class IntentNotFound(InvalidRequest):
    """The request names an intent that does not exist here."""

    reason = "INTENT_NOT_FOUND"


class ScheduleInvalid(InvalidRequest):
    """The cron expression or the time zone cannot be understood, or the schedule can never fire."""

    reason = "SCHEDULE_INVALID"


class WebhookUrlRefused(InvalidRequest):
    """The URL is not one that AION calls: not HTTPS, or not a public address."""

    reason = "WEBHOOK_URL_REFUSED"


class OffsetOutOfRange(AionError):
    """The offset lies beyond the end of the task's log."""

    reason = "OFFSET_OUT_OF_RANGE"


class Unauthenticated(AionError):
    """No credentials, or none that are known; the message never says which part was wrong."""

    reason = "UNAUTHENTICATED"


class PermissionDenied(AionError):
    """The caller lacks a scope."""

    reason = "PERMISSION_DENIED"


class NotFound(AionError):
    """The thing does not exist for this caller; what another tenant has looks just the same."""


class TaskNotFound(NotFound):
    """No such task for this tenant."""

    reason = "TASK_NOT_FOUND"


class ScheduleNotFound(NotFound):
    """No such schedule for this tenant."""

    reason = "SCHEDULE_NOT_FOUND"


class WebhookNotFound(NotFound):
    """No such webhook for this tenant."""

    reason = "WEBHOOK_NOT_FOUND"


class DeliveryNotFound(NotFound):
    """No such delivery of this webhook."""

    reason = "DELIVERY_NOT_FOUND"


class ModuleNotFound(NotFound):
    """No such module, or no version of it that was asked for; `facts` name those that look alike."""

    reason = "MODULE_NOT_FOUND"


class MethodNotFound(AionError):
    """No such method or path."""

    reason = "METHOD_NOT_FOUND"


class TaskAlreadyExists(AionError):
    """The task id is taken by another task of this tenant."""

    reason = "TASK_ALREADY_EXISTS"


class IdempotencyKeyReused(AionError):
    """The idempotency key was used for another request."""

    reason = "IDEMPOTENCY_KEY_REUSED"


class ScheduleAlreadyExists(AionError):
    """The schedule id is taken by another schedule of this tenant."""

    reason = "SCHEDULE_ALREADY_EXISTS"


class TaskNotEnded(AionError):
    """Only an ended task can be done again."""

    reason = "TASK_NOT_ENDED"


class WebhookDisabled(AionError):
    """A webhook that is disabled gets no deliveries, so none can be replayed."""

    reason = "WEBHOOK_DISABLED"


class ChangedMeanwhile(AionError):
    """Somebody else changed it since the caller read it; read it again."""

    reason = "CHANGED_MEANWHILE"


class NoEligibleEngine(AionError):
    """No engine may run this task; `violations` and `facts` say why for each candidate."""

    reason = "NO_ELIGIBLE_ENGINE"


class EventsExpired(AionError):
    """The events of this task are no longer kept; the task with its result is: the facts name it and its state."""

    reason = "EVENTS_EXPIRED"


class Exhausted(AionError):
    """A bound is reached; the same call may pass later, `retry_after` says when, or the caller must make room first."""


class RateLimited(Exhausted):
    """Too many requests."""

    reason = "RATE_LIMITED"


class QueueFull(Exhausted):
    """The tenant's queue is full."""

    reason = "QUEUE_FULL"


class TooManyWaiters(Exhausted):
    """Too many calls wait or watch at once."""

    reason = "TOO_MANY_WAITERS"


class ReaderTooSlow(Exhausted):
    """The reader is too slow for the stream; resume after the last offset that it got."""

    reason = "READER_TOO_SLOW"


class LimitReached(Exhausted):
    """The tenant has as many of these as it may have; the message names the limit."""

    reason = "LIMIT_REACHED"


class Overloaded(Exhausted):
    """More calls come than this server can serve."""

    reason = "OVERLOADED"


class CallDeadlineExceeded(AionError):
    """The call's deadline passed; what was accepted goes on."""

    reason = "CALL_DEADLINE_EXCEEDED"


class Unavailable(AionError):
    """The call could not be served now; the same call with the same key may be sent again."""

    usual_pause = timedelta(seconds=1)


class Draining(Unavailable):
    """The server is shutting down."""

    reason = "DRAINING"


class StoreUnavailable(Unavailable):
    """The store cannot answer; nothing was written."""

    reason = "STORE_UNAVAILABLE"


class OutcomeUnknown(Unavailable):
    """The commit failed: the outcome is unknown, retry with the same key."""

    reason = "OUTCOME_UNKNOWN"


class StaleFence(AionError):
    """A worker wrote under a lease that it no longer holds. Reaches workers, never a client."""

    reason = "STALE_FENCE"


class WorkerNotRegistered(AionError):
    """The server does not know this worker, as after the server's start; it registers again. Never reaches a client."""

    reason = "WORKER_NOT_REGISTERED"


class WorkerVersionUnsupported(AionError):
    """A worker's version is more than one minor release away from the server's. Never reaches a client."""

    reason = "WORKER_VERSION_UNSUPPORTED"
