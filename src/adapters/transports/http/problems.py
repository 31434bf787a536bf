"""What HTTP alone can refuse, in the one error tree, and how any refusal is written: RFC 9457 by the front door's
table.
"""

import math
from http import HTTPStatus
from secrets import token_hex

import orjson

from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.errors import http_status_of, to_problem
from aion.adapters.transports.http.answers import Header, Headers, Send, mark_headers, send_answer
from aion.domain.errors import AionError, MalformedRequest, MethodNotFound

PROBLEM_TYPE = b"application/problem+json"
CHALLENGE: Header = (b"www-authenticate", b'Bearer realm="aion"')


class HttpRefusal(AionError):
    """A refusal for which HTTP has a status of its own, finer than the reason's."""

    http_status: HTTPStatus
    http_headers: tuple[Header, ...] = ()


class UnsupportedMediaType(HttpRefusal, MalformedRequest):
    """The body is not sent as plain JSON."""

    http_status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class NotAcceptable(HttpRefusal, MalformedRequest):
    """The client accepts nothing that this path answers with."""

    http_status = HTTPStatus.NOT_ACCEPTABLE


class MethodNotAllowed(HttpRefusal, MethodNotFound):
    """The path exists, with other methods."""

    http_status = HTTPStatus.METHOD_NOT_ALLOWED

    def __init__(self, method: str, path: str, allowed: list[str]) -> None:
        names = ", ".join(allowed)
        super().__init__(f"{path} does not take {method}; it takes {names}", facts={"allow": names})
        self.http_headers = ((b"allow", names.encode()),)


def stray_marks() -> Marks:
    """The marks of a refusal where there is neither a call nor a pipeline to give it any."""
    return Marks(token_hex(12), f"00-{token_hex(16)}-{token_hex(8)}-00")


def status_of(error: AionError) -> int:
    """The HTTP status of a refusal."""
    return int(error.http_status) if isinstance(error, HttpRefusal) else http_status_of(error)


def problem_of(refused: Refused) -> dict[str, object]:
    """The refusal as a problem."""
    problem = to_problem(refused.error, refused.marks)
    status = status_of(refused.error)
    # `about:blank` means that the title is the status's own phrase (RFC 9457, 4.2.1).
    return problem | {"status": status, "title": HTTPStatus(status).phrase}


async def send_problem(send: Send, refused: Refused, extra: Headers | None = None) -> None:
    """Answers with the refusal."""
    error = refused.error
    status = status_of(error)
    headers = [*mark_headers(refused.marks), *(extra or [])]
    if isinstance(error, HttpRefusal):
        headers += error.http_headers
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append(CHALLENGE)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # The rest of the body is not read, so the connection cannot carry another request.
        headers.append((b"connection", b"close"))
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % max(1, math.ceil(error.retry_after.total_seconds()))))
    await send_answer(send, status, PROBLEM_TYPE, orjson.dumps(problem_of(refused)), headers)
