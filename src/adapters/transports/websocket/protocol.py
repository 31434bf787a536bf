"""uvicorn's WebSocket protocol with what it leaves open: bounds on what a stranger may make AION hold, backpressure
both ways, closes that arrive, and silence about addresses, in which a ticket may stand.

It stands on the library `websockets`. The other choice, wsproto, trips over a Host header that is no domain name, and
refuses a bad handshake without a word.
"""

import asyncio
import logging
from collections import deque
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from aion.adapters.transports.http.answers import Message
from aion.adapters.transports.http.reservoir import Share
from aion.adapters.transports.websocket.bounds import (
    LINGER_SECONDS,
    MAX_FRAGMENTS,
    MESSAGE_BYTES,
    MESSAGE_SECONDS,
    PONG_SECONDS,
    STRANGER_BYTES,
    STRANGER_FRAMES,
)
from aion.adapters.transports.websocket.closing import Close, reason_text
from aion.adapters.transports.websocket.handshake import Handshake, head_refusal
from aion.adapters.transports.websocket.inflow import Inflow

SOCKET: Final = "aion.socket"
"""Where the protocol stands in the scope of its connection."""

GOING: Final = "aion.going"
"""The message that tells the application that the server shuts down."""

_quiet = logging.getLogger("aion.http.wire")
_quiet.setLevel(logging.WARNING)  # below that, uvicorn and websockets write down addresses and headers


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _quiet
        self.conn = Handshake(max_size=STRANGER_BYTES, logger=_quiet)
        self.close_timeout = LINGER_SECONDS
        self._inflow = Inflow(self.loop.time)
        self._turn: asyncio.Handle | None = None
        self._share: Share | None = None
        self._at_fault = False
        self._sizes: deque[int] = deque()  # of the whole messages that wait, as far as they were counted
        self._unfinished = self._in_hand = 0
        self._fragments = 0
        self._message_timer: asyncio.TimerHandle | None = None

    # What the application asks of it.

    def trust(self, share: Share) -> None:
        """From now on messages may be as large as requests, and as many as the allowance lets in."""
        self._share = share
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
        if message["type"] in ("websocket.accept", "websocket.close"):
            self._steer()
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # by an answer that refuses it; uvicorn would take it for forgotten

    async def receive(self) -> Message:  # type: ignore[override] # ditto
        """The next message. Nothing more is read while one waits, or while the client takes nothing."""
        self._give(self._in_hand)
        self._in_hand = 0
        message = await self.queue.get()
        if message["type"] == "websocket.receive":
            self._in_hand = self._sizes.popleft()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self._steer()
        return message  # type: ignore[return-value]

    def pause_writing(self) -> None:
        """The client takes nothing: it is not read either, so that its pings cannot fill memory with pongs."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """It takes again."""
        super().resume_writing()
        self._steer()

    def keepalive_timeout(self) -> None:
        """No pong came. Where the ping still waits for room, the bound on slow readers is what counts."""
        if self.waits_for_client():
            self.pong_timer = self.loop.call_later(PONG_SECONDS, self.keepalive_timeout)
        else:
            super().keepalive_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._whole()
        self._forget()
        if self._share is not None:
            self._share.give(self._share.held)
            self._share = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes come; after a fault they are only taken off the line."""
        if self._is_deaf():
            return
        if not self.handshake_initiated:
            super().data_received(data)  # the head, which the HTTP protocol has read already
            if not self.handshake_initiated:
                self._refuse_head()
            return
        self._inflow.put(data)
        if self._turn is None:
            self._take()

    def _refuse_head(self) -> None:
        """Uvicorn would leave it at that, and the connection would stay open, without a word and for ever."""
        self.handshake_complete = self.close_sent = True
        self.transport.write(head_refusal(self.conn))
        self.transport.close()

    def handle_connect(self, event: Request) -> None:
        """The handshake; the application finds the connection in its scope."""
        super().handle_connect(event)
        if self.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            self.scope[SOCKET] = self  # type: ignore[typeddict-unknown-key] # a scope may carry more

    def handle_text(self, event: Frame) -> None:
        """A message begins, perhaps whole."""
        self._fragments = 1
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
        size = self._unfinished
        self._whole()
        data, self.frames = b"".join(self.frames), []
        if self.close_sent:
            return
        try:
            self.queue.put_nowait({"type": "websocket.receive", "text": data.decode()})
        except UnicodeDecodeError:
            self.fault(Close.NOT_UTF8, "a text frame must be UTF-8")
            return
        self._sizes.append(size)
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def handle_parser_exception(self) -> None:
        """What came is no frame; the library has said so in a close frame, which is still to be written."""
        if self.close_sent or self.conn.close_sent is None:
            return
        self.close_sent = self._at_fault = True
        self._forget()
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

    # How much of it is read, and when.

    def _is_deaf(self) -> bool:
        """Whether nothing that comes matters any more."""
        return self._at_fault or self.conn.parser_exc is not None or (self.close_sent and self.close_timer is None)

    def _is_free(self) -> bool:
        """Whether there is room for what a frame may bring about."""
        return self.handshake_complete and not self.read_paused and self.writable.is_set()

    def _take(self) -> None:
        """Reads what one turn of the event loop allows."""
        self._turn = None
        if self._is_free() and not self._is_deaf() and (piece := self._inflow.piece()):
            if self._share is None and self._inflow.frames > STRANGER_FRAMES:
                self.fault(Close.POLICY, f"the first frame must be auth, of at most {STRANGER_FRAMES} pieces")
                return
            super().data_received(piece)
            if self._inflow.unfinished:
                self._hold(len(piece))
        self._steer()

    def _hold(self, size: int) -> None:
        """So much more of a message is held that is not whole."""
        if self._is_deaf():
            return
        if self._message_timer is None:
            self._message_timer = self.loop.call_later(
                MESSAGE_SECONDS, self.fault, Close.POLICY, f"a message must be whole within {MESSAGE_SECONDS:.0f} s"
            )
        if self._share is None:
            return
        if self._share.take(size):
            self._unfinished += size
        else:
            self.fault(Close.TOO_MANY, "too many large messages are under way; send this one again later")

    def _give(self, size: int) -> None:
        if self._share is not None:
            self._share.give(size)

    def _steer(self) -> None:
        """Reads on, at once or in a later turn. Where it must not, whoever makes room steers again."""
        if self.disconnected or self.transport.is_closing():
            return
        if self._is_deaf():
            self.transport.resume_reading()
        elif not self._is_free():
            self.transport.pause_reading()
        elif (pause := self._inflow.pause()) > 0 or self._inflow.ready:
            self.transport.pause_reading()
            if self._turn is None:
                self._turn = self.loop.call_later(pause, self._take) if pause > 0 else self.loop.call_soon(self._take)
        else:
            self.transport.resume_reading()

    def _forget(self) -> None:
        """Drops what was not read."""
        self._inflow.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _whole(self) -> None:
        self._fragments = 0
        self._unfinished = 0
        if self._message_timer is not None:
            self._message_timer.cancel()
            self._message_timer = None
