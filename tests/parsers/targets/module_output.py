"""What a guest writes to stdout and stderr, cut wherever its writes cut it."""

from aion.adapters.engines.wasm.frames import Event
from aion.adapters.engines.wasm.host.endings import GuestEnds
from aion.adapters.engines.wasm.host.output import MOST_RESULT, Output
from aion.domain.events import EventKind

SEEDS = (
    b'\x10{"type":"token","text":"a"}\n{"type":"result","data":{}}\n',
    b'\x03{"type":"partial","data":[1,{"a":null}]}\n{"type":"log","level":"warn","message":"m"}\n',
    b'\x40{"text":\n "lone",\n "deep":[[[[]]]]}',
    b'\x01\r\n\n{"type":"result","data":{"a":"\\ud83d\\ude00"}}',
)
REFUSALS = (GuestEnds,)


def target(data: bytes) -> None:
    """The first byte says how long a write is; every fifth goes to stderr."""
    events: list[Event] = []
    output = Output(events.extend, logs_granted=True)
    size = (data[0] if data else 0) % 64 + 1
    for turn, at in enumerate(range(1, len(data), size)):
        piece = data[at : at + size]
        if turn % 5 == 4:
            output.stderr(piece)
        else:
            output.stdout(piece, lambda: None)
    result = output.finish()
    assert len(result) <= MOST_RESULT
    for kind, text in (*events, *output.rest()):
        assert kind in (EventKind.TOKEN, EventKind.PARTIAL, EventKind.LOG)
        text.encode()
