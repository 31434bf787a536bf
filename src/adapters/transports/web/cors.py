"""CORS by the operator's list of origins (Fetch standard): which pages may call AION and read its answers.

AION knows no cookies, so credentials in the sense of CORS are never allowed; a page sends a key or a ticket itself. A
page of any other origin gets no CORS header, and its preflight is refused: the browser then keeps the answer from it.
"""

from collections.abc import Awaitable, Iterable, Iterator

from google.protobuf.descriptor import Descriptor

from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.pipeline import Pipeline
from aion.adapters.transports.header_fields import header_fields
from aion.adapters.transports.http.answers import AsgiApp, Headers, Message, Receive, Scope, Send
from aion.adapters.transports.http.headers import header_map
from aion.adapters.transports.http.origins import Origins
from aion.adapters.transports.http.problems import send_problem
from aion.adapters.transports.rest.routes import VERBS, Document
from aion.domain.errors import PermissionDenied

TRANSPORT = "http"
ALWAYS_ALLOWED = (
    # Who calls, what comes, which trace it belongs to.
    "authorization",
    "x-api-key",
    "content-type",
    "accept",
    "traceparent",
    "tracestate",
    "x-request-id",
    # Connect and gRPC-Web.
    "connect-protocol-version",
    "connect-timeout-ms",
    "connect-content-encoding",
    "connect-accept-encoding",
    "content-encoding",
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
    "x-grpc-web",
    "x-user-agent",
)
"""Request headers of the wires; those of the contract's fields come from its descriptors."""

EXPOSED = (
    "allow",
    "accept-post",
    "connect-content-encoding",
    "content-encoding",
    "grpc-encoding",
    "grpc-message",
    "grpc-status",
    "grpc-status-details-bin",
    "idempotent-replayed",
    "location",
    "preference-applied",
    "retry-after",
    "www-authenticate",
    "x-request-id",
    "x-trace-id",
)
"""Answer headers that a page may read besides the harmless ones that every page may."""

MAX_AGE_SECONDS = 7200
"""How long a preflight's answer holds: as long as Chromium remembers one at most."""


def allowed_headers() -> tuple[str, ...]:
    """Request headers that a page may send."""
    carried = (field.key for message in _requests() for field in header_fields(message))
    return tuple(dict.fromkeys((*ALWAYS_ALLOWED, *carried)))


def allowed_methods(document: Document) -> tuple[str, ...]:
    """Methods that any path takes."""
    bound = {verb.upper() for item in document["paths"].values() for verb in VERBS if verb in item}
    return tuple(sorted(bound | {"GET", "HEAD", "POST"}))


def _requests() -> Iterator[Descriptor]:
    return (method.descriptor.input_type for method in methods().values())


class Cors:
    """The application, whose answers the pages of some origins may read."""

    def __init__(self, app: AsgiApp, origins: Origins, document: Document, pipeline: Pipeline) -> None:
        self._app = app
        self._origins = origins
        self._pipeline = pipeline
        self._preflight: Headers = [
            (b"access-control-allow-methods", _list(allowed_methods(document))),
            (b"access-control-allow-headers", _list(allowed_headers())),
            (b"access-control-max-age", b"%d" % MAX_AGE_SECONDS),
        ]
        self._exposed = (b"access-control-expose-headers", _list(EXPOSED))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = _header(scope, b"origin")
        welcome = self._origins.allow(origin.decode("latin-1"))
        marks: Headers = [(b"vary", b"Origin")] if self._origins.allowed else []
        if welcome:
            marks += [(b"access-control-allow-origin", origin), self._exposed]

        def marked(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *marks]
            return send(message)

        if not _is_preflight(scope):
            await self._app(scope, receive, marked)
        elif welcome:
            await marked({"type": "http.response.start", "status": 204, "headers": self._preflight})
            await marked({"type": "http.response.body", "body": b""})
        else:
            refused = self._pipeline.refuse(_foreign(origin), header_map(scope), TRANSPORT)
            await send_problem(marked, refused)


def _is_preflight(scope: Scope) -> bool:
    return (
        scope["method"] == "OPTIONS"
        and bool(_header(scope, b"origin"))
        and bool(_header(scope, b"access-control-request-method"))
    )


def _foreign(origin: bytes) -> PermissionDenied:
    said = origin.decode("latin-1")[:256]
    return PermissionDenied(
        f"pages of {said} may not call this server; its operator allows origins by AION_CORS_ORIGINS",
        facts={"origin": said},
    )


def _header(scope: Scope, name: bytes) -> bytes:
    """The header's value; empty when it is missing, or stands twice, which no browser does."""
    values = [value for said, value in scope["headers"] if said == name]
    return values[0] if len(values) == 1 else b""


def _list(names: Iterable[str]) -> bytes:
    return ", ".join(names).encode()
