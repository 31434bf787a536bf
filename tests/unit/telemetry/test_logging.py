"""Every line is one JSON object with the ids of its call, whoever wrote it."""

import asyncio
import contextlib
import io
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from aion.adapters.events.log_sink import LogEventSink
from aion.adapters.telemetry.logging import bind_call, configure_logging
from aion.ports.outbox import OutboxEvent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
KEY = "aion_1aImdEGz3KHefBMex_1mYdc5wDxtTXfLdy2E6BxArdkjKfpfI3DrCUcM5atA82zWcpp"


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    bind_call("", "")


@pytest.fixture
def lines():
    stream = io.StringIO()
    configure_logging("debug", stream=stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_logs_and_those_of_libraries_look_alike(lines):
    structlog.stdlib.get_logger("aion.tasks").warning("task failed", intent="summarize")
    logging.getLogger("alembic").warning("upgrade to %s", "head")
    ours, theirs = lines()
    assert ours["event"] == "task failed"
    assert ours["intent"] == "summarize"
    assert theirs["event"] == "upgrade to head"
    for line in (ours, theirs):
        assert line["level"] == "warning"
        assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None
        assert line["logger"] in ("aion.tasks", "alembic")


async def test_a_line_carries_the_ids_of_its_own_call_only(lines):
    both_bound = asyncio.Barrier(2)

    async def call(request_id, trace_id):
        bind_call(request_id, f"00-{trace_id}-00f067aa0ba902b7-01")
        await both_bound.wait()
        logging.getLogger("aion").info("served %s", request_id)

    await asyncio.gather(call("one", TRACE), call("two", TRACE[::-1]))
    logging.getLogger("aion").info("between calls")
    found = {line["event"]: (line.get("request_id"), line.get("trace_id")) for line in lines()}
    assert found == {
        "served one": ("one", TRACE),
        "served two": ("two", TRACE[::-1]),
        "between calls": (None, None),
    }


def test_a_line_that_names_its_trace_keeps_it(lines):
    bind_call("r", f"00-{TRACE}-00f067aa0ba902b7-01")
    structlog.stdlib.get_logger("aion").info("attempt failed", trace_id="another")
    assert lines()[0]["trace_id"] == "another"


def test_secrets_are_masked_in_messages_fields_and_tracebacks(lines):
    logging.getLogger("lib").warning("sent %s", KEY)
    structlog.stdlib.get_logger("aion").info("call", headers={"authorization": KEY}, note=KEY)
    try:
        raise ValueError(f"cannot parse {KEY}")
    except ValueError:
        logging.getLogger("lib").exception("failed")
    text = json.dumps(lines())
    assert "1mYdc5wDxtTX" not in text
    assert "cannot parse aion_1aImdEGz3KHefBMex_***" in lines()[2]["exception"]


def test_a_multi_line_text_stays_one_line(lines):
    logging.getLogger("lib").warning("a\nb")
    assert [line["event"] for line in lines()] == ["a\nb"]


def test_levels_are_kept_and_talkative_libraries_are_hushed():
    stream = io.StringIO()
    configure_logging("info", stream=stream)
    structlog.stdlib.get_logger("aion").debug("hidden")
    logging.getLogger("uvicorn.access").info("hidden")
    logging.getLogger("uvicorn.error").info("hidden too")
    logging.getLogger("aion").info("shown")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["shown"]


def test_people_get_text_and_no_secrets_either():
    stream = io.StringIO()
    configure_logging("info", json=False, stream=stream)
    try:
        raise ValueError("boom")
    except ValueError:
        structlog.stdlib.get_logger("aion").exception("failed", key=KEY)
    assert "ValueError: boom" in stream.getvalue()
    assert "aion_1aImdEGz3KHefBMex_***" in stream.getvalue()


async def test_facts_of_the_outbox_become_lines_in_order(lines):
    time = datetime(2026, 1, 1, tzinfo=UTC)
    await LogEventSink().deliver([OutboxEvent(n, "acme", f"t{n}", "task.accepted", time) for n in (1, 2)])
    assert [(line["event"], line["sequence"], line["task_id"]) for line in lines()] == [
        ("task.accepted", 1, "t1"),
        ("task.accepted", 2, "t2"),
    ]


@pytest.fixture
def full_log():
    with contextlib.suppress(OSError), Path("/dev/full").open("w") as full:
        yield full


async def test_facts_that_a_full_log_does_not_take_are_not_delivered_and_other_lines_stop_nobody(full_log, capfd):
    """Else the relay would forget them: they leave at least once."""
    configure_logging("debug", stream=full_log)
    with pytest.raises(OSError, match="No space left"):
        await LogEventSink().deliver([OutboxEvent(1, "acme", "t1", "task.accepted", datetime(2026, 1, 1, tzinfo=UTC))])
    logging.getLogger("aion").warning("nobody reads this")
    assert "No space left" in capfd.readouterr().err
