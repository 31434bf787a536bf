"""The door of the WebSocket: who may open one, from which page, with which proof.

What is wrong before the handshake is an HTTP problem, as everywhere; afterwards it is a frame `refused` and a close
code. A browser cannot set headers here, so it shows a ticket in the address, or its key or ticket in a first frame. The
page's origin is checked, since no browser asks for CORS before it opens a WebSocket.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from uvicorn.protocols.utils import ClientDisconnected

from aion.adapters.identity import tickets
from aion.adapters.rpc.admission import Guest, Visit
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.errors import InternalError
from aion.adapters.transports.http.answers import CROWDED, Header, Message, Receive, Scope, Send
from aion.adapters.transports.http.headers import header_map
from aion.adapters.transports.http.paths import hides_a_slash, unknown_path
from aion.adapters.transports.http.problems import HttpRefusal, send_problem
from aion.adapters.transports.http.reservoir import Reservoir
from aion.adapters.transports.http.security_headers import GUARDS
from aion.adapters.transports.http.streams import LAST_WORD_SECONDS, ReaderGone
from aion.adapters.transports.websocket.calls import TRANSPORT
from aion.adapters.transports.websocket.closing import Close, Ending, close_of, reason_text
from aion.adapters.transports.websocket.connection import Connection, SocketParts
from aion.adapters.transports.websocket.frames import SUBPROTOCOL, BadFrame, Kind, parse, refused_frame
from aion.adapters.transports.websocket.outlet import Outlet
from aion.adapters.transports.websocket.protocol import GOING, SOCKET, WebSocketProtocol
from aion.domain.errors import (
    AionError,
    FieldViolation,
    MalformedRequest,
    MethodNotFound,
    PermissionDenied,
    RateLimited,
    Unauthenticated,
)

PATH: Final = "/v1/ws"
TICKET: Final = "ticket"
_log = logging.getLogger("aion.http")


class UpgradeRequired(HttpRefusal, MethodNotFound):
    """The path speaks WebSocket only."""

    http_status = HTTPStatus.UPGRADE_REQUIRED
    http_headers: tuple[Header, ...] = ((b"upgrade", b"websocket"), (b"connection", b"upgrade"))

    def __init__(self) -> None:
        super().__init__(f"{PATH} speaks WebSocket; open it with a WebSocket client and the subprotocol {SUBPROTOCOL}")


class WebSocketEndpoint:
    """The ASGI application of `/v1/ws`, and of every other path that somebody asks to upgrade."""

    def __init__(self, parts: SocketParts, reservoir: Reservoir | None = None) -> None:
        self._parts = parts
        self._pipeline = parts.pipeline
        self._reservoir = reservoir or Reservoir(parts.bounds.unfinished_bytes)
        self._strangers: dict[asyncio.Timeout, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        socket: WebSocketProtocol = scope[SOCKET]
        headers = header_map(scope)
        await receive()  # websocket.connect
        accepted = False
        with ExitStack() as held:
            try:
                visit = self._visit(scope, headers)
                guest = self._welcomed(visit, held) if _proves(visit) else None
                if guest is None:
                    self._pipeline.count(visit)
                subprotocol = SUBPROTOCOL if scope["subprotocols"] else None
                await send({"type": "websocket.accept", "subprotocol": subprotocol})
                accepted = True
                if guest is None:
                    visit, guest = await self._introduced(visit, held, receive)
                socket.trust(self._reservoir.share_of(guest.identity.tenant))
                await Connection(self._parts, visit, guest, socket, send).serve(receive)
            except (Refused, AionError) as error:
                refused = error if isinstance(error, Refused) else self._pipeline.refuse(error, headers, TRANSPORT)
                await (_close(send, socket, refused) if accepted else send_problem(_answering(send), refused))
            except _Left as left:
                await _say(send, socket, left.ending)
            except (asyncio.CancelledError, ClientDisconnected):
                # Nobody above would do more than log it: the server's time is up, or the client has left.
                socket.hang_up(Close.GOING_AWAY, "the server shuts down")
            except Exception:  # noqa: BLE001 # what is no refusal is a defect: logged, and said as one
                refused = self._pipeline.refuse(InternalError(), headers, TRANSPORT)
                _log.exception("defect while serving a WebSocket", extra={"request_id": refused.marks.request_id})
                await (_close(send, socket, refused) if accepted else send_problem(_answering(send), refused))

    def _visit(self, scope: Scope, headers: dict[str, str]) -> Visit:
        """What the handshake says. Raises what refuses it before anybody is known."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        scope["query_string"] = b""  # read once; whoever writes the address down later writes no ticket
        if scope.get(CROWDED, False):
            raise RateLimited(
                "this server has as many connections open as it takes; try again later",
                retry_after=timedelta(seconds=1),
            )
        if scope["path"] != PATH or hides_a_slash(scope):
            raise unknown_path(scope["path"])
        origin = headers.get("origin")
        if origin is not None and not self._parts.origins.admit(
            origin, headers.get("host", ""), secure=scope["scheme"] == "wss"
        ):
            raise PermissionDenied(
                f"pages of {origin[:256]} may not call this server; its operator allows origins by AION_CORS_ORIGINS",
                facts={"origin": origin[:256]},
            )
        if scope["subprotocols"] and SUBPROTOCOL not in scope["subprotocols"]:
            raise MalformedRequest(
                f"the subprotocol is not spoken here; offer {SUBPROTOCOL}",
                violations=(FieldViolation("Sec-WebSocket-Protocol", f"must offer {SUBPROTOCOL}"),),
            )
        names = [name for name, _ in query]
        if names not in ([], [TICKET]):
            wrong = next((name for name in names if name != TICKET), TICKET)[:64]
            raise MalformedRequest(
                f"the address takes one {TICKET} and no other query parameter",
                violations=(FieldViolation(wrong, "must be left out" if wrong != TICKET else "must stand once"),),
            )
        client = scope.get("client")
        return Visit(PATH, "", TRANSPORT, headers, client[0] if client else "", query[0][1] if query else "")

    def _welcomed(self, visit: Visit, held: ExitStack) -> Guest:
        guest = self._pipeline.welcome(visit)
        held.enter_context(self._parts.places(guest.identity.tenant))
        return guest

    async def _introduced(self, visit: Visit, held: ExitStack, receive: Receive) -> tuple[Visit, Guest]:
        """Waits for the first frame, which says who calls."""
        seconds = self._parts.times.authenticate
        try:
            async with asyncio.timeout(seconds) as span:
                with self._stranger(span, visit.peer):
                    message = await receive()
        except TimeoutError:
            raise _Left(Ending(Close.AUTH_TIMEOUT, f"the first frame must be auth, within {seconds:g} s")) from None
        if message["type"] == GOING:
            raise _Left(Ending(Close.GOING_AWAY, "the server shuts down"))
        if message["type"] != "websocket.receive":
            raise ClientDisconnected
        try:
            frame = parse(message["text"])
        except BadFrame as bad:
            raise bad.error from bad
        if frame.kind is not Kind.AUTH:
            raise Unauthenticated('The first frame must be {"type": "auth", "token": a key or a ticket}.')
        if frame.token.startswith(tickets.PREFIX):
            visit = replace(visit, ticket=frame.token, counted=True)
        else:
            headers = {**visit.headers, "authorization": f"Bearer {frame.token}"}
            visit = replace(visit, headers=headers, counted=True)
        return visit, self._welcomed(visit, held)

    @contextmanager
    def _stranger(self, span: asyncio.Timeout, peer: str) -> Iterator[None]:
        """One more that has not said who it is. When there are too many, one of the address that has most goes: the one
        that was silent longest.
        """
        try:
            self._strangers[span] = peer
            if len(self._strangers) > self._parts.bounds.strangers:
                self._let_one_go()
            yield
        finally:
            self._strangers.pop(span, None)

    def _let_one_go(self) -> None:
        crowd = Counter(self._strangers.values()).most_common(1)[0][0]
        oldest = next(span for span, peer in self._strangers.items() if peer == crowd)
        del self._strangers[oldest]
        if not oldest.expired():  # else its time is up, its task just has not run since, and it goes by itself
            oldest.reschedule(asyncio.get_running_loop().time())


class _Left(Exception):
    """A connection that ends before anybody was known."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending


def _proves(visit: Visit) -> bool:
    return bool(visit.ticket or visit.headers.get("authorization") or visit.headers.get("x-api-key"))


def _answering(send: Send) -> Send:
    """Writes an HTTP answer where a handshake was asked for."""

    async def answer(message: Message) -> None:
        message["type"] = f"websocket.{message['type']}"
        if "headers" in message:
            said = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(guard for guard in GUARDS if guard[0] not in said)]
        await send(message)

    return answer


async def _close(send: Send, socket: WebSocketProtocol, refused: Refused) -> None:
    await _say(send, socket, Ending(close_of(refused.error), refused.error.message, refused_frame(refused)))


async def _say(send: Send, socket: WebSocketProtocol, ending: Ending) -> None:
    outlet = Outlet(send, LAST_WORD_SECONDS, asyncio.get_running_loop().time)
    try:
        with suppress(ClientDisconnected):
            await outlet.last_words(LAST_WORD_SECONDS, ending.last_frame, ending.code, reason_text(ending.reason))
    except ReaderGone:
        socket.abort()
