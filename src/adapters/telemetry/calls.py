"""Every call of every transport, as a span, a count and, when it is a defect, a log line with its cause."""

from typing import TYPE_CHECKING

import structlog

from aion.adapters.rpc.observing import CallObserver, CallRecord
from aion.adapters.telemetry.logging import bind_call
from aion.adapters.telemetry.metrics import Metrics
from aion.adapters.telemetry.tracing import Tracer
from aion.ports.clock import Clock
from aion.ports.telemetry import Span

log = structlog.stdlib.get_logger("aion.calls")


class TelemetryCallObserver:
    """Watches calls for metrics, traces and logs."""

    def __init__(self, metrics: Metrics, tracer: Tracer, clock: Clock) -> None:
        self._metrics = metrics
        self._tracer = tracer
        self._clock = clock

    def began(self, method: str, transport: str, traceparent: str, request_id: str) -> CallRecord:
        """Opens the call's span, in the client's trace when its header is well formed."""
        span = self._tracer.call(method or "unknown", traceparent)
        bind_call(request_id, span.traceparent)
        return _Record(self._metrics, span, method or "unknown", transport, self._clock)


class _Record:
    """One call."""

    __slots__ = ("_began", "_clock", "_method", "_metrics", "_span", "_transport", "traceparent")

    def __init__(self, metrics: Metrics, span: Span, method: str, transport: str, clock: Clock) -> None:
        self._metrics = metrics
        self._span = span
        self._method = method
        self._transport = transport
        self._clock = clock
        self._began = clock.monotonic()
        self.traceparent = span.traceparent

    def end(self, code: str, reason: str = "") -> None:
        """Counts the call; a refusal also by its reason."""
        self._metrics.calls.observe(self._clock.monotonic() - self._began, self._method, self._transport, code)
        if reason:
            self._metrics.refused.add(reason)
        self._span.end(reason)

    def defect(self, error: BaseException) -> None:
        """Logs a bug with its cause; the client only gets the request id."""
        log.error("a call failed for a reason that is no refusal", method=self._method, exc_info=error)


if TYPE_CHECKING:
    _: type[CallObserver] = TelemetryCallObserver
