"""Request headers, read once. A header that may stand once and stands twice is refused: two proxies could each believe
another one.
"""

from collections.abc import Mapping

from aion.adapters.transports.http.answers import Scope
from aion.domain.errors import FieldViolation, MalformedRequest

ONCE = frozenset(
    {
        "authorization",
        "x-api-key",
        "content-type",
        "content-encoding",
        "idempotency-key",
        "last-event-id",
        "traceparent",
        "x-request-id",
    }
)
TWICE = "\n"
"""Joins the values of a header that stands twice but may not: a byte that no header value holds."""


def header_map(scope: Scope) -> dict[str, str]:
    """All headers, names in lower case; a list header that stands several times is joined (RFC 9110)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in headers:
            joint = TWICE if name in ONCE else ", "
            headers[name] = f"{headers[name]}{joint}{value}"
        else:
            headers[name] = value
    return headers


def refuse_doubles(headers: Mapping[str, str]) -> None:
    """Raises MalformedRequest when a header stands twice that may stand once."""
    for name in ONCE & headers.keys():
        if TWICE in headers[name]:
            raise MalformedRequest(
                f"the header {name} stands twice; send it once",
                violations=(FieldViolation(name, "must stand once"),),
            )
