"""Connect and gRPC-Web on the HTTP port, for browsers and whoever speaks no gRPC: the same pipeline, raw bytes in.

Which paths there are comes from the descriptors; which protocol a request speaks, from its media type. What speaks
neither is refused as HTTP. Why no library serves this: docs/decisions/0006-our-own-connect.md.
"""

import asyncio
import math
import re
from typing import cast

from aion.adapters.rpc.answers import Answer, Refused
from aion.adapters.rpc.call import Call
from aion.adapters.rpc.methods import Method, methods
from aion.adapters.transports.connect.codecs import CODECS
from aion.adapters.transports.connect.dialects import Dialect, Reply, StreamDialect
from aion.adapters.transports.connect.grpc_web_wire import GrpcWeb
from aion.adapters.transports.connect.payload import WirePayload, room_for
from aion.adapters.transports.connect.stream import out_of_time, serve_stream
from aion.adapters.transports.connect.wire import ConnectStream, ConnectUnary
from aion.adapters.transports.header_fields import waiting_field
from aion.adapters.transports.http.answers import Headers, Receive, Scope, Send, mark_headers, send_answer
from aion.adapters.transports.http.bodies import EMPTY, Bodies
from aion.adapters.transports.http.headers import header_map
from aion.adapters.transports.http.leaving import ClientGone, WhileClientStays
from aion.adapters.transports.http.problems import CHALLENGE, MethodNotAllowed, UnsupportedMediaType
from aion.domain.errors import AionError, FieldViolation, MethodNotFound, RequestTooLarge, Unauthenticated

_RPC_PATH = re.compile(r"/[A-Za-z_]\w*(\.\w+)+/\w+", re.ASCII)

DIALECTS: dict[str, Dialect] = {
    **{f"application/{name}": ConnectUnary(codec) for name, codec in CODECS.items()},
    **{f"application/connect+{name}": ConnectStream(codec) for name, codec in CODECS.items()},
    "application/grpc-web": GrpcWeb(CODECS["proto"]),
    "application/grpc-web-text": GrpcWeb(CODECS["proto"], text=True),
    **{f"application/grpc-web+{name}": GrpcWeb(codec) for name, codec in CODECS.items()},
    **{f"application/grpc-web-text+{name}": GrpcWeb(codec, text=True) for name, codec in CODECS.items()},
}
"""Every media type of a request, and what it speaks."""


def is_rpc_path(path: str) -> bool:
    """Whether a path has the form `/package.Service/Method`, whether or not there is such a method."""
    return _RPC_PATH.fullmatch(path) is not None


class ConnectApp:
    """Every public RPC as an ASGI application. It raises MethodNotAllowed and UnsupportedMediaType; the rest it
    answers.
    """

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._methods = methods()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request; what else it raises is a defect."""
        if scope["method"] != "POST":
            raise MethodNotAllowed(scope["method"], scope["path"], ["POST"])
        headers = header_map(scope)
        method = self._methods.get(scope["path"])
        dialect = _dialect(headers.get("content-type", ""), method)
        body = EMPTY
        try:
            if method is None:
                raise MethodNotFound("no such method; the contract in /openapi.json names all of them")
            client = scope.get("client")
            body = await self._bodies.take(scope, receive, headers, most=room_for(dialect))
            call = Call(
                method=method,
                payload=WirePayload(headers, body, dialect),
                transport=dialect.transport,
                headers=headers,
                peer=client[0] if client else "",
                timeout=dialect.timeout(headers),
            )
            if method.streams:
                stream = self._bodies.pipeline.stream(call)
                await serve_stream(stream, cast("StreamDialect", dialect), _patience(call), receive, send)
                return
            answer = await self._unary(call, receive)
        except ClientGone:
            return
        except Refused as refused:
            await _send(send, dialect.refusal(refused), _refusal_headers(refused))
            return
        except AionError as error:
            path = "" if method is None else method.path
            early = self._bodies.pipeline.refuse(error, headers, dialect.transport, path)
            await _send(send, dialect.refusal(early), _refusal_headers(early))
            return
        finally:
            body.let_go()
        await _send(send, dialect.answer(answer.message), mark_headers(answer.marks))

    async def _unary(self, call: Call, receive: Receive) -> Answer:
        """The answer; a call that may take long ends when its client leaves or its time is up."""
        patience = _patience(call)
        if patience is None and waiting_field(call.method.request.DESCRIPTOR) is None:
            return await self._bodies.pipeline.unary(call)
        try:
            async with asyncio.timeout(patience), WhileClientStays(receive):
                return await self._bodies.pipeline.unary(call)
        except TimeoutError:
            raise out_of_time() from None


def _patience(call: Call) -> float | None:
    """How long the answer may take; a call without any time left is the pipeline's to refuse."""
    return call.timeout or None


def _dialect(content_type: str, method: Method | None) -> Dialect:
    """What the request speaks. Raises UnsupportedMediaType."""
    media, _, parameters = content_type.partition(";")
    dialect = DIALECTS.get(media.strip().lower())
    fitting = ", ".join(name for name, one in DIALECTS.items() if method is None or _fits(one, method))
    if dialect is None or (method is not None and not _fits(dialect, method)):
        said = f"is {media.strip()[:64]!r}" if media.strip() else "is missing"
        raise _RefusedMedia(f"the Content-Type {said}; this path takes {fitting}", fitting)
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise _RefusedMedia(f"the charset {value.strip()[:64]!r} is not taken; send UTF-8", fitting)
    return dialect


def _fits(dialect: Dialect, method: Method) -> bool:
    if dialect.transport == "grpc-web":
        return True
    return dialect.enveloped == method.streams


class _RefusedMedia(UnsupportedMediaType):
    """The body is of no media type that this path takes."""

    def __init__(self, message: str, fitting: str) -> None:
        super().__init__(message, violations=(FieldViolation("Content-Type", f"must be one of {fitting}"),))
        self.http_headers = ((b"accept-post", fitting.encode()),)


def _refusal_headers(refused: Refused) -> Headers:
    headers = mark_headers(refused.marks)
    if isinstance(refused.error, RequestTooLarge):
        # The rest of the body may be unread, so the connection cannot carry another request.
        headers.append((b"connection", b"close"))
    if isinstance(refused.error, Unauthenticated):
        headers.append(CHALLENGE)
    if refused.error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % max(1, math.ceil(refused.error.retry_after.total_seconds()))))
    return headers


async def _send(send: Send, reply: Reply, headers: Headers) -> None:
    await send_answer(send, reply.status, reply.content_type.encode(), reply.body, headers)
