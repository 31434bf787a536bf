# Written by sdk/python/sync_face.py from aion_sdk/_async/calls.py. DO NOT EDIT!
"""One unary call with its retries: the same bytes, the same ids, within one timeout."""

import uuid

from aion_sdk._retry import Retries
from aion_sdk._tracing import traceparent
from aion_sdk._transport.blocking import ByteStream, Transport
from aion_sdk._transport.channel import Metadata
from aion_sdk.connection import Connection
from aion_sdk.errors import AionError
from aion_sdk.options import Options


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

    def unary(self, path: str, request: bytes, timeout: float | None = None) -> bytes:
        """Return the answer. Raises AionError."""
        return self._unary(path, request, timeout, repeatable=True)

    def unary_once(self, path: str, request: bytes, timeout: float | None = None) -> bytes:
        """Return the answer of a call that must not be made twice. Raises AionError."""
        return self._unary(path, request, timeout, repeatable=False)

    def _unary(self, path: str, request: bytes, timeout: float | None, *, repeatable: bool) -> bytes:
        limit = self.options.timeout if timeout is None else timeout
        retries = Retries(self.options, limit=self.options.max_retries, timeout=limit, repeatable=repeatable)
        metadata = self.metadata()
        while True:
            try:
                return self._transport.unary(path, request, retries.time_left() or limit, metadata)
            except AionError as error:
                self._transport.pause(retries.delay_after(error))

    def open(self, path: str, request: bytes, timeout: float | None, metadata: Metadata) -> ByteStream:
        """Open one server stream, without retries: its reader knows where to resume."""
        return self._transport.stream(path, request, timeout, metadata)

    def pause(self, seconds: float) -> None:
        """Let time pass between two attempts."""
        self._transport.pause(seconds)
