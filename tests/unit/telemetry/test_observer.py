"""What happens to a task, as numbers, spans and lines."""

import io
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from aion.adapters.telemetry.logging import configure_logging
from aion.adapters.telemetry.metrics import Metrics
from aion.adapters.telemetry.observer import TelemetryObserver
from aion.adapters.telemetry.tracing import Tracer
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.leased import leased
from aion.domain.lifecycle import started
from aion.domain.routing import Decision, Privacy, Route
from aion.domain.tasks import Priority, Sla, Task, TaskState
from tests.manual_clock import CountingEntropy

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ENGINE = "module:summarize@1.0.0"
FAILED = AttemptResult(AttemptOutcome.FAILED, failure=Failure("MODULE_TRAPPED", "unreachable"))


def a_task(**changed):
    task = Task(
        tenant="acme",
        task_id="t1",
        principal="billing",
        intent="summarize",
        input_json='{"text": "private"}',
        priority=Priority.NORMAL,
        sla=Sla(Privacy.LOCAL_ONLY),
        fingerprint=b"f",
        decision=Decision(ENGINE, Route.LOCAL, "ai-router", "only one", (), "v1", NOW),
        max_failures=1,
        attempt_timeout=timedelta(seconds=1),
        create_time=NOW,
        expire_time=NOW + timedelta(minutes=1),
        traceparent=f"00-{TRACE}-00f067aa0ba902b7-01",
    )
    return replace(task, **changed)


def an_attempt(**changed):
    return leased(started(a_task(**changed), "worker", NOW, timedelta(seconds=10)).task)


@pytest.fixture
def spans():
    return InMemorySpanExporter()


@pytest.fixture
def metrics():
    return Metrics("0")


@pytest.fixture
def observer(metrics, spans):
    tracer = Tracer(CountingEntropy(), 0.0, SimpleSpanProcessor(spans))
    yield TelemetryObserver(metrics, tracer)
    tracer.close()


@pytest.fixture
def logged():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("info", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(metrics, start):
    return [line for line in metrics.render().decode().splitlines() if line.startswith(start)]


def test_an_attempt_joins_the_trace_of_the_call_that_submitted_its_task(observer, spans):
    span = observer.attempt_began(an_attempt())
    span.end("MODULE_TRAPPED")
    (done,) = spans.get_finished_spans()
    assert f"{done.context.trace_id:032x}" == TRACE
    assert done.attributes["aion.engine"] == ENGINE
    assert span.traceparent.startswith(f"00-{TRACE}-{done.context.span_id:016x}")
    assert "private" not in done.to_json()


def test_an_attempt_of_an_unrecorded_call_carries_its_trace_on(observer, spans):
    unrecorded = f"00-{TRACE}-00f067aa0ba902b7-00"
    span = observer.attempt_began(an_attempt(traceparent=unrecorded))
    span.end()
    assert span.traceparent == unrecorded
    assert spans.get_finished_spans() == ()


def test_a_task_that_goes_well_is_counted_and_leaves_no_line(observer, metrics, logged):
    task = a_task(state=TaskState.OK, last_offset=7)
    observer.accepted(task)
    observer.attempt_ended(an_attempt(), AttemptResult(AttemptOutcome.OK), TaskState.OK, timedelta(milliseconds=3))
    observer.ended(task)
    assert lines(metrics, "aion_tasks_accepted_total") == ['aion_tasks_accepted_total{intent="summarize"} 1.0']
    assert lines(metrics, "aion_tasks_ended_total") == ['aion_tasks_ended_total{intent="summarize",state="OK"} 1.0']
    assert lines(metrics, "aion_attempt_seconds_count") == [
        f'aion_attempt_seconds_count{{engine="{ENGINE}",outcome="OK"}} 1.0'
    ]
    assert lines(metrics, "aion_events_appended_total") == ["aion_events_appended_total 7.0"]
    assert logged() == []


def test_a_failed_attempt_that_is_tried_again_ends_no_task_and_is_logged(observer, metrics, logged):
    observer.attempt_ended(an_attempt(), FAILED, TaskState.PENDING, timedelta(seconds=1))
    assert lines(metrics, "aion_tasks_ended_total") == []
    (line,) = logged()
    assert line["event"] == "attempt failed"
    assert (line["code"], line["why"], line["task_id"]) == ("MODULE_TRAPPED", "unreachable", "t1")
    assert line["trace_id"] == TRACE
    assert "private" not in json.dumps(line)


def test_a_lost_lease_and_trouble_are_counted_and_logged_with_their_cause(observer, metrics, logged):
    observer.lease_lost(an_attempt(), "stale fence")
    observer.trouble("claim", OSError("disk full"))
    assert lines(metrics, "aion_leases_lost_total") == ["aion_leases_lost_total 1.0"]
    assert lines(metrics, "aion_trouble_total") == ['aion_trouble_total{where="claim"} 1.0']
    lost, trouble = logged()
    assert lost["why"] == "stale fence"
    assert "OSError: disk full" in trouble["exception"]
