"""Spans that are recorded: the one place that knows OpenTelemetry, for servers that were given where to send them."""

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
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

from aion.adapters.telemetry import traceparent as w3c
from aion.adapters.telemetry.tracing import Attributes
from aion.ports.telemetry import Span


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


class Recorder:
    """Starts spans that will be exported; who is recorded is decided before it is asked."""

    def __init__(self, processor: SpanProcessor, resource: Resource | None) -> None:
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("aion")

    def call(self, name: str, joined: w3c.TraceContext | None, attributes: Attributes) -> Span:
        """The span of an arriving call, in the trace that it joined or in one that begins here."""
        parent = None if joined is None else _parent(joined)
        return RecordedSpan(self._tracer.start_span(name, parent, SpanKind.SERVER, attributes))

    def step(self, name: str, parent: w3c.TraceContext, attributes: Attributes) -> Span:
        """The span of a step of work below another."""
        return RecordedSpan(self._tracer.start_span(name, _parent(parent), SpanKind.INTERNAL, attributes))

    def close(self) -> None:
        """Exports what waits and stops."""
        self._provider.shutdown()


def otlp_processor(endpoint: str) -> SpanProcessor:
    """Sends spans to an OTLP/gRPC endpoint in the background."""
    exporter: SpanExporter = OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"))
    return BatchSpanProcessor(exporter)


def resource_of(version: str, instance: str) -> Resource:
    """Who the spans are of."""
    return Resource({"service.name": "aion", "service.version": version, "service.instance.id": instance})


def _parent(of: w3c.TraceContext) -> Context:
    flags = TraceFlags(TraceFlags.SAMPLED)
    span = SpanContext(int(of.trace_id, 16), int(of.span_id, 16), is_remote=True, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(span))
