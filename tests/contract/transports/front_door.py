"""The front door alone: every transport on a real port before handlers that a test scripts, without store or engine.

What is refused, and how a refusal is written, never depends on what stands behind the door.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
import httpx2
from google.protobuf.message import Message

from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.call import Admitted
from aion.adapters.rpc.methods import Method, methods
from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts, StreamHandler, UnaryHandler
from aion.adapters.rpc.streams import StreamTimes
from aion.adapters.transports.grpc.server import GrpcSettings, grpc_server
from aion.adapters.transports.http.answers import AsgiApp
from aion.adapters.transports.http.origins import Origins
from aion.adapters.transports.web.app import HttpParts, http_app
from aion.adapters.transports.web.server import HttpSettings, http_server
from tests.contract.rest.scripted import DOCUMENT, Keys, Observer
from tests.e2e.connect_faces import ConnectFace, GrpcWebFace
from tests.e2e.faces import Face, GrpcFace, RestFace
from tests.e2e.socket_faces import SocketFace

PAGE = "https://page.example"
"""The one origin whose pages may call."""

GOOD = {"authorization": "Bearer good"}


@dataclass
class Script:
    """What stands behind the door. A unary call gets `answer` of its kind, or `error`; a stream gets `messages`, then
    `error`, else its end. With `hold` both wait before they end.
    """

    answer: Message | None = None
    messages: Sequence[Message] = ()
    error: BaseException | None = None
    hold: asyncio.Event | None = None
    calls: list[Admitted] = field(default_factory=list)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    def handlers(self) -> Handlers:
        """A handler for every RPC."""
        table = methods()
        return Handlers(
            unary={path: self._unary(method) for path, method in table.items() if not method.streams},
            stream={path: self._stream(method) for path, method in table.items() if method.streams},
        )

    def _unary(self, method: Method) -> UnaryHandler:
        async def handler(call: Admitted) -> Message:
            await self._begin(call)
            if self.error is not None:
                raise self.error
            return self.answer if self.answer is not None else method.response()

        return handler

    def _stream(self, method: Method) -> StreamHandler:
        async def handler(call: Admitted) -> AsyncGenerator[Sequence[Message], None]:
            for message in self.messages:
                yield [message]
            await self._begin(call)
            if self.error is not None:
                raise self.error

        return handler

    async def _begin(self, call: Admitted) -> None:
        self.calls.append(call)
        self.entered.set()
        if self.hold is not None:
            try:
                await self.hold.wait()
            finally:
                self.left.set()


@dataclass
class Limit:
    """A limiter that a test closes."""

    pause: timedelta | None = None

    def take(self, key: str) -> timedelta | None:
        """A pause when it is closed."""
        return self.pause


@dataclass(frozen=True)
class Door:
    """The running transports, and one caller's faces."""

    pipeline: Pipeline
    script: Script
    limit: Limit
    observer: Observer
    client: httpx2.AsyncClient
    channel: grpc.aio.Channel
    http: str
    grpc: str

    def faces(self, headers: Mapping[str, str] | None = None) -> tuple[Face, ...]:
        """A face for every transport."""
        said = GOOD if headers is None else headers
        return (
            GrpcFace(self.channel, said),
            RestFace(self.client, said),
            ConnectFace(self.client, said, "json"),
            ConnectFace(self.client, said, "proto"),
            GrpcWebFace(self.client, said, "proto"),
            SocketFace(f"ws://{self.http}", said),
        )

    def face(self, name: str) -> Face:
        """The face of this name."""
        return next(face for face in self.faces() if face.name == name)


@dataclass
class _Replaceable:
    """One application whose pipeline a test brings: to build it takes a second, since connexion reads the document."""

    pipeline: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pipeline, name)


_app: list[tuple[_Replaceable, AsgiApp]] = []


async def _application(pipeline: Pipeline) -> AsgiApp:
    if not _app:
        replaceable = _Replaceable(pipeline)
        parts = HttpParts(
            pipeline=replaceable,  # type: ignore[arg-type]
            document=DOCUMENT,
            problems=dict,
            checks={},
            metrics=lambda: b"",
            origins=Origins.of([PAGE]),
        )
        _app.append((replaceable, http_app(parts)))
    replaceable, app = _app[0]
    replaceable.pipeline = pipeline
    return app


@asynccontextmanager
async def front_door(times: StreamTimes | None = None) -> AsyncIterator[Door]:
    """Serves while the block runs."""
    script, limit, observer = Script(), Limit(), Observer()
    pipeline = Pipeline(
        script.handlers(),
        PipelineParts(
            authenticator=Keys(),
            key_limit=limit,
            peer_limit=Unlimited(),
            clock=SystemClock(),
            entropy=SystemEntropy(),
            observer=observer,
            times=times or StreamTimes(),
        ),
    )
    async with AsyncExitStack() as stack:
        app = await _application(pipeline)
        http = await stack.enter_async_context(http_server(HttpSettings("127.0.0.1", 0), app, lambda: 0.0))
        settings = GrpcSettings("127.0.0.1", 0, max_concurrent_streams=100, reflection=False)
        rpc = await stack.enter_async_context(grpc_server(settings, pipeline, lambda: 0.0))
        address = f"127.0.0.1:{http.port}"
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=f"http://{address}", timeout=60))
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(f"127.0.0.1:{rpc.port}"))
        yield Door(pipeline, script, limit, observer, client, channel, address, f"127.0.0.1:{rpc.port}")
