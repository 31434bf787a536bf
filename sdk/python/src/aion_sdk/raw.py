"""What came with an answer: its headers, trailers and request id, beside the value that was read from it.

`client.tasks.with_raw_response.get(...)` answers with a RawResponse where `client.tasks.get(...)` answers with a Task.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from aion_sdk.errors import AionError

Value = TypeVar("Value")
Headers = Mapping[str, str | bytes]
REQUEST_ID, TRACE_ID = "x-request-id", "x-trace-id"


@dataclass(slots=True)
class Received:
    """The last answer of a call, as the transport notes it."""

    data: bytes = b""
    headers: Headers = field(default_factory=dict)
    trailers: Headers = field(default_factory=dict)


_RECEIVED: ContextVar[Received | None] = ContextVar("aion_sdk_received", default=None)


def wanted() -> Received | None:
    """Return where the answer of this call shall be noted, None when nobody asked for it."""
    return _RECEIVED.get()


def note_refusal(error: AionError) -> None:
    """Note what came with a refusal that answers the call all the same."""
    if (noting := wanted()) is not None:
        noting.trailers = {REQUEST_ID: error.request_id, TRACE_ID: error.trace_id}


@contextmanager
def noted() -> Iterator[Received]:
    """Have the answers of the calls inside noted; the last one stays."""
    received = Received()
    token = _RECEIVED.set(received)
    try:
        yield received
    finally:
        _RECEIVED.reset(token)


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[Value]):
    """One answer. `data` is the protobuf message as it came; a header whose name ends in `-bin` is bytes."""

    value: Value
    data: bytes
    headers: Headers
    trailers: Headers

    @property
    def request_id(self) -> str:
        """The id under which the server's log knows the call."""
        return self._text(REQUEST_ID)

    @property
    def trace_id(self) -> str:
        """The W3C trace id of the call."""
        return self._text(TRACE_ID)

    def parse(self) -> Value:
        """Return the value that the call answers with when it is not asked for its raw response."""
        return self.value

    def _text(self, name: str) -> str:
        found = self.headers.get(name) or self.trailers.get(name) or ""
        return found.decode("ascii", "replace") if isinstance(found, bytes) else found
