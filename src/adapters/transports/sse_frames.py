"""Server-sent events (HTML standard, section 9.2) of a task: which message becomes which frame.

`token`, `partial`, `log` and `reset` carry the event, `accepted`, `done` and `error` the task in its canonical form,
`refused` the problem of a stream that AION had to break off. `id` is the offset, so that `Last-Event-ID` resumes.
"""

import orjson
from google.protobuf.message import Message

from aion.adapters.rpc.pipeline import Refused
from aion.adapters.transports.http_problems import problem_of
from aion.adapters.transports.json_codec import encode
from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2

HEARTBEAT = b": heartbeat\n\n"
RETRY = b"retry: 1000\n\n"
"""Milliseconds after which a browser connects again."""

_NAMES = {
    value.number: value.name.removeprefix("EVENT_KIND_").lower().encode()
    for value in events_pb2.EventKind.DESCRIPTOR.values
}
_LAST = frozenset({events_pb2.EVENT_KIND_DONE, events_pb2.EVENT_KIND_ERROR})


def frame_of(message: Message) -> bytes:
    """The frame of one message of Watch or Stream."""
    if isinstance(message, tasks_pb2.WatchResponse):
        event = message.event if message.HasField("event") else None
        return _frame_of(event, message.task if message.HasField("task") else None)
    if isinstance(message, tasks_pb2.TaskResult):
        event = message.event if message.HasField("event") else None
        # A message that only brings an event, and a heartbeat, leave the state unset.
        whole = message.state != lifecycle_pb2.TASK_STATE_UNSPECIFIED
        return _frame_of(event, message if whole else None)
    raise TypeError(f"{message.DESCRIPTOR.full_name} is no message of a stream of events")


def accepted_frame(message: Message) -> bytes:
    """The first frame of Stream: the task as it stands; a replay may have ended long ago, its events follow all the
    same.
    """
    return _frame(b"accepted", None, encode(message))


def refused_frame(refused: Refused) -> bytes:
    """The last frame of a stream that is broken off: its problem."""
    return _frame(b"refused", None, orjson.dumps(problem_of(refused)))


def _frame_of(event: events_pb2.TaskEvent | None, task: tasks_pb2.TaskResult | None) -> bytes:
    if event is not None and (event.kind not in _LAST or task is None):
        return _frame(_NAMES.get(event.kind, b"message"), event.offset, encode(event))
    if task is None:
        return HEARTBEAT
    name = b"done" if task.state == lifecycle_pb2.TASK_STATE_OK else b"error"
    return _frame(name, event.offset if event is not None else task.last_offset, _canonical(task))


def _canonical(task: tasks_pb2.TaskResult) -> bytes:
    if not task.HasField("event"):
        return encode(task)
    alone = tasks_pb2.TaskResult()
    alone.CopyFrom(task)
    alone.ClearField("event")
    return encode(alone)


def _frame(name: bytes, offset: int | None, data: bytes) -> bytes:
    if b"\n" in data or b"\r" in data:
        # An embedded document may be written over several lines; in JSON, line ends stand only between tokens.
        data = b" ".join(data.splitlines())
    place = b"" if offset is None else b"id: %d\n" % offset
    return b"event: %b\n%bdata: %b\n\n" % (name, place, data)
