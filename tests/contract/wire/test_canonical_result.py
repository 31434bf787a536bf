"""The canonical result of REST is the blueprint's, member for member."""

import json
from pathlib import Path

import pytest

from aion.adapters.transports.json.codec import decode, encode
from aion.v1 import tasks_pb2

GOLDEN = json.loads(Path(__file__).with_name("canonical_result.json").read_text(encoding="utf-8"))
BLUEPRINT = ["schema_version", "task_id", "intent", "status", "engine", "result", "usage", "error"]


def result(**changes) -> tasks_pb2.TaskResult:
    """The task of the golden file."""
    members = {
        "schema_version": "1.0",
        "task_id": "0190a1b2-0000-7000-8000-000000000000",
        "intent": "summarize",
        "status": "OK",
        "engine": tasks_pb2.Engine(route="local", chosen_by="ai-router", reason="the only local engine that is free"),
        "result_json": '{"summary": "Short — and “quoted”."}',
        "usage": tasks_pb2.Usage(latency_ms=523, tokens=1423, cost_usd=0.0018, cost_micros=1800),
        **changes,
    }
    return tasks_pb2.TaskResult(**members)


def test_an_ended_task_is_the_golden_document():
    """8.1 `result` a document, numbers as numbers, `error` null when there is none."""
    written = json.loads(encode(result()))
    assert written == GOLDEN
    assert list(written) == list(GOLDEN) == BLUEPRINT
    assert list(written["usage"]) == list(GOLDEN["usage"])
    assert isinstance(written["usage"]["latency_ms"], int)


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "ERROR", "TIMEOUT", "CANCELED"])
def test_the_blueprints_members_are_there_in_every_state(status):
    written = json.loads(encode(tasks_pb2.TaskResult(status=status)))
    assert list(written) == BLUEPRINT
    assert (written["result"], written["error"], written["engine"], written["usage"]) == (None, None, None, None)


def test_a_failed_task_says_why():
    failed = result(status="ERROR", result_json="", error=tasks_pb2.Error(code="MODULE_FAILED", message="it said no"))
    written = json.loads(encode(failed))
    assert (written["result"], written["error"]) == (None, {"code": "MODULE_FAILED", "message": "it said no"})


def test_the_golden_document_reads_back_as_the_message():
    assert json.loads(decode(tasks_pb2.TaskResult, json.dumps(GOLDEN).encode()).result_json) == GOLDEN["result"]
    again = decode(tasks_pb2.TaskResult, encode(result()))
    assert json.loads(encode(again)) == GOLDEN
