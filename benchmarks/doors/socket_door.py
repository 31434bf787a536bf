"""WebSocket: one open connection for each call in flight, as pages have them (one takes at most 100 messages a second).

Frames are written and read by hand: masked with zeros, which a server has to take like any other mask.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.doors.http_connection import request
from benchmarks.load import Call, WrongAnswer
from benchmarks.servers import Served
from benchmarks.submits import TEXT, WAIT_SECONDS, new_key

_TEXT, _PING, _PONG = 1, 9, 10
_MASK = bytes(4)


class Socket:
    """One connection, after its `ready`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, server: Served) -> "Socket":
        """Connects and waits until it is known. Raises WrongAnswer."""
        host, _, port = server.http.rpartition(":")
        socket = cls(*await asyncio.open_connection(host, int(port)))
        headers = {
            "Authorization": f"Bearer {server.api_key}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": "aion.v1.json",
        }
        socket._writer.write(request("GET", "/v1/ws", headers))
        head = await socket._reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise WrongAnswer(head)
        if (await socket.hear())["type"] != "ready":
            raise WrongAnswer("the first frame is not ready")
        return socket

    def say(self, **frame: Any) -> None:
        """Sends a frame."""
        self._send(_TEXT, orjson.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        """The next frame that says something; pings are answered."""
        while True:
            code, payload = await self._frame()
            if code == _PING:
                self._send(_PONG, payload)
            elif code != _TEXT:
                raise WrongAnswer(f"a frame with opcode {code}: {payload!r}")
            elif (frame := orjson.loads(payload))["type"] != "heartbeat":
                answer: dict[str, Any] = frame
                return answer

    def close(self) -> None:
        """Leaves."""
        self._writer.close()

    def _send(self, code: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes((0x80 | code, 0x80 | size)) if size < 126 else bytes((0x80 | code, 0xFE)) + size.to_bytes(2, "big")
        self._writer.write(head + _MASK + payload)

    async def _frame(self) -> tuple[int, bytes]:
        first, size = await self._reader.readexactly(2)
        if size >= 126:
            size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
        return first & 0xF, await self._reader.readexactly(size)


@dataclass(frozen=True, slots=True)
class SocketDoor:
    """A `submit` that waits for the end."""

    server: Served

    @asynccontextmanager
    async def opened(self, in_flight: int) -> AsyncIterator[Call]:
        """A connection for each call in flight; who finds none free waits for one."""
        sockets = [await Socket.open(self.server) for _ in range(in_flight)]
        free: asyncio.Queue[Socket] = asyncio.Queue()
        for socket in sockets:
            free.put_nowait(socket)

        async def call(number: int) -> None:
            socket = await free.get()
            wait = f"{WAIT_SECONDS}s"
            asked = {"intent": "redact", "params": {"text": TEXT}, "request_id": new_key(number), "wait": wait}
            socket.say(id="1", type="submit", request=asked)
            answer = await socket.hear()
            if answer["type"] != "accepted" or answer["data"].get("status") != "OK":
                raise WrongAnswer(answer)
            free.put_nowait(socket)

        try:
            yield call
        finally:
            for socket in sockets:
                socket.close()
