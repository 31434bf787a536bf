"""Traces over OpenTelemetry, from the client's call through the queue into the engine.

A task waits in a store between its call and its attempt; what joins them is the `traceparent` kept with
it. So spans are made from that text, never from an ambient context, and are plain handles: start, end. OpenTelemetry
itself, which is `recording`, is imported when something is recorded.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from aion.adapters.telemetry import traceparent as w3c
from aion.ports.clock import Entropy
from aion.ports.telemetry import Span

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor

    from aion.adapters.telemetry.recording import Recorder

Attributes = Mapping[str, str | int | float | bool]
_NOTHING: Final[Attributes] = {}


class UnrecordedSpan:
    """A span that only carries its trace on."""

    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def end(self, error: str = "") -> None:
        """Nothing was recorded, nothing ends."""


class Tracer:
    """Makes spans. Without a processor it records nothing, but every call still has a trace id."""

    def __init__(
        self,
        entropy: Entropy,
        ratio: float,
        processor: "SpanProcessor | None" = None,
        resource: "Resource | None" = None,
    ) -> None:
        self._entropy = entropy
        self._ratio = 0.0 if processor is None else ratio
        self._recorder = None if processor is None else _recorder(processor, resource)

    def call(self, name: str, incoming: str, attributes: Attributes = _NOTHING) -> Span:
        """The span of an arriving call.

        It joins the caller's trace when its `traceparent` is well formed, else it begins one.
        """
        joined = w3c.parse(incoming) if incoming else None
        context = joined or w3c.new(self._entropy.bytes(w3c.ID_BYTES), self._ratio)
        if self._recorder is None or not context.sampled:
            return UnrecordedSpan(context.header)
        return self._recorder.call(name, joined, attributes)

    def start(self, name: str, parent: str, attributes: Attributes = _NOTHING) -> Span | None:
        """A span below `parent`; None when the parent is not recorded, so nothing has to be done."""
        context = w3c.parse(parent) if self._recorder else None
        if self._recorder is None or context is None or not context.sampled:
            return None
        return self._recorder.step(name, context, attributes)

    def close(self) -> None:
        """Exports what waits and stops."""
        if self._recorder is not None:
            self._recorder.close()


def open_tracer(entropy: Entropy, endpoint: str, ratio: float, version: str, instance: str) -> Tracer:
    """A tracer that sends to an OTLP/gRPC endpoint in the background; without an endpoint it records
    nothing.
    """
    if not endpoint:
        return Tracer(entropy, ratio)
    from aion.adapters.telemetry.recording import otlp_processor, resource_of

    return Tracer(entropy, ratio, otlp_processor(endpoint), resource_of(version, instance))


def _recorder(processor: "SpanProcessor", resource: "Resource | None") -> "Recorder":
    from aion.adapters.telemetry.recording import Recorder

    return Recorder(processor, resource)
