"""One HTTP connection without a socket, and applications that answer over it."""

import asyncio

import uvicorn
from uvicorn.server import ServerState

from aion.adapters.transports.http.crowd import Crowd
from aion.adapters.transports.http.protocol import HttpProtocol, protocol_of

CHUNKED = b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
GOOD = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.unread = 0

    def write(self, data) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return self.unread

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Served:
    """An application that reads its request until the end, and keeps what it was told."""

    def __init__(self, *, answers_at_once: bool = False) -> None:
        self.answers_at_once = answers_at_once
        self.told: list[str] = []
        self.answered, self.ended = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope, receive, send) -> None:
        if self.answers_at_once:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"2")]})
            self.answered.set()
        more = True
        while more:
            message = await receive()
            self.told.append(message["type"])
            more = message.get("more_body", False)
        self.ended.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"late"})


def connected(
    app: Served, kind: type[HttpProtocol] | None = None, state: ServerState | None = None
) -> tuple[HttpProtocol, Wire]:
    wire = Wire()
    kind = kind or protocol_of(Crowd(100))
    config = uvicorn.Config(app, http=kind, lifespan="off", ws="none", log_config=None)
    protocol = kind(config=config, server_state=state or ServerState(), app_state={})
    protocol.connection_made(wire)
    return protocol, wire


class AtOnce:
    """An application that answers without a look at the request's body."""

    async def __call__(self, scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})
