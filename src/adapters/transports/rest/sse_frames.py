"""Server-sent events (HTML standard, section 9.2) of a task: how an event becomes a frame.

`id` is the offset, so that `Last-Event-ID` resumes. Besides the events of a stream there is `refused`, the problem of a
stream that AION had to break off.
"""

import orjson
from google.protobuf.message import Message

from aion.adapters.rpc.answers import Refused
from aion.adapters.transports.http.problems import problem_of
from aion.adapters.transports.stream_events import StreamEvent, accepted_event, event_of

HEARTBEAT = b": heartbeat\n\n"
RETRY = b"retry: 1000\n\n"
"""Milliseconds after which a browser connects again."""


def frame_of(message: Message) -> bytes:
    """The frame of one message of Watch or Stream."""
    event = event_of(message)
    return HEARTBEAT if event is None else _frame(event)


def accepted_frame(message: Message) -> bytes:
    """The first frame of Stream."""
    return _frame(accepted_event(message))


def refused_frame(refused: Refused) -> bytes:
    """The last frame of a stream that is broken off: its problem."""
    return _frame(StreamEvent("refused", None, orjson.dumps(problem_of(refused))))


def _frame(event: StreamEvent) -> bytes:
    data = event.data
    if b"\n" in data or b"\r" in data:
        # An embedded document may be written over several lines; in JSON, line ends stand only between tokens.
        data = b" ".join(data.splitlines())
    place = b"" if event.offset is None else b"id: %d\n" % event.offset
    return b"event: %b\n%bdata: %b\n\n" % (event.name.encode(), place, data)
