"""The transport of the sync face: plain grpcio, its exceptions ending here. May be used by many threads."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import grpc

from aion_sdk._transport import channel
from aion_sdk._transport.channel import Metadata
from aion_sdk._wire.status import error_of
from aion_sdk.connection import Connection
from aion_sdk.errors import AionError, ConfigurationError
from aion_sdk.raw import Headers, wanted

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

Turn = threading.Lock
"""One after the other."""


class ByteStream:
    """The messages of one server stream."""

    def __init__(self, call: Any, metadata: Metadata) -> None:
        self._call = call
        self._metadata = metadata

    def read(self) -> bytes | None:
        """The next message; None when the server ended the stream. Raises AionError."""
        try:
            message: bytes | None = next(self._call, None)
        except grpc.RpcError as cause:
            raise _error(cause, self._metadata) from cause
        return message

    def close(self) -> None:
        """Give the stream up; what was accepted goes on."""
        self._call.cancel()


class Transport:
    """One channel, opened at the first call."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._channel: grpc.Channel | None = None
        self._closed = False
        self._opening = threading.Lock()

    def unary(self, path: str, request: bytes, timeout: float | None, metadata: Metadata) -> bytes:
        """One answer for one request. Raises AionError."""
        method: Any = self._opened().unary_unary(path)
        answer: bytes
        try:
            answer, call = method.with_call(request, timeout=timeout, metadata=metadata)
        except grpc.RpcError as cause:
            raise _error(cause, metadata) from cause
        if (noting := wanted()) is not None:
            noting.data = answer
            noting.headers = _mapping(call.initial_metadata())
            noting.trailers = _mapping(call.trailing_metadata())
        return answer

    def stream(self, path: str, request: bytes, timeout: float | None, metadata: Metadata) -> ByteStream:
        """Many answers for one request."""
        call: Any = self._opened().unary_stream(path)
        return ByteStream(call(request, timeout=timeout, metadata=metadata), metadata)

    def pause(self, seconds: float) -> None:
        """Let time pass between two attempts."""
        time.sleep(seconds)

    def close(self) -> None:
        """Close the channel; calls in flight are given up."""
        self._closed = True
        if self._channel is not None:
            self._channel.close()

    def _opened(self) -> grpc.Channel:
        with self._opening:
            if self._closed:
                raise ConfigurationError("the client is closed; make a new one")
            if self._channel is None:
                target, options = self._connection.target, channel.options(self._connection)
                if self._connection.tls is None:
                    self._channel = grpc.insecure_channel(target, options)
                else:
                    credentials = grpc.ssl_channel_credentials(*self._connection.tls.read())
                    self._channel = grpc.secure_channel(target, credentials, options)
            return self._channel


def each(work: Callable[[Item], Outcome], items: Iterable[Item], *, concurrency: int) -> list[Outcome]:
    """What the work makes of each item, in their order; at most so many at once."""
    with ThreadPoolExecutor(max_workers=concurrency) as pool:
        return list(pool.map(work, items))


def _mapping(metadata: Any) -> Headers:
    return {name: value for name, value in metadata or ()}  # noqa: C416 - named tuples, no pairs to dict()


def _error(cause: grpc.RpcError, metadata: Metadata) -> AionError:
    call: Any = cause  # grpcio raises the call itself, which its types do not say
    trailers = _mapping(call.trailing_metadata())
    return error_of(call.code().name, call.details() or "", trailers, channel.sent_request_id(metadata))
