"""The standard health service of gRPC (grpc.health.v1).

Not grpcio's own: there a watcher that does not read holds the lock under which the state changes, so that any stranger
could keep the server from stopping. Anybody may ask, so questions come in through an intake of their own, and those who
watch are counted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from grpc_health.v1 import health_pb2

from aion.adapters.rpc.admission import shutting_down
from aion.adapters.transports.grpc.crowd import Crowd, Places
from aion.adapters.transports.grpc.intake import UNNOTICED_OF_STRANGERS, Intake
from aion.adapters.transports.grpc.metadata import Context, address
from aion.domain.errors import AionError, MalformedRequest, ReaderTooSlow, TooManyWaiters

SERVICE = "grpc.health.v1.Health"
READER_SECONDS = 30.0
"""How long a watcher may leave a state unread."""

MOST_COMING = 16
"""How many questions may be under way for longer than `UNNOTICED_OF_STRANGERS`: they are small and come whole."""

PLACES: Final = Places("health watches", in_all=1_000, of_address=250, of_connection=32)
"""A client watches one or two services on a connection; a thousand watches take some 20 MiB."""

if TYPE_CHECKING:
    # grpcio's classes are generic in their stubs only.
    BytesHandler = grpc.RpcMethodHandler[bytes, bytes]
else:
    BytesHandler = grpc.RpcMethodHandler

Refuse = Callable[[AionError, Context], Awaitable[None]]
Asked = TypeVar("Asked", bound=Message)
State = health_pb2.HealthCheckResponse


class HealthService(grpc.GenericRpcHandler):
    """Says of the server and each of its services whether it serves. `refuse` ends a call with an error of the tree."""

    def __init__(self, services: Iterable[str], refuse: Refuse) -> None:
        self._services = frozenset(("", *services))
        self._serving = True
        self._ended = False
        self._changed = asyncio.Event()
        self._refuse = refuse
        self._intake = Intake(MOST_COMING, UNNOTICED_OF_STRANGERS)
        self._crowd = Crowd(PLACES)
        self._handlers: dict[str, BytesHandler] = {
            f"/{SERVICE}/Check": grpc.stream_unary_rpc_method_handler(self._check),
            f"/{SERVICE}/List": grpc.stream_unary_rpc_method_handler(self._list),
            f"/{SERVICE}/Watch": grpc.stream_stream_rpc_method_handler(self._watch),
        }

    def service(self, details: grpc.HandlerCallDetails) -> BytesHandler | None:
        """The handler of one of its methods."""
        return self._handlers.get(details.method)

    def set(self, *, serving: bool) -> None:
        """The state from now on; whoever watches is told."""
        self._serving = serving
        self._tell()

    def end(self) -> None:
        """The server goes: whoever watches is told that it does not serve, and the watch ends as DRAINING."""
        self._serving, self._ended = False, True
        self._intake.end()
        self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    @property
    def _state(self) -> State:
        return State(status=State.SERVING if self._serving else State.NOT_SERVING)

    async def _check(self, messages: object, context: Context) -> bytes:
        asked = await self._asked(health_pb2.HealthCheckRequest, context)
        if asked.service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND, "this server has no such service")
        return self._state.SerializeToString()

    async def _list(self, messages: object, context: Context) -> bytes:
        await self._asked(health_pb2.HealthListRequest, context)  # type: ignore[attr-defined] # younger than its stubs
        states = dict.fromkeys(self._services, self._state)
        answer: Message = health_pb2.HealthListResponse(statuses=states)  # type: ignore[attr-defined] # ditto
        return answer.SerializeToString()

    async def _watch(self, messages: object, context: Context) -> None:
        try:
            with self._crowd.place(context.peer()):
                try:
                    await self._follow(context)
                except AionError as error:
                    # Within its place: of somebody who does not read, also this is kept.
                    await self._refuse(error, context)
        except TooManyWaiters as error:
            await self._refuse(error, context)

    async def _follow(self, context: Context) -> None:
        """Tells each state from now on. Raises what ends the watch."""
        asked = await self._question(health_pb2.HealthCheckRequest, context)
        while True:
            changed, last = self._changed, self._ended
            state = self._state if asked.service in self._services else State(status=State.SERVICE_UNKNOWN)
            try:
                async with asyncio.timeout(READER_SECONDS):
                    await context.write(state.SerializeToString())
            except TimeoutError:
                raise ReaderTooSlow("the state was not read; watch again") from None
            if last:
                raise shutting_down()
            await changed.wait()

    async def _asked(self, question: type[Asked], context: Context) -> Asked:
        try:
            return await self._question(question, context)
        except AionError as error:
            await self._refuse(error, context)
            raise

    async def _question(self, question: type[Asked], context: Context) -> Asked:
        return _parsed(question, await self._intake.take(address(context.peer()), context.read))


def _parsed(question: type[Asked], data: bytes) -> Asked:
    try:
        return question.FromString(data)
    except DecodeError as cause:
        raise MalformedRequest(f"the request is not a {question.DESCRIPTOR.full_name}") from cause
