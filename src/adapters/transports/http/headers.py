"""Request headers, read once. A header that may stand once and stands twice is refused: two proxies could each believe
another one.
"""

from collections.abc import Iterable, Mapping

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
    """All headers of a request, names in lower case, as `joined`."""
    return joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])


def joined(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by name. One that stands several times is joined as the list that it is (RFC 9110), or so that it is
    nobody's credential when it may stand once only. Takes no longer when one stands ten thousand times.
    """
    headers: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for name, value in fields:
        if name not in headers:
            headers[name] = value
        elif name in several:
            several[name].append(value)
        else:
            several[name] = [headers[name], value]
    for name, values in several.items():
        headers[name] = (TWICE if name in ONCE else ", ").join(values)
    return headers


def refuse_doubles(headers: Mapping[str, str]) -> None:
    """Raises MalformedRequest when a header stands twice that may stand once."""
    for name in ONCE & headers.keys():
        if TWICE in headers[name]:
            raise MalformedRequest(
                f"the header {name} stands twice; send it once",
                violations=(FieldViolation(name, "must stand once"),),
            )
