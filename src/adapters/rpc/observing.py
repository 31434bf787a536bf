"""What the pipeline tells about each call; an adapter of telemetry turns it into spans, metrics and log lines."""

from typing import Protocol


class CallRecord(Protocol):
    """One call under observation."""

    @property
    def traceparent(self) -> str:
        """The W3C header of the call's span; always valid, sampled or not."""
        ...

    def end(self, code: str, reason: str = "") -> None:
        """The call is over; `code` is the name of a gRPC code, `reason` that of the error."""
        ...

    def defect(self, error: BaseException) -> None:
        """Something outside the error tree was raised: a bug, logged with its cause."""
        ...


class CallObserver(Protocol):
    """Watches every call of every transport."""

    def began(self, method: str, transport: str, traceparent: str, request_id: str) -> CallRecord:
        """A call arrives; `traceparent` is the client's header, perhaps empty or wrong."""
        ...
