"""What `aion.ports.outbox.EventSink` promises: what was delivered is there, in order; what was not, raises."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import astuple
from datetime import datetime, timedelta

import pytest
import structlog

from aion.adapters.events.log_sink import LogEventSink
from aion.adapters.events.memory_sink import MemoryEventSink
from aion.adapters.telemetry.logging import FACTS
from aion.ports.outbox import EventSink, OutboxEvent
from tests.sample_tasks import START

Facts = list[tuple[object, ...]]


def fact(sequence: int, name: str = "task.accepted") -> OutboxEvent:
    return OutboxEvent(sequence, "acme", f"task-{sequence}", name, START + timedelta(seconds=sequence))


@pytest.fixture(params=["log", "memory"])
def sink(request: pytest.FixtureRequest) -> Iterator[tuple[EventSink, Callable[[], Facts]]]:
    """The sink, and what has arrived at its other end."""
    if request.param == "memory":
        memory = MemoryEventSink()
        yield memory, lambda: [astuple(event) for event in memory.events]
        return
    logger = logging.getLogger(FACTS)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        yield LogEventSink(), lambda: [_as_fact(line) for line in lines]
    logger.setLevel(level)


async def test_facts_arrive_whole_and_in_order(sink):
    sink, arrived = sink
    await sink.deliver([fact(1), fact(2, "task.ended")])
    await sink.deliver([fact(3)])
    assert arrived() == [astuple(fact(1)), astuple(fact(2, "task.ended")), astuple(fact(3))]


async def test_a_fact_that_is_delivered_again_arrives_again_with_its_sequence(sink):
    """At least once: consumers drop what they have seen."""
    sink, arrived = sink
    await sink.deliver([fact(1)])
    await sink.deliver([fact(1), fact(2)])
    assert [told[0] for told in arrived()] == [1, 1, 2]


async def test_nothing_to_deliver_is_no_error(sink):
    sink, arrived = sink
    await sink.deliver([])
    assert arrived() == []


async def test_a_sink_that_cannot_deliver_raises():
    sink = MemoryEventSink()
    sink.refusal = OSError("the broker is away")
    with pytest.raises(OSError, match="away"):
        await sink.deliver([fact(1)])
    assert sink.events == []


async def test_lines_that_nobody_reads_are_not_written():
    logging.getLogger(FACTS).setLevel(logging.INFO)
    try:
        with structlog.testing.capture_logs() as lines:
            await LogEventSink().deliver([fact(1)])
    finally:
        logging.getLogger(FACTS).setLevel(logging.NOTSET)
    assert lines == []


def _as_fact(line: "structlog.typing.EventDict") -> tuple[object, ...]:
    return line["sequence"], line["tenant"], line["task_id"], line["event"], datetime.fromisoformat(line["time"])
