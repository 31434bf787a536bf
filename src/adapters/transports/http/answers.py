"""Answers as ASGI messages: what every one carries, written without a framework's response objects (they cost more than
the rest of a short call).
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from aion.adapters.rpc.call import Marks

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]
Headers = list[Header]

JSON_TYPE = b"application/json"
EXTRA = "aion.extra"
"""Set in the state of a connection that is one more than the server holds, while all the others are served."""

CROWDED = "aion.crowded"
"""Set in the scope of a request that came over such a connection, as long as there are too many."""

UNREAD = "aion.unread"
"""Set in the scope of a request whose body stays unread: its connection can carry no other one."""


def mark_headers(marks: Marks) -> Headers:
    """What names this call in AION's logs and traces."""
    return [(b"x-request-id", marks.request_id.encode()), (b"x-trace-id", marks.trace_id.encode())]


async def send_answer(send: Send, status: int, content_type: bytes, body: bytes, headers: Headers) -> None:
    """Answers at once with the whole body."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", b"%d" % len(body)),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
