"""Every way in which a call or a task can fail, as one tree under AionError.

A refused call and a failed task are different things: the first raises here, the second is a successful call whose task
has `error` set, and raises only when `Task.raise_for_status` is asked to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aion_sdk.tasks import Task


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that is wrong: its path in the request, and what to do."""

    field: str
    description: str


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """What the server said of a refused call, beside its message.

    `code` is the gRPC code's name, `reason` AION's own stable word (empty when something between here and AION
    answered), `retry_after` seconds. `never_sent`: no attempt of the call found a connection, so nothing was done.
    """

    code: str = ""
    reason: str = ""
    request_id: str = ""
    trace_id: str = ""
    violations: tuple[Violation, ...] = ()
    retry_after: float | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    task_id: str = ""
    idempotency_key: str = ""
    never_sent: bool = False


class AionError(Exception):
    """A refused call. `message` says what is wrong and what to do."""

    def __init__(self, message: str, details: ErrorDetails | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details or ErrorDetails()

    @property
    def code(self) -> str:
        """The name of the gRPC code, such as `NOT_FOUND`; empty when the call never left this process."""
        return self.details.code

    @property
    def reason(self) -> str:
        """The stable reason, such as `TASK_NOT_FOUND`: a value of ErrorReason, unless the server is newer."""
        return self.details.reason

    @property
    def request_id(self) -> str:
        """The id under which the server's log knows the call: not the idempotency key, which is `idempotency_key`."""
        return self.details.request_id

    @property
    def trace_id(self) -> str:
        """The W3C trace id of the call."""
        return self.details.trace_id

    @property
    def task_id(self) -> str:
        """The task that it was about; empty when none was named or accepted yet."""
        return self.details.task_id

    @property
    def idempotency_key(self) -> str:
        """The key of the call: as `request_id` of the same request it finds what was made. Empty without one."""
        return self.details.idempotency_key

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The fields that are wrong."""
        return self.details.violations

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the same call may pass; None when the server did not say."""
        return self.details.retry_after

    @property
    def untold(self) -> tuple[str, ...]:
        """What the violations say beyond the message, `field: description` each."""
        more = (v for v in self.violations if v.description.rstrip(".") not in self.message)
        return tuple(f"{v.field}: {v.description}" if v.field else v.description for v in more)

    def __str__(self) -> str:
        fields = "; ".join(self.untold)
        words = f"{self.reason or self.code}: " if self.reason or self.code else ""
        return f"{words}{self.message}" + (f" ({fields})" if fields else "")


class ConfigurationError(AionError):
    """The client itself is set up wrong; nothing was sent."""


class AuthenticationError(AionError):
    """No credentials, or none that the server knows."""


class PermissionDenied(AionError):
    """The caller lacks a scope."""


class NotFound(AionError):
    """No such thing for this caller. An intent that a submission names and nobody offers is an InvalidRequest."""


class Conflict(AionError):
    """The task id or the request id is taken by another request."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed it since it was read: read it again, then decide."""


class InvalidRequest(AionError):
    """The request itself is wrong; `violations` name the fields. Sending it again changes nothing."""


class RequestTooLarge(InvalidRequest):
    """The request is larger than AION takes."""


class Refused(AionError):
    """The request is right, but cannot be served as things stand."""


class LimitReached(Refused):
    """There are as many of these as there may be; delete one first."""


class NoEligibleEngine(Refused):
    """No engine may run this task; the message and the violations say why for each."""


class EventsExpired(Refused):
    """The events of this task are no longer kept; its result is, `get` reads it."""


class RateLimited(AionError):
    """A bound is reached; `retry_after` says when the same call may pass."""


class Unavailable(AionError):
    """The call could not be served now; sent again with the same request id it makes no second task."""


class DeadlineExceeded(AionError):
    """The call's time is up; a task that was accepted goes on."""


class Unimplemented(AionError):
    """The server does not know this method."""


class InternalError(AionError):
    """A defect of the server; `request_id` finds its log."""


class WebhookVerificationError(AionError):
    """What came is not a webhook that one of the secrets signed a short time ago."""


class TaskFailed(AionError):
    """The task ended ERROR. `task` is the whole of it, `reason` its error code."""

    def __init__(self, message: str, *, task: "Task", reason: str) -> None:
        super().__init__(message, ErrorDetails(reason=reason, task_id=task.task_id))
        self.task = task


class TaskTimedOut(TaskFailed):
    """The task ended TIMEOUT."""


class TaskCanceled(TaskFailed):
    """The task ended CANCELED."""


TASK_ERRORS: Mapping[str, type[TaskFailed]] = {
    "ERROR": TaskFailed,
    "TIMEOUT": TaskTimedOut,
    "CANCELED": TaskCanceled,
}
