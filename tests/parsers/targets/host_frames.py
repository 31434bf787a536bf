"""What a host says to its supervisor, should a guest have taken it over."""

from aion.adapters.engines.wasm.frames import (
    FrameKind,
    FrameReader,
    end_payload,
    events_payload,
    frame,
    read_end,
    read_events,
)
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.events import EventKind

_OK = AttemptResult(AttemptOutcome.OK, result_json="{}", fuel=1, memory_bytes=2)
_FAILED = AttemptResult(AttemptOutcome.FAILED, failure=Failure("CODE", "message", retryable=True))
SEEDS = (
    frame(FrameKind.EVENTS, 1, events_payload([(int(EventKind.TOKEN), "a"), (int(EventKind.PARTIAL), "[1]")])),
    frame(FrameKind.END, 1, end_payload(_OK)) + frame(FrameKind.READY, 0),
    frame(FrameKind.END, 1, end_payload(_FAILED)),
    frame(FrameKind.END, 1, b"\1") + b"\xff\xff\xff\xff",
)
REFUSALS = (ValueError,)
_MOST = 1 << 20


def target(data: bytes) -> None:
    """In pieces of seven bytes. What is read has the types that it is said to have."""
    reader = FrameReader(_MOST)
    for at in range(0, len(data), 7):
        for kind, _, payload in reader.feed(data[at : at + 7]):
            if kind == FrameKind.EVENTS:
                for event in read_events(payload):
                    (event.text + event.data_json).encode()
            elif kind == FrameKind.END:
                result = read_end(payload)
                failure = result.failure
                (result.result_json or "" if failure is None else failure.code + failure.message).encode()
