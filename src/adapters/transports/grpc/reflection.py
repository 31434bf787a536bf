"""The standard service by which clients ask what a server serves (grpc.reflection.v1alpha).

grpcio's own answers the questions. Its streams are open to anybody and stay for as long as their clients like, so here
they are counted, their messages come in through an intake, and they end when the server goes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha import reflection
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from aion.adapters.transports.grpc.crowd import Crowd, Places
from aion.adapters.transports.grpc.health import READER_SECONDS, Refuse
from aion.adapters.transports.grpc.intake import UNNOTICED_OF_STRANGERS, Intake
from aion.adapters.transports.grpc.metadata import Context, address
from aion.domain.errors import AionError, MalformedRequest, ReaderTooSlow, TooManyWaiters

if TYPE_CHECKING:
    BytesHandler = grpc.RpcMethodHandler[bytes, bytes]
else:
    BytesHandler = grpc.RpcMethodHandler

PLACES: Final = Places("streams of reflection", in_all=100, of_address=25, of_connection=8)
"""A person with a tool opens one or two."""

NAME: Final = reflection.SERVICE_NAME
METHOD: Final = f"/{NAME}/ServerReflectionInfo"


class ReflectionService(grpc.GenericRpcHandler):
    """Answers for these services. `refuse` ends a call with an error of the tree."""

    def __init__(self, services: Iterable[str], refuse: Refuse) -> None:
        self._answers = reflection.aio.ReflectionServicer(services)
        self._refuse = refuse
        self._crowd = Crowd(PLACES)
        self._intake = Intake(PLACES.of_address, UNNOTICED_OF_STRANGERS)
        self._handler: BytesHandler = grpc.stream_stream_rpc_method_handler(self._serve)

    def service(self, details: grpc.HandlerCallDetails) -> BytesHandler | None:
        """The handler of its one method."""
        return self._handler if details.method == METHOD else None

    def end(self) -> None:
        """The server goes: streams that are open end as DRAINING."""
        self._intake.end()

    async def _serve(self, messages: object, context: Context) -> None:
        try:
            with self._crowd.place(context.peer()):
                try:
                    await self._answer(context)
                except AionError as error:
                    await self._refuse(error, context)
        except TooManyWaiters as error:
            await self._refuse(error, context)

    async def _answer(self, context: Context) -> None:
        """Answers question after question. Raises what ends the stream."""
        # Its stubs take the generator for a coroutine.
        answers: Any = self._answers.ServerReflectionInfo(self._questions(context), context)
        async for answer in answers:
            await _write(answer.SerializeToString(), context)

    async def _questions(self, context: Context) -> AsyncIterator[ServerReflectionRequest]:
        async def read() -> bytes | None:
            message: object = await context.read()
            return message if isinstance(message, bytes) else None  # the end, when its client has asked enough

        where = address(context.peer())
        while True:
            data: bytes | None = await self._intake.take(where, read)
            if data is None:
                return
            try:
                yield ServerReflectionRequest.FromString(data)
            except DecodeError as cause:
                kind = ServerReflectionRequest.DESCRIPTOR.full_name
                raise MalformedRequest(f"the request is not a {kind}") from cause


async def _write(data: bytes, context: Context) -> None:
    try:
        async with asyncio.timeout(READER_SECONDS):
            await context.write(data)
    except TimeoutError:
        raise ReaderTooSlow("the answer was not read; ask again") from None
