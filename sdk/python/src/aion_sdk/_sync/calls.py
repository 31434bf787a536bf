# Written by sdk/python/sync_face.py from aion_sdk/_async/calls.py. DO NOT EDIT!
"""One unary call with its retries: the same bytes, the same ids, within one timeout."""

import uuid

from aion_sdk._retry import Retries, is_repeatable
from aion_sdk._tracing import traceparent
from aion_sdk._transport.blocking import ByteStream, Transport
from aion_sdk._transport.channel import Metadata
from aion_sdk.connection import Connection
from aion_sdk.errors import AionError
from aion_sdk.options import Options
from aion_sdk.raw import note_refusal


class Calls:
    """How every resource of a client reaches the server."""

    def __init__(self, transport: Transport, connection: Connection, options: Options) -> None:
        self.options = options
        self._transport = transport
        self._connection = connection

    def metadata(self) -> Metadata:
        """What one call carries beside its request, the same over all its attempts."""
        marks = (("x-request-id", str(uuid.uuid4())), ("traceparent", traceparent(self.options.traceparent)))
        key = self._connection.api_key
        return marks if key is None else (*marks, ("authorization", f"Bearer {key}"))

    def unary(self, path: str, request: bytes, timeout: float | None = None, *, etag: str | None = None) -> bytes:
        """Return the answer; `etag` is the one that a change names, "" for none. Raises AionError."""
        limit = self.options.timeout if timeout is None else timeout
        repeatable = is_repeatable(path, etag)
        retries = Retries(self.options, limit=self.options.max_retries, timeout=limit, repeatable=repeatable)
        return self._attempts(path, request, retries)

    def lasting(self, path: str, request: bytes, timeout: float | None, *, attempt: float) -> bytes:
        """Return the answer of a call that may take as long as a stream, and reconnects as one. Raises AionError.

        `timeout` bounds it as a whole, nothing by default; `attempt` bounds one attempt.
        """
        return self._attempts(path, request, self.reconnects(timeout, attempt=attempt))

    def reconnects(self, timeout: float | None, *, attempt: float | None = None) -> Retries:
        """The connections that a stream may open in a row without anything new."""
        limit = self.options.max_reconnects if self.options.max_retries else 0
        return Retries(self.options, limit=limit, timeout=timeout, attempt=attempt)

    def _attempts(self, path: str, request: bytes, retries: Retries) -> bytes:
        metadata = self.metadata()
        while True:
            try:
                return self._transport.unary(path, request, retries.time_left(), metadata)
            except AionError as error:
                if retries.deleted_before(path, error):
                    note_refusal(error)
                    return b""
                self._transport.pause(retries.delay_after(error))

    def open(self, path: str, request: bytes, timeout: float | None, metadata: Metadata) -> ByteStream:
        """Open one server stream, without retries: its reader knows where to resume."""
        return self._transport.stream(path, request, timeout, metadata)

    def pause(self, seconds: float) -> None:
        """Let time pass between two attempts."""
        self._transport.pause(seconds)
