"""The standard health service of gRPC (grpc.health.v1).

Not grpcio's own: there a watcher that does not read holds the lock under which the state changes, so that any stranger
could keep the server from stopping. Anybody may ask, so what is asked comes in through an intake of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from grpc import aio
from grpc_health.v1 import health_pb2

from aion.adapters.transports.grpc.intake import Intake
from aion.domain.errors import AionError, MalformedRequest

SERVICE = "grpc.health.v1.Health"
READER_SECONDS = 30.0
"""How long a watcher may leave a state unread."""

MOST_COMING = 16
"""How many questions may be under way: they are small and come whole, so nobody needs to take any time."""

if TYPE_CHECKING:
    # grpcio's classes are generic in their stubs only.
    Context = aio.ServicerContext[bytes, bytes]
    BytesHandler = grpc.RpcMethodHandler[bytes, bytes]
else:
    Context = aio.ServicerContext
    BytesHandler = grpc.RpcMethodHandler

Refuse = Callable[[AionError, Context], Awaitable[None]]
Asked = TypeVar("Asked", bound=Message)
State = health_pb2.HealthCheckResponse


class HealthService(grpc.GenericRpcHandler):
    """Says of the server and each of its services whether it serves. `refuse` ends a call with an error of the tree."""

    def __init__(self, services: Iterable[str], refuse: Refuse) -> None:
        self._services = frozenset(("", *services))
        self._serving = True
        self._changed = asyncio.Event()
        self._refuse = refuse
        self._intake = Intake(MOST_COMING, unnoticed=0)
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
        asked = await self._asked(health_pb2.HealthCheckRequest, context)
        while True:
            changed = self._changed
            state = self._state if asked.service in self._services else State(status=State.SERVICE_UNKNOWN)
            try:
                async with asyncio.timeout(READER_SECONDS):
                    await context.write(state.SerializeToString())
            except TimeoutError:
                await context.abort(grpc.StatusCode.ABORTED, "the state was not read; watch again")
            await changed.wait()

    async def _asked(self, question: type[Asked], context: Context) -> Asked:
        try:
            return _parsed(question, await self._intake.take(context.read))
        except AionError as error:
            await self._refuse(error, context)
            raise


def _parsed(question: type[Asked], data: bytes) -> Asked:
    try:
        return question.FromString(data)
    except DecodeError as cause:
        raise MalformedRequest(f"the request is not a {question.DESCRIPTOR.full_name}") from cause
