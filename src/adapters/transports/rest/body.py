"""Reads a request's body without ever holding more than the limit. The server's patrol cuts bodies that never come."""

from dataclasses import dataclass

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.transports.http.answers import Receive, Scope
from aion.adapters.transports.http.leaving import ClientGone

DISCARDED_BYTES = 4 * MAX_REQUEST_BYTES
"""A body over the limit but not over this is read and thrown away: a client that is still sending when the connection
closes loses the answer, and would never learn why.
"""


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes, and the size that the client announced or sent. Over the limit there are no bytes: the pipeline
    refuses the size.
    """

    data: bytes
    size: int


EMPTY = Body(b"", 0)


async def read_body(scope: Scope, receive: Receive, most: int = MAX_REQUEST_BYTES) -> Body:
    """The body, of which at most so many bytes are held. Raises ClientGone."""
    announced = announced_size(scope)
    if announced > DISCARDED_BYTES or (announced > most and waits_to_send(scope)):
        return Body(b"", announced)
    if announced == 0:
        return EMPTY
    return await _read(receive, most)


def announced_size(scope: Scope) -> int:
    """The Content-Length; 0 without a body; -1 when the length is not known beforehand."""
    size = 0
    for name, value in scope["headers"]:
        if name == b"content-length":
            # The server refuses a length that is no number; another server in front might not.
            return int(value) if value.isdigit() else -1
        if name == b"transfer-encoding":
            size = -1
    return size


def waits_to_send(scope: Scope) -> bool:
    """Whether the client asks before it sends its body (RFC 9110, 10.1.1)."""
    return any(name == b"expect" and value.lower() == b"100-continue" for name, value in scope["headers"])


async def _read(receive: Receive, most: int) -> Body:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    data: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return _within_limit([data], len(data), most)
    parts, size = [data], len(data)
    while message.get("more_body", False) and size <= DISCARDED_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            parts.clear()
    return _within_limit(parts, size, most)


def _within_limit(parts: list[bytes], size: int, most: int) -> Body:
    return Body(b"".join(parts), size) if size <= most else Body(b"", size)
