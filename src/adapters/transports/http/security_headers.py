"""What every HTTP answer tells a browser: keep nothing, guess nothing, run nothing, put it in no frame.

An answer that needs something else, such as a page with scripts of its own, says so itself: what it sets stays.
"""

from collections.abc import Awaitable

from aion.adapters.transports.http.answers import AsgiApp, Headers, Message, Receive, Scope, Send

GUARDS: Headers = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
OVER_TLS: Headers = [(b"strict-transport-security", b"max-age=31536000")]
"""For a year the browser asks this host by TLS only. Of no meaning in plain text, so not sent there (RFC 6797)."""

_STARTS = frozenset({"http.response.start", "websocket.http.response.start"})
"""The second one refuses a handshake."""


def guarded(app: AsgiApp) -> AsgiApp:
    """The application, each of whose answers carries the guards that it does not set itself."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        guards = [*GUARDS, *OVER_TLS] if scope.get("scheme") in ("https", "wss") else GUARDS

        # No coroutine of its own: a stream passes here with every burst.
        def guarding(message: Message) -> Awaitable[None]:
            if message["type"] in _STARTS:
                said = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(guard for guard in guards if guard[0] not in said)]
            return send(message)

        await app(scope, receive, guarding)

    return serve
