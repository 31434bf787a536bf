"""How messages look in REST JSON."""

import json
import math
from pathlib import Path

from google.protobuf import any_pb2, duration_pb2, timestamp_pb2
from google.rpc import error_details_pb2, status_pb2

from aion.adapters.transports.json.codec import encode
from aion.v1 import catalog_pb2, decisions_pb2, events_pb2, lifecycle_pb2, tasks_pb2

GOLDEN = Path(__file__).parent / "golden" / "task_result.json"


def canonical() -> tasks_pb2.TaskResult:
    return tasks_pb2.TaskResult(
        schema_version="1.0",
        task_id="uuid",
        intent="summarize",
        status="OK",
        engine=tasks_pb2.Engine(route="local", chosen_by="ai-router", reason="..."),
        result_json='{"summary":"..."}',
        usage=tasks_pb2.Usage(latency_ms=523, tokens=1423, cost_usd=0.0018, cost_micros=1800),
    )


def test_the_canonical_result_is_written_byte_for_byte_as_the_blueprint_shows_it():
    assert encode(canonical()) == GOLDEN.read_bytes().rstrip(b"\n")


def test_an_empty_task_still_has_every_member_of_the_canonical_result():
    assert json.loads(encode(tasks_pb2.TaskResult())) == {
        "schema_version": "",
        "task_id": "",
        "intent": "",
        "status": "",
        "engine": None,
        "result": None,
        "usage": None,
        "error": None,
    }


def test_members_that_are_not_always_written_are_left_out_at_their_default():
    assert json.loads(encode(events_pb2.TaskEvent(offset=3))) == {"offset": 3}


def test_a_field_for_messages_alone_has_no_member():
    event = events_pb2.TaskEvent(offset=1)
    response = tasks_pb2.WatchResponse(event=event, more_events=[event])
    assert json.loads(encode(response)) == {"event": {"offset": 1}}
    assert json.loads(encode(tasks_pb2.WatchRequest(task_id="t", max_events=3))) == {"task_id": "t"}


def test_an_embedded_document_is_written_as_json_not_as_a_string():
    event = events_pb2.TaskEvent(data_json='{"n":[1,2,{"x":null}],"big":12345678901234567890123}')
    assert b'"data":{"n":[1,2,{"x":null}],"big":12345678901234567890123}' in encode(event)


def test_enums_are_written_by_name_and_unknown_ones_by_number():
    message = tasks_pb2.TaskResult()
    message.attempts.add(outcome=lifecycle_pb2.ATTEMPT_OUTCOME_LOST)
    message.attempts.add().MergeFromString(b"\x18\x63")
    assert [a["outcome"] for a in json.loads(encode(message))["attempts"]] == ["ATTEMPT_OUTCOME_LOST", 99]


def test_an_optional_field_that_is_set_to_its_default_is_written():
    assert json.loads(encode(tasks_pb2.TaskResult(promise_kept=False)))["promise_kept"] is False
    assert "promise_kept" not in json.loads(encode(tasks_pb2.TaskResult()))


def test_numbers_that_are_not_finite_are_written_as_protobuf_names_them():
    written = [
        json.loads(encode(decisions_pb2.Candidate(score=score)))["score"] for score in (math.inf, -math.inf, math.nan)
    ]
    assert written == ["Infinity", "-Infinity", "NaN"]


def test_maps_are_written_in_the_order_of_their_keys():
    assert b'"metadata":{"a":"1","b":"2","c":"3"}' in encode(
        tasks_pb2.TaskResult(metadata={"c": "3", "a": "1", "b": "2"})
    )


def test_times_and_spans_have_their_protobuf_forms():
    module = catalog_pb2.Module(timeout=duration_pb2.Duration(seconds=1, nanos=500_000_000))
    event = events_pb2.TaskEvent(create_time=timestamp_pb2.Timestamp(seconds=1_767_323_045, nanos=678_000_000))
    assert json.loads(encode(module))["timeout"] == "1.500s"
    assert json.loads(encode(event))["create_time"] == "2026-01-02T03:04:05.678Z"


def test_a_list_that_is_always_written_is_an_empty_array():
    assert json.loads(encode(tasks_pb2.ListTasksResponse())) == {"tasks": [], "next_page_token": ""}


def test_the_error_of_a_batch_is_an_object_with_unpacked_details():
    status = status_pb2.Status(code=3, message="no")
    for detail in (
        error_details_pb2.ErrorInfo(reason="INTENT_NOT_FOUND", domain="aion"),
        error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=2)),
        duration_pb2.Duration(seconds=7),
    ):
        status.details.add().Pack(detail)
    status.details.append(any_pb2.Any(type_url="type.example/not.Known", value=b"\x01"))
    outcome = json.loads(encode(tasks_pb2.BatchOutcome(error=status)))["error"]
    assert outcome == {
        "code": 3,
        "message": "no",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "INTENT_NOT_FOUND",
                "domain": "aion",
            },
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retry_delay": "2s"},
            {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "7s"},
            {"@type": "type.example/not.Known", "value": "AQ=="},
        ],
    }


def test_a_64_bit_integer_without_the_option_is_a_string_as_protobuf_says():
    from google.protobuf import struct_pb2, wrappers_pb2

    status = status_pb2.Status()
    status.details.add().Pack(wrappers_pb2.Int64Value(value=5))
    status.details.add().Pack(struct_pb2.Struct())
    assert [d["value"] for d in json.loads(encode(status))["details"]] == ["5", {}]
