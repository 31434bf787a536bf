"""A handshake that cannot be accepted is refused as a problem, like everything else. The library would answer in words
of its own, or not at all.
"""

from http import HTTPStatus

import orjson
from websockets.http11 import Response
from websockets.server import ServerProtocol

from aion.adapters.rpc.answers import Refused
from aion.adapters.transports.http.problems import HttpRefusal, problem_of, stray_marks
from aion.adapters.transports.http.security_headers import GUARDS
from aion.domain.errors import MalformedRequest

UNREADABLE = "a handshake has no body, at most 128 headers, and lines of at most 8 KiB; send it again as such"


class BadHandshake(HttpRefusal, MalformedRequest):
    """The request for an upgrade is no WebSocket handshake."""


class Handshake(ServerProtocol):
    """The library's protocol with refusals of AION."""

    def reject(self, status: HTTPStatus | int, text: str) -> Response:
        """The answer to a handshake that cannot be accepted."""
        error = BadHandshake(text.partition("\n")[0] or HTTPStatus(status).phrase)
        error.http_status = HTTPStatus(status)
        marks = stray_marks()
        response = super().reject(status, orjson.dumps(problem_of(Refused(error, marks))).decode())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/problem+json"
        for name, value in GUARDS:
            response.headers[name.decode()] = value.decode()
        response.headers["X-Request-Id"] = marks.request_id
        response.headers["X-Trace-Id"] = marks.trace_id
        return response


def head_refusal(connection: ServerProtocol) -> bytes:
    """The answer to a head that the library could not read: it has a body, too many headers, too long a line."""
    return b"".join(connection.data_to_send()) or connection.reject(HTTPStatus.BAD_REQUEST, UNREADABLE).serialize()
