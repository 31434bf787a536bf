"""Traces over OpenTelemetry, from the client's call through the queue into the engine.

A task waits in a store between its call and its attempt; what joins them is the `traceparent` kept with
it. So spans are made from that text, never from an ambient context, and are plain handles: start, end.
"""

from collections.abc import Mapping
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as OpenTelemetrySpan
from opentelemetry.trace import Tracer as OpenTelemetryTracer

from aion.adapters.telemetry import traceparent as w3c
from aion.ports.clock import Entropy
from aion.ports.telemetry import Span

Attributes = Mapping[str, str | int | float | bool]
_NOTHING: Final[Attributes] = {}


class UnrecordedSpan:
    """A span that only carries its trace on."""

    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def end(self, error: str = "") -> None:
        """Nothing was recorded, nothing ends."""


class RecordedSpan:
    """A span that will be exported."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, span: OpenTelemetrySpan) -> None:
        context = span.get_span_context()
        self._span = span
        self.traceparent = w3c.TraceContext(f"{context.trace_id:032x}", f"{context.span_id:016x}", sampled=True).header

    def end(self, error: str = "") -> None:
        """Ends the span, as failed when there is an error."""
        if error:
            self._span.set_status(Status(StatusCode.ERROR, error))
        self._span.end()


class Tracer:
    """Makes spans. Without a processor it records nothing, but every call still has a trace id."""

    def __init__(
        self,
        entropy: Entropy,
        ratio: float,
        processor: SpanProcessor | None = None,
        resource: Resource | None = None,
    ) -> None:
        self._entropy = entropy
        self._ratio = 0.0 if processor is None else ratio
        self._provider: TracerProvider | None = None
        self._tracer: OpenTelemetryTracer | None = None
        if processor is not None:
            # Who is recorded was decided before OpenTelemetry is asked, so it records all that reaches it.
            self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
            self._provider.add_span_processor(processor)
            self._tracer = self._provider.get_tracer("aion")

    def call(self, name: str, incoming: str, attributes: Attributes = _NOTHING) -> Span:
        """The span of an arriving call.

        It joins the caller's trace when its `traceparent` is well formed, else it begins one.
        """
        joined = w3c.parse(incoming) if incoming else None
        context = joined or w3c.new(self._entropy.bytes(w3c.ID_BYTES), self._ratio)
        if self._tracer is None or not context.sampled:
            return UnrecordedSpan(context.header)
        parent = None if joined is None else _parent(joined)
        return RecordedSpan(self._tracer.start_span(name, parent, SpanKind.SERVER, attributes))

    def start(self, name: str, parent: str, attributes: Attributes = _NOTHING) -> Span | None:
        """A span below `parent`; None when the parent is not recorded, so nothing has to be done."""
        context = w3c.parse(parent) if self._tracer else None
        if self._tracer is None or context is None or not context.sampled:
            return None
        return RecordedSpan(self._tracer.start_span(name, _parent(context), SpanKind.INTERNAL, attributes))

    def close(self) -> None:
        """Exports what waits and stops."""
        if self._provider is not None:
            self._provider.shutdown()


def open_tracer(entropy: Entropy, endpoint: str, ratio: float, version: str, instance: str) -> Tracer:
    """A tracer that sends to an OTLP/gRPC endpoint in the background; without an endpoint it records
    nothing.
    """
    if not endpoint:
        return Tracer(entropy, ratio)
    # Heavy to import, and most servers do not need it.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    exporter: SpanExporter = OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"))
    resource = Resource({"service.name": "aion", "service.version": version, "service.instance.id": instance})
    return Tracer(entropy, ratio, BatchSpanProcessor(exporter), resource)


def _parent(of: w3c.TraceContext) -> Context:
    flags = TraceFlags(TraceFlags.SAMPLED)
    span = SpanContext(int(of.trace_id, 16), int(of.span_id, 16), is_remote=True, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(span))
