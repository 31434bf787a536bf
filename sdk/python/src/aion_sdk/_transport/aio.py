"""The asyncio transport: grpc.aio, its exceptions ending here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import grpc
from grpc import aio

from aion_sdk._transport import channel
from aion_sdk._transport.channel import Metadata
from aion_sdk._wire.status import error_of
from aion_sdk.connection import Connection
from aion_sdk.errors import AionError, ConfigurationError
from aion_sdk.raw import Headers, wanted

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

Turn = asyncio.Lock
"""One after the other."""


class AsyncByteStream:
    """The messages of one server stream."""

    def __init__(self, call: aio.UnaryStreamCall[bytes, bytes], metadata: Metadata) -> None:
        self._call = call
        self._metadata = metadata

    async def read(self) -> bytes | None:
        """The next message; None when the server ended the stream. Raises AionError."""
        try:
            message = await self._call.read()
        except aio.AioRpcError as cause:
            raise _error(cause, self._metadata) from cause
        except asyncio.CancelledError as cause:
            if not _closed_beneath(self._call):
                raise
            raise _given_up(self._metadata) from cause
        return message if isinstance(message, bytes) else None

    async def close(self) -> None:
        """Give the stream up; what was accepted goes on."""
        self._call.cancel()


class AsyncTransport:
    """One channel, opened at the first call, in the loop that makes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._channel: aio.Channel | None = None
        self._closed = False

    async def unary(self, path: str, request: bytes, timeout: float | None, metadata: Metadata) -> bytes:
        """One answer for one request. Raises AionError."""
        method: aio.UnaryUnaryMultiCallable[bytes, bytes] = self._opened().unary_unary(path)
        call = method(request, timeout=timeout, metadata=aio.Metadata(*metadata))
        try:
            answer = await call
        except aio.AioRpcError as cause:
            raise _error(cause, metadata) from cause
        except asyncio.CancelledError as cause:
            if not _closed_beneath(call):
                raise
            raise _given_up(metadata) from cause
        if (noting := wanted()) is not None:
            noting.data = answer
            noting.headers = _mapping(await call.initial_metadata())
            noting.trailers = _mapping(await call.trailing_metadata())
        return answer

    def stream(self, path: str, request: bytes, timeout: float | None, metadata: Metadata) -> AsyncByteStream:
        """Many answers for one request."""
        call: aio.UnaryStreamMultiCallable[bytes, bytes] = self._opened().unary_stream(path)
        return AsyncByteStream(call(request, timeout=timeout, metadata=aio.Metadata(*metadata)), metadata)

    async def pause(self, seconds: float) -> None:
        """Let time pass between two attempts."""
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Close the channel; calls in flight are given up."""
        self._closed = True
        if self._channel is not None:
            await self._channel.close()

    def _opened(self) -> aio.Channel:
        if self._closed:
            raise ConfigurationError("the client is closed; make a new one")
        if self._channel is None:
            target, options = self._connection.target, channel.options(self._connection)
            if self._connection.tls is None:
                self._channel = aio.insecure_channel(target, options)
            else:
                credentials = grpc.ssl_channel_credentials(*self._connection.tls.read())
                self._channel = aio.secure_channel(target, credentials, options)
        return self._channel


async def each(work: Callable[[Item], Awaitable[Outcome]], items: Iterable[Item], *, concurrency: int) -> list[Outcome]:
    """What the work makes of each item, in their order; at most so many at once."""
    free = asyncio.Semaphore(concurrency)

    async def one(item: Item) -> Outcome:
        async with free:
            return await work(item)

    return list(await asyncio.gather(*(one(item) for item in items)))


def _mapping(metadata: aio.Metadata) -> Headers:
    return {name: value for name, value in metadata}  # noqa: C416 - aio.Metadata is no mapping to dict()


def _closed_beneath(call: aio.Call) -> bool:
    # grpc.aio raises CancelledError to whoever waits for a call that was closed, too, though nobody canceled the task
    # that waits: a task group would drop it without a word.
    waiting = asyncio.current_task()
    return call.cancelled() and waiting is not None and not waiting.cancelling()


def _given_up(metadata: Metadata) -> AionError:
    words = "the call was given up: its client or its stream was closed"
    return error_of("CANCELLED", words, {}, channel.sent_request_id(metadata))


def _error(cause: aio.AioRpcError, metadata: Metadata) -> AionError:
    trailers = _mapping(cause.trailing_metadata() or aio.Metadata())
    return error_of(cause.code().name, cause.details() or "", trailers, channel.sent_request_id(metadata))
