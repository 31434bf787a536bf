"""What the messages of Watch and Stream are as named events, the same for SSE and WebSocket.

`token`, `partial`, `log` and `reset` carry the event, `accepted`, `done` and `error` the task in its canonical form.
"""

from dataclasses import dataclass

from google.protobuf.message import Message

from aion.adapters.transports.json.codec import encode
from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2

_NAMES = {
    value.number: value.name.removeprefix("EVENT_KIND_").lower() for value in events_pb2.EventKind.DESCRIPTOR.values
}
_LAST = frozenset({events_pb2.EVENT_KIND_DONE, events_pb2.EVENT_KIND_ERROR})


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event: its name, the offset to resume after (None when there is none) and a JSON document."""

    name: str
    offset: int | None
    data: bytes


def event_of(message: Message) -> StreamEvent | None:
    """The event that a message of Watch or Stream brings; None for a heartbeat."""
    if isinstance(message, tasks_pb2.WatchResponse):
        event = message.event if message.HasField("event") else None
        return _event_of(event, message.task if message.HasField("task") else None)
    if isinstance(message, tasks_pb2.TaskResult):
        event = message.event if message.HasField("event") else None
        # A message that only brings an event, and a heartbeat, leave the state unset.
        whole = message.state != lifecycle_pb2.TASK_STATE_UNSPECIFIED
        return _event_of(event, message if whole else None)
    raise TypeError(f"{message.DESCRIPTOR.full_name} is no message of a stream of events")


def accepted_event(message: Message) -> StreamEvent:
    """The first event of Stream: the task as it stands; a replay may have ended long ago, its events follow all the
    same.
    """
    only_checked = isinstance(message, tasks_pb2.TaskResult) and not message.state
    return StreamEvent("validated" if only_checked else "accepted", None, encode(message))


def _event_of(event: events_pb2.TaskEvent | None, task: tasks_pb2.TaskResult | None) -> StreamEvent | None:
    if event is not None and (event.kind not in _LAST or task is None):
        return StreamEvent(_NAMES.get(event.kind, "message"), event.offset, encode(event))
    if task is None:
        return None
    name = "done" if task.state == lifecycle_pb2.TASK_STATE_OK else "error"
    return StreamEvent(name, event.offset if event is not None else task.last_offset, _canonical(task))


def _canonical(task: tasks_pb2.TaskResult) -> bytes:
    if not task.HasField("event"):
        return encode(task)
    alone = tasks_pb2.TaskResult()
    alone.CopyFrom(task)
    alone.ClearField("event")
    return encode(alone)
