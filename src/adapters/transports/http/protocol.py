"""uvicorn's HTTP/1.1 protocol with what it leaves open: a bound on the headers and trailers of a request, one on the
requests that are sent before the answers to others have come, and refusals as problems.

httptools keeps a header until it is whole, however long it is, so the bytes are counted as they come.
"""

import asyncio
import logging
from collections.abc import Iterator
from http import HTTPStatus
from secrets import token_hex
from typing import Any

import orjson
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.rpc.errors import code_of
from aion.adapters.transports.http.answers import EXTRA
from aion.adapters.transports.http.crowd import Crowd
from aion.adapters.transports.http.security_headers import GUARDS
from aion.domain.errors import AionError, MalformedRequest, RequestTooLarge

MAX_HEAD_BYTES = 32 << 10
"""The request line and all headers: room for a long page token and a long trace, no room for attacks on memory."""

DISCARDED_BYTES = 4 * MAX_REQUEST_BYTES
"""Of a body that nobody takes so much is read and thrown away. A client that is still sending when the connection
closes loses the answer, and would never learn why.
"""

MOST_WAITING = 32
"""Requests of one connection that wait for the answer to another: each takes a hundred times its own bytes."""

NO_HTTP = "the request is not HTTP/1.1; send it again as such"
GUARD_LINES = "".join(f"{name.decode()}: {value.decode()}\r\n" for name, value in GUARDS)

_log = logging.getLogger("aion.http")


class HttpProtocol(HttpToolsProtocol):
    """One connection. `crowd`: all that the server holds open (`protocol_of`)."""

    crowd: Crowd

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_head = False
        self._in_message = False
        self._body_came = False
        self._head_bytes = self._header_bytes = self._discarded = 0
        self._running: RequestResponseCycle | None = None
        self._upgraded = self.extra = False
        self._fault = NO_HTTP

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """A connection comes; when it is one too many, the one that was silent longest goes."""
        super().connection_made(transport)
        if len(self.connections) > self.crowd.most:
            goes = self.crowd.longest_silent()
            if goes is None and len(self.connections) > self.crowd.all:
                goes = self.crowd.longest_silent(extra=True) or self
            if goes is not None:
                goes.make_room()
            if goes is self:
                return
            if goes is None or goes.extra:
                self.extra = True
                self.app_state = {**self.app_state, EXTRA: True}
        self.crowd.waits(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, which uvicorn tells only whoever serves its last request."""
        self.crowd.left(self)
        for cycle in self._cycles():
            if not cycle.response_complete:
                cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def make_room(self) -> None:
        """It goes, at once and without a word."""
        self.crowd.left(self)
        self.connections.discard(self)
        self.transport.abort()

    def waits_for_client(self) -> bool:
        """Whether the client has asked for nothing, or not for all of it, or has been answered."""
        running = self._running
        return self.transport.is_closing() or running is None or running.more_body or running.response_complete

    def takes_its_answer(self) -> bool:
        """Whether an answer is still on its way. What is left when the connection closes is nobody's."""
        return not self.transport.is_closing() and self.transport.get_write_buffer_size() > 0

    @property
    def _latest(self) -> RequestResponseCycle | None:
        """The last request whose head is whole; uvicorn does not say that there may be none."""
        return self.cycle

    def _cycles(self) -> Iterator[RequestResponseCycle]:
        """The request that is served, and those that wait for its answer."""
        if self._running is not None:
            yield self._running
        for cycle, _ in self.pipeline:
            yield cycle

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._unset_keepalive_if_required()  # set when the one before it, in the same piece, had its answer already
        self.in_head = self._in_message = True
        self._head_bytes = self._header_bytes = self._discarded = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of what it asks for."""
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. A trailer is dropped: it would join the headers of a call that is already served by them."""
        if self.in_head:
            self._count_head(len(name) + len(value) + len(b": \r\n"))
            super().on_header(name, value)

    def _count_head(self, size: int) -> None:
        """Of a head that comes whole in one piece, too, no more is kept. What it raises makes the parser end."""
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD_BYTES:
            raise OverflowError("the head is too long")

    def on_headers_complete(self) -> None:
        """Its head is whole. What it raises makes the parser end with an error, and the connection with a refusal."""
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self._fault = f"the request has {hosts or 'no'} Host headers, of which it must have one (RFC 9112, 3.2)"
            raise ValueError(self._fault)
        if len(self.pipeline) >= MOST_WAITING:
            raise OverflowError(f"more than {MOST_WAITING} requests wait for the answer to another")
        super().on_headers_complete()
        self.in_head = False

    def on_body(self, body: bytes) -> None:
        """A piece of its body."""
        self._body_came = True
        self._header_bytes = 0
        super().on_body(body)
        cycle = self._latest
        if cycle is not None and cycle.response_complete:
            self._discarded += len(body)
            if self._discarded > DISCARDED_BYTES:
                self.transport.close()

    def on_message_complete(self) -> None:
        """It is whole, with its trailers."""
        self._in_message = False
        super().on_message_complete()
        cycle = self._latest
        if cycle is not None and cycle.response_complete and not self.transport.is_closing():
            # The answer was there first, and what has come since has ended the wait for the next request.
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_response_complete(self) -> None:
        """It has its answer: what nobody read of its body is not kept while the connection waits for another one."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self.cycle.body.clear()
        self._take_place()

    def look_up(self) -> None:
        """Whoever waits for the body of a request looks up: something has happened."""
        for cycle in self._cycles():
            if cycle.more_body:
                cycle.message_event.set()

    def _take_place(self) -> None:
        # An answer may still be made on what is a WebSocket by now: who would tell the crowd that it left?
        if self._upgraded:
            return
        if self.waits_for_client():
            self.crowd.waits(self)
        else:
            self.crowd.left(self)

    @property
    def lingers(self) -> bool:
        """Whether a request has its answer and has not come whole."""
        cycle = self._latest
        return self._in_message and not self.in_head and cycle is not None and cycle.response_complete

    def handle_websocket_upgrade(self) -> None:
        """Its head asks for a WebSocket: from here on the connection is another protocol's."""
        self._in_message = False
        self._unset_keepalive_if_required()
        if self.parser.get_http_version() != "1.1":
            error = MalformedRequest("a WebSocket begins with HTTP/1.1; send its handshake again as such")
            self._refuse(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, error)
        else:
            self._upgraded = True
            self.crowd.left(self)
            super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Bytes come; those of an open request that bring no body are headers or trailers, and are counted."""
        if self.transport.is_closing():
            return
        self._body_came = False
        super().data_received(data)
        if self._in_message and not self._body_came:
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEAD_BYTES:
                self._refuse_head()
        self._take_place()

    def _refuse_head(self) -> None:
        error = RequestTooLarge(f"the request's headers or trailers have more than {MAX_HEAD_BYTES} bytes; send less")
        self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, error)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused as a problem too, under ids of its own: there is no call yet."""
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse_head()
            return
        self._refuse(HTTPStatus.BAD_REQUEST, MalformedRequest(self._fault))

    def _refuse(self, status: HTTPStatus, error: AionError) -> None:
        request_id, trace_id = token_hex(12), token_hex(16)
        _log.info("refused what is no HTTP request: %s", error.reason, extra={"request_id": request_id})
        problem = {
            "type": "about:blank",
            "title": status.phrase,
            "status": int(status),
            "detail": error.message,
            "reason": error.reason,
            "code": code_of(error).name,
            "request_id": request_id,
            "trace_id": trace_id,
        }
        body = orjson.dumps(problem)
        head = (
            f"HTTP/1.1 {int(status)} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            f"x-request-id: {request_id}\r\nx-trace-id: {trace_id}\r\n{GUARD_LINES}"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        if not self._is_answering():
            self.transport.write(head.encode() + body)
        self.pipeline.clear()
        self.in_head = self._in_message = False
        if self._running is not None:
            # Whoever serves an earlier part of this connection need not go on, and must not write after the refusal.
            self._running.disconnected = True
            self._running.message_event.set()
        self.transport.close()

    def _is_answering(self) -> bool:
        """Whether an answer has begun where the refusal would stand, which would garble it."""
        cycle = self._latest
        if cycle is None:
            return False
        in_body = self._in_message and not self.in_head
        return bool(self.pipeline) or (cycle.response_started and (in_body or not cycle.response_complete))


def protocol_of(crowd: Crowd) -> type[HttpProtocol]:
    """The protocol of one server: uvicorn makes its connections itself."""
    return type("CrowdedHttpProtocol", (HttpProtocol,), {"crowd": crowd})


def head_is_open(connection: asyncio.BaseProtocol) -> bool:
    """Whether a request has begun whose head is not whole."""
    return isinstance(connection, HttpProtocol) and connection.in_head


def body_lingers(connection: asyncio.BaseProtocol) -> bool:
    """Whether a request has its answer and has not come whole."""
    return isinstance(connection, HttpProtocol) and connection.lingers
