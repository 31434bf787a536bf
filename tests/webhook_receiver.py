"""A receiver of webhooks on loopback: remembers what it got and answers what a test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.certificates import Identity

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def serving(identity: Identity, folder: Path) -> ssl.SSLContext:
    """TLS for a receiver with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*identity.write(folder, "receiver"))
    return context


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 answer; `retry_after="3"` becomes the header Retry-After."""
    lines = [f"HTTP/1.1 {status} Said"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Got:
    """One request as it came: names of headers in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        """The delivery's id."""
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers `answers` one after the other, the last one for ever. `gate`, when set, holds every answer back."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=lambda: [OK])
    gate: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    def url(self, path: str = "/hook", scheme: str = "http", host: str = "127.0.0.1") -> str:
        """Where it listens."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def wait_for(self, count: int) -> list[Got]:
        """The requests, once there are so many."""
        async with asyncio.timeout(60):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.got

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.got.append(Got(line, headers, body))
            self.arrived.set()
            if self.gate is not None:
                await self.gate.wait()
            writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
            await writer.drain()
        except (OSError, EOFError):
            pass  # the sender left, as some tests want it to
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


@asynccontextmanager
async def receiving(
    context: ssl.SSLContext | None = None, change: Callable[[Receiver], None] | None = None
) -> AsyncIterator[Receiver]:
    """A receiver on a free port while the block runs."""
    receiver = Receiver()
    if change is not None:
        change(receiver)
    server = await asyncio.start_server(receiver._serve, "127.0.0.1", 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        if receiver.gate is not None:
            receiver.gate.set()
        server.close()
        await server.wait_closed()
