"""A WebSocket by hand: frames as they are on the wire, of which any part may be wrong."""

import asyncio
import base64
import re
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from types import TracebackType
from typing import Self

CLOSE, PING, PONG = 0x8, 0x9, 0xA
TEXT, BINARY, AGAIN = 0x1, 0x2, 0x0
FINAL = 0x80
_MASKED = 0x80
SWITCHING = 101


def frame(payload: bytes, first: int = FINAL | TEXT, mask: bytes | None = b"\0\0\0\0", length: bytes = b"") -> bytes:
    """One frame. `first` is its first byte; `length` stands for a length that is not the payload's. A mask of zeros
    leaves the payload as it is.
    """
    marked = 0 if mask is None else _MASKED
    if not length:
        size = len(payload)
        if size < 126:
            length = bytes([size])
        elif size < 1 << 16:
            length = b"\x7e" + size.to_bytes(2, "big")
        else:
            length = b"\x7f" + size.to_bytes(8, "big")
    if mask:
        payload = _masked(payload, mask)
    return bytes([first, length[0] | marked]) + length[1:] + (mask or b"") + payload


def _masked(payload: bytes, mask: bytes) -> bytes:
    if mask == b"\0\0\0\0":
        return payload
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame of the server."""

    opcode: int
    payload: bytes

    @property
    def close_code(self) -> int:
        """The code of a close frame; 1005 when it says none, as the standard has it."""
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) > 1 else 1005


class Ended(Exception):
    """The connection is over. `how` says with what: a close code, or why there is none."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class NotOpened(Exception):
    """The handshake was refused; `answer` is everything that was said."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.answer = answer


def handshake(headers: dict[str, str], path: str = "/v1/ws", **changed: str) -> bytes:
    """The request that opens a connection; `changed` are headers with `_` for `-`, empty ones are left out."""
    said = {
        "host": "127.0.0.1",
        "upgrade": "websocket",
        "connection": "Upgrade",
        "sec-websocket-key": base64.b64encode(b"0123456789abcdef").decode(),
        "sec-websocket-version": "13",
        "sec-websocket-protocol": "aion.v1.json",
        **headers,
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items() if value), "", ""]
    return "\r\n".join(lines).encode("utf-8")


class SocketWire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: str, request: bytes) -> Self:
        """A connection after its handshake. Raises NotOpened and Ended."""
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=16 << 20)
        wire = cls(reader, writer)
        try:
            await wire.say(request)
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            if status == SWITCHING:
                return wire
            raise NotOpened(status, head + await reader.readexactly(_length(head)))
        except (OSError, asyncio.IncompleteReadError) as cause:
            await wire.close()
            raise Ended(f"{type(cause).__name__} in the handshake") from cause
        except BaseException:
            await wire.close()
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leaves without a word."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def say(self, data: bytes) -> None:
        """Sends bytes, whatever they are; what the other end takes no more is lost."""
        self._writer.write(data)
        with suppress(OSError):
            await self._writer.drain()

    async def hear(self) -> Heard:
        """The next frame of the server but pings. Raises Ended."""
        while True:
            heard = await self._next()
            if heard.opcode == CLOSE:
                raise Ended(str(heard.close_code))
            if heard.opcode == PING:
                await self.say(frame(heard.payload, FINAL | PONG))
            else:
                return heard

    async def _next(self) -> Heard:
        try:
            first, second = await self._reader.readexactly(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
            return Heard(first & 0x0F, await self._reader.readexactly(size))
        except (OSError, asyncio.IncompleteReadError) as cause:
            raise Ended(f"{type(cause).__name__}, without a close frame") from cause


def _length(head: bytes) -> int:
    found = re.search(rb"(?i)\r\ncontent-length: (\d+)\r\n", head)
    return int(found.group(1)) if found else 0


def random_mask(rng: Random) -> bytes:
    """A mask as clients choose it."""
    return rng.randbytes(4)
