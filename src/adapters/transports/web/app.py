"""The HTTP front: probes, metrics and the document beside REST and Connect, and the last net under all of them.

Whatever goes wrong below becomes a problem of the one table; a defect becomes INTERNAL with its cause in the log,
never a traceback on the wire.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial

import orjson
import yaml

from aion.adapters.rpc.admission import Visit
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.errors import InternalError
from aion.adapters.rpc.pipeline import Pipeline
from aion.adapters.telemetry.metrics import CONTENT_TYPE
from aion.adapters.transports.connect.app import ConnectApp, is_rpc_path
from aion.adapters.transports.http.answers import (
    CROWDED,
    JSON_TYPE,
    UNREAD,
    AsgiApp,
    Header,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    mark_headers,
    send_answer,
)
from aion.adapters.transports.http.bodies import Bodies
from aion.adapters.transports.http.headers import header_map
from aion.adapters.transports.http.origins import Origins
from aion.adapters.transports.http.paths import hides_a_slash, unknown_path
from aion.adapters.transports.http.probes import Check, Probes
from aion.adapters.transports.http.problems import MethodNotAllowed, send_problem
from aion.adapters.transports.http.reservoir import Reservoir
from aion.adapters.transports.http.security_headers import guarded
from aion.adapters.transports.rest.explorer import Explorer
from aion.adapters.transports.rest.operations import rest_app
from aion.adapters.transports.rest.routes import Document
from aion.adapters.transports.web.cors import Cors
from aion.adapters.transports.websocket.connection import Places, SocketBounds, SocketParts, SocketTimes, unbounded
from aion.adapters.transports.websocket.endpoint import PATH, UpgradeRequired, WebSocketEndpoint
from aion.domain.errors import AionError, RateLimited
from aion.domain.identity import SERVER_READ

TRANSPORT = "http"
YAML_TYPE = b"application/yaml"
CLOSING: Header = (b"connection", b"close")
PROBES = frozenset({"/livez", "/readyz", "/healthz"})
"""Answered however crowded the server is: to restart it would not help."""

Page = Callable[[Scope, Send], Awaitable[None]]
_log = logging.getLogger("aion.http")


@dataclass(frozen=True, slots=True)
class HttpParts:
    """What the front serves. `problems`: why this process takes no work now, by part; empty when it does. `checks`: its
    dependencies by name; each returns, or raises with the reason. `facts`: what else the probes say, in a word each.
    """

    pipeline: Pipeline
    document: Document
    problems: Callable[[], Mapping[str, str]]
    checks: Mapping[str, Check]
    metrics: Callable[[], bytes]
    facts: Callable[[], Mapping[str, str]] = dict
    metrics_open: bool = False
    docs_open: bool = False
    origins: Origins = field(default_factory=Origins)
    places: Places = unbounded
    socket_times: SocketTimes = field(default_factory=SocketTimes)
    socket_bounds: SocketBounds = field(default_factory=SocketBounds)


def http_app(parts: HttpParts) -> AsgiApp:
    """The whole HTTP face as one ASGI application."""
    front = _Front(parts)
    return guarded(Cors(front, parts.origins, parts.document, parts.pipeline))


class _Front:
    def __init__(self, parts: HttpParts) -> None:
        held = Reservoir(parts.socket_bounds.unfinished_bytes)
        bodies = Bodies(parts.pipeline, held)
        probes = Probes(parts.problems, parts.checks, parts.facts)
        as_json = orjson.dumps(parts.document)
        as_yaml = cache(partial(_yaml, parts.document))
        self._parts = parts
        self._rest = rest_app(parts.document, bodies)
        self._connect = ConnectApp(bodies)
        self._sockets = WebSocketEndpoint(
            SocketParts(parts.pipeline, parts.origins, parts.places, parts.socket_times, parts.socket_bounds), held
        )
        self._pages: dict[str, Page] = {
            "/livez": probes.live,
            "/readyz": probes.readiness,
            "/healthz": probes.health,
            "/metrics": self._page(parts.metrics, CONTENT_TYPE.encode(), is_open=parts.metrics_open),
            "/openapi.json": self._page(lambda: as_json, JSON_TYPE, is_open=parts.docs_open),
            # Written when it is first asked for: a tenth of a second, for which neither start nor callers wait.
            "/openapi.yaml": self._page(as_yaml, YAML_TYPE, is_open=parts.docs_open, in_thread=True),
        }
        if parts.docs_open:
            self._pages |= Explorer().pages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        if scope["type"] != "http":
            return
        started = False

        def watched(message: Message) -> Awaitable[None]:
            nonlocal started
            if not started and (self._parts.pipeline.draining or scope.get(UNREAD, False)):
                said = (header for header in message["headers"] if header != CLOSING)
                message["headers"] = [*said, CLOSING]
            started = True
            return send(message)

        try:
            await self._serve(scope, receive, watched)
        except AionError as error:
            await self._refuse(error, scope, watched)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            refused = self._parts.pipeline.refuse(InternalError(), header_map(scope), TRANSPORT)
            _log.exception("defect while serving HTTP", extra={"request_id": refused.marks.request_id})
            if started:
                # The answer is under way and cannot be taken back; ending it here would make it look whole.
                raise ConnectionAbortedError("the answer broke off") from error
            await send_problem(watched, refused)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = self._pages.get(scope["path"])
        if scope.get(CROWDED, False) and scope["path"] not in PROBES:
            raise RateLimited(
                "this server has as many connections open as it takes; try again later",
                retry_after=timedelta(seconds=1),
            )
        if hides_a_slash(scope):
            raise unknown_path(scope["path"])
        if scope["path"] == PATH:
            raise UpgradeRequired
        if is_rpc_path(scope["path"]):
            await self._connect(scope, receive, send)
        elif page is None:
            await self._rest(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(scope["method"], scope["path"], ["GET"])
        else:
            await page(scope, send)

    async def _refuse(self, error: AionError, scope: Scope, send: Send) -> None:
        await send_problem(send, self._parts.pipeline.refuse(error, header_map(scope), TRANSPORT))

    def _page(
        self, content: Callable[[], bytes], content_type: bytes, *, is_open: bool, in_thread: bool = False
    ) -> Page:
        async def page(scope: Scope, send: Send) -> None:
            headers: Headers = []
            if not is_open:
                client = scope.get("client")
                peer = client[0] if client else ""
                visit = Visit(scope["path"], SERVER_READ, TRANSPORT, header_map(scope), peer)
                try:
                    headers = mark_headers(self._parts.pipeline.admit(visit))
                except Refused as refused:
                    await send_problem(send, refused)
                    return
            body = await asyncio.to_thread(content) if in_thread else content()
            await send_answer(send, 200, content_type, body, headers)

        return page


def _yaml(document: Document) -> bytes:
    return yaml.dump(dict(document), Dumper=yaml.CSafeDumper, sort_keys=False).encode()
