"""uvicorn's WebSocket protocol with what it leaves open: bounds on what a stranger may make AION hold, backpressure
both ways, closes that arrive, and silence about addresses, in which a ticket may stand.

It stands on the library `websockets`. The other choice, wsproto, trips over a Host header that is no domain name, and
refuses a bad handshake without a word.
"""

import asyncio
import logging
from http import HTTPStatus
from secrets import token_hex
from typing import Any, Final

import orjson
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.pipeline import MAX_REQUEST_BYTES, Refused
from aion.adapters.transports.http_answers import Message
from aion.adapters.transports.http_problems import HttpRefusal, problem_of
from aion.adapters.transports.ws_closing import Close, reason_text
from aion.domain.errors import MalformedRequest

SOCKET: Final = "aion.socket"
"""Where the protocol stands in the scope of its connection."""

GOING: Final = "aion.going"
"""The message that tells the application that the server shuts down."""

STRANGER_BYTES: Final = 16 << 10
"""The largest message before the client has proved who it is: room for a ticket."""

MESSAGE_BYTES: Final = MAX_REQUEST_BYTES + (64 << 10)
"""The largest one afterwards: a request over its own limit is refused by name, with its id, up to here."""

MAX_FRAGMENTS: Final = 4096
MESSAGE_SECONDS: Final = 30.0
"""For so long a message may come in pieces, of which there may be so many."""

PING_SECONDS: Final = 20.0
PONG_SECONDS: Final = 20.0
LINGER_SECONDS: Final = 2.0
"""How long a connection that is closed for a fault still takes bytes: to close at once would destroy the reason."""

_quiet = logging.getLogger("aion.http.wire")
_quiet.setLevel(logging.WARNING)  # below that, uvicorn and websockets write down addresses and headers


class BadHandshake(HttpRefusal, MalformedRequest):
    """The request for an upgrade is no WebSocket handshake."""


class _Connection(ServerProtocol):
    """The library's protocol, which refuses a handshake as a problem, like everything else."""

    def reject(self, status: HTTPStatus | int, text: str) -> Response:
        """The answer to a handshake that cannot be accepted."""
        error = BadHandshake(text.partition("\n")[0] or HTTPStatus(status).phrase)
        error.http_status = HTTPStatus(status)
        marks = Marks(token_hex(12), f"00-{token_hex(16)}-{token_hex(8)}-00")
        response = super().reject(status, orjson.dumps(problem_of(Refused(error, marks))).decode())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/problem+json"
        response.headers["X-Request-Id"] = marks.request_id
        response.headers["X-Trace-Id"] = marks.trace_id
        return response


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _quiet
        self.conn = _Connection(max_size=STRANGER_BYTES, logger=_quiet)
        self.close_timeout = LINGER_SECONDS
        self._fragments = 0
        self._message_timer: asyncio.TimerHandle | None = None

    # What the application asks of it.

    def trust(self) -> None:
        """From now on messages may be as large as requests."""
        self.conn.max_message_size = MESSAGE_BYTES

    def hang_up(self, code: int, reason: str) -> None:
        """Closes at once, without waiting for room or for an answer."""
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.close_sent = True
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()

    def abort(self) -> None:
        """Cuts the connection: what was not taken is lost."""
        self.transport.abort()

    def waits_for_client(self) -> bool:
        """Whether it is the client's turn to take something."""
        return not self.writable.is_set()

    # What uvicorn asks of it.

    def shutdown(self) -> None:
        """The server stops; an open connection says its last words itself."""
        if self.handshake_complete and not self.close_sent:
            going: Any = {"type": GOING}  # a message of ours beside those of ASGI
            self.queue.put_nowait(going)
        else:
            super().shutdown()

    async def send(self, message: Message) -> None:  # type: ignore[override] # as this package types messages
        """As uvicorn sends; a connection that was closed meanwhile is gone, which is no error."""
        await self.writable.wait()
        if self.close_sent:
            raise ClientDisconnected
        await super().send(message)  # type: ignore[arg-type]
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # by an answer that refuses it; uvicorn would take it for forgotten

    async def receive(self) -> Message:  # type: ignore[override] # ditto
        """As uvicorn receives; nothing more is read while the client takes nothing."""
        message = await super().receive()
        if not self.writable.is_set() and not self.disconnected:
            self.transport.pause_reading()
        return message  # type: ignore[return-value]

    def pause_writing(self) -> None:
        """The client takes nothing: it is not read either, so that its pings cannot fill memory with pongs."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """It takes again."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    def keepalive_timeout(self) -> None:
        """No pong came. Where the ping still waits for room, the bound on slow readers is what counts."""
        if self.waits_for_client():
            self.pong_timer = self.loop.call_later(PONG_SECONDS, self.keepalive_timeout)
        else:
            super().keepalive_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._whole()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes come; after a fault they are only taken off the line."""
        if self.conn.parser_exc is None and not (self.close_sent and self.close_timer is None):
            super().data_received(data)

    def handle_connect(self, event: Request) -> None:
        """The handshake; the application finds the connection in its scope."""
        super().handle_connect(event)
        if self.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            self.scope[SOCKET] = self  # type: ignore[typeddict-unknown-key] # a scope may carry more

    def handle_text(self, event: Frame) -> None:
        """A message begins, perhaps whole."""
        if not event.fin:
            self._fragments = 1
            self._message_timer = self.loop.call_later(
                MESSAGE_SECONDS, self.fault, Close.POLICY, f"a message must be whole within {MESSAGE_SECONDS:.0f} s"
            )
        super().handle_text(event)

    def handle_cont(self, event: Frame) -> None:
        """A message goes on."""
        self._fragments += 1
        if self._fragments > MAX_FRAGMENTS:
            self.fault(Close.POLICY, f"a message may have {MAX_FRAGMENTS} fragments")
        else:
            super().handle_cont(event)

    def handle_bytes(self, event: Frame) -> None:
        """Nothing that AION says or hears is binary."""
        self.fault(Close.BINARY, "send text frames")

    def send_receive_event_to_app(self) -> None:
        """A message is whole."""
        self._whole()
        data, self.frames = b"".join(self.frames), []
        if self.close_sent:
            return
        try:
            self.queue.put_nowait({"type": "websocket.receive", "text": data.decode()})
        except UnicodeDecodeError:
            self.fault(Close.NOT_UTF8, "a text frame must be UTF-8")
            return
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def handle_parser_exception(self) -> None:
        """What came is no frame; the library has said so in a close frame, which is still to be written."""
        if self.close_sent or self.conn.close_sent is None:
            return
        self.close_sent = True
        close = self.conn.close_sent
        self.queue.put_nowait({"type": "websocket.disconnect", "code": close.code, "reason": close.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.stop_keepalive()
        self._whole()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def fault(self, code: Close, sentence: str) -> None:
        """Closes for a fault of the client."""
        if not self.close_sent:
            self.conn.fail(code, reason_text(sentence))
            self.handle_parser_exception()

    def _whole(self) -> None:
        self._fragments = 0
        if self._message_timer is not None:
            self._message_timer.cancel()
            self._message_timer = None
