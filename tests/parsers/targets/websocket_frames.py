"""The text frames of a WebSocket client, and the requests in them."""

from aion.adapters.transports.websocket.frames import BadFrame, parse
from aion.domain.errors import MalformedRequest
from aion.v1 import tasks_pb2

SEEDS = (
    b'{"type":"auth","token":"aion_x"}',
    b'{"type":"submit","id":"1","request":{"intent":"echo"},"subscribe":true,"traceparent":"00-0-0-00"}',
    b'{"type":"subscribe","id":"a:b","task_id":"t","after_offset":5}',
    b'{"type":"cancel","id":"1","task_id":"t"}',
    b'{"type":"ping"}',
)
REFUSALS = (BadFrame, MalformedRequest)


def target(data: bytes) -> None:
    """A text frame is UTF-8: what is not is refused before."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    frame = parse(text)
    if frame.payload is not None:
        frame.payload.decode(tasks_pb2.TaskRequest)
