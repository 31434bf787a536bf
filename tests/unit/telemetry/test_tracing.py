"""Spans: joined to the caller's trace, recorded or not, never needed for the call to have a trace id."""

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from aion.adapters.telemetry import traceparent as w3c
from aion.adapters.telemetry.tracing import Tracer, UnrecordedSpan, open_tracer
from tests.manual_clock import CountingEntropy

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
RECORDED = f"00-{TRACE}-{SPAN}-01"
UNRECORDED = f"00-{TRACE}-{SPAN}-00"


@pytest.fixture
def exported():
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exported):
    tracer = Tracer(CountingEntropy(), 0.0, SimpleSpanProcessor(exported))
    yield tracer
    tracer.close()


def test_a_call_joins_the_trace_of_its_caller(tracer, exported):
    span = tracer.call("Submit", RECORDED, {"rpc.method": "Submit"})
    span.end()
    (done,) = exported.get_finished_spans()
    assert f"{done.context.trace_id:032x}" == TRACE
    assert f"{done.parent.span_id:016x}" == SPAN
    assert done.kind is SpanKind.SERVER
    assert done.attributes["rpc.method"] == "Submit"
    assert w3c.parse(span.traceparent) == w3c.TraceContext(TRACE, f"{done.context.span_id:016x}", sampled=True)


def test_spans_of_a_task_hang_together_by_text_alone(tracer, exported):
    call = tracer.call("Submit", RECORDED)
    attempt = tracer.start("attempt", call.traceparent)
    attempt.end("MODULE_FAILED")
    call.end()
    inner, outer = exported.get_finished_spans()
    assert inner.parent.span_id == outer.context.span_id
    assert not inner.status.is_ok
    assert inner.status.description == "MODULE_FAILED"
    assert outer.status.is_ok


def test_a_caller_that_does_not_record_is_followed(tracer, exported):
    span = tracer.call("Submit", UNRECORDED)
    span.end("failed")
    assert span.traceparent == UNRECORDED
    assert tracer.start("attempt", span.traceparent) is None
    assert exported.get_finished_spans() == ()


@pytest.mark.parametrize("incoming", ["", "junk", f"00-{'0' * 32}-{SPAN}-01"])
def test_a_call_without_a_trace_begins_one_of_its_own(tracer, exported, incoming):
    span = tracer.call("Submit", incoming)
    context = w3c.parse(span.traceparent)
    assert context is not None
    assert context.trace_id != TRACE
    assert not context.sampled, "the ratio is 0"
    assert span.traceparent != tracer.call("Submit", incoming).traceparent


def test_a_new_trace_that_is_recorded_has_no_parent(exported):
    tracer = Tracer(CountingEntropy(), 1.0, SimpleSpanProcessor(exported))
    tracer.call("Submit", "").end()
    tracer.close()
    (done,) = exported.get_finished_spans()
    assert done.parent is None


def test_without_an_endpoint_nothing_is_recorded_and_every_call_has_a_trace_id():
    tracer = open_tracer(CountingEntropy(), endpoint="", ratio=1.0, version="0", instance="test")
    span = tracer.call("Submit", "")
    assert isinstance(span, UnrecordedSpan)
    context = w3c.parse(span.traceparent)
    assert context is not None
    assert not context.sampled, "it would promise a trace that nobody records"
    assert tracer.call("Submit", RECORDED).traceparent == RECORDED
    assert tracer.start("attempt", RECORDED) is None
    tracer.close()
