"""Messages of the contract as what a client saw, whichever wire brought them."""

import json

from google.protobuf.timestamp_pb2 import Timestamp

from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2
from tests.chaos.history import SeenAttempt, SeenEvent, SeenTask, SeenUsage


def seen_task(message: tasks_pb2.TaskResult) -> SeenTask:
    """A task in an answer."""
    usage = message.usage
    return SeenTask(
        task_id=message.task_id,
        key=message.metadata["key"],
        state=message.status,
        create_time=_seconds(message.create_time),
        end_time=_seconds(message.end_time),
        attempts=tuple(
            SeenAttempt(
                attempt.number,
                _outcome(attempt.outcome),
                _seconds(attempt.end_time),
                attempt.fuel,
                attempt.error_code,
            )
            for attempt in message.attempts
        ),
        last_offset=message.last_offset,
        result_json=_document(message.result_json),
        error_code=message.error.code,
        cancel_requested=message.cancel_requested,
        usage=SeenUsage(usage.latency_ms, usage.tokens, usage.fuel, usage.cost_micros),
    )


def seen_event(event: events_pb2.TaskEvent) -> SeenEvent:
    """An event of a log."""
    kind = events_pb2.EventKind.Name(event.kind).removeprefix("EVENT_KIND_")
    return SeenEvent(event.offset, event.attempt, kind, event.text, _document(event.data_json), event.discard_from)


def last_event(offset: int, task: SeenTask) -> SeenEvent:
    """The event that ended a log, where a wire brings the task in its place."""
    attempt = task.attempts[-1].number if task.attempts else 0
    if task.state == "OK":
        return SeenEvent(offset, attempt, "DONE", data_json=task.result_json)
    return SeenEvent(offset, attempt, "ERROR", task.error_code)


def _document(text: str) -> str:
    """One form for documents that a wire may write anew."""
    return json.dumps(json.loads(text), separators=(",", ":")) if text else ""


def _outcome(value: lifecycle_pb2.AttemptOutcome.ValueType) -> str:
    return lifecycle_pb2.AttemptOutcome.Name(value).removeprefix("ATTEMPT_OUTCOME_")


def _seconds(stamp: Timestamp) -> float:
    return stamp.seconds + stamp.nanos / 1e9
