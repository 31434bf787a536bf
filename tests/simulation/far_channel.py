"""A gRPC channel of a worker apart, whose wire is the simulated network: bytes, status codes and deadlines as ever."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.message import Message
from grpc import StatusCode
from grpc.aio import AioRpcError, Metadata

from aion.adapters.rpc.call import Admitted, Marks
from aion.adapters.rpc.errors import code_of, to_status
from aion.adapters.rpc.methods import Method
from aion.adapters.rpc.pipeline import Handlers
from aion.adapters.rpc.workers import worker_methods
from aion.domain.errors import AionError
from aion.domain.identity import WORKERS_SERVE, Caller, Identity
from tests.simulation.network import Lost, Network

_MARKS = Marks("simulated", "")


@dataclass(frozen=True)
class _Refused:
    """An error as it goes over the wire."""

    code: StatusCode
    details: bytes
    message: str


@cache
def _methods() -> dict[str, Method]:
    return worker_methods()


class FarChannel:
    """As much of `grpc.aio.Channel` as the generated stub asks for."""

    def __init__(self, network: Network, name: str) -> None:
        self._network = network
        self._name = name
        self._identity = Identity("operators", name, frozenset({WORKERS_SERVE}))

    def unary_unary(
        self,
        path: str,
        request_serializer: Callable[[Message], bytes],
        response_deserializer: Callable[[bytes], Message],
        **_: object,
    ) -> Callable[..., "asyncio.Task[Message]"]:
        def called(request: Message, *, timeout: float, metadata: object) -> "asyncio.Task[Message]":
            return asyncio.ensure_future(self._call(path, request_serializer(request), response_deserializer, timeout))

        return called

    async def _call(self, path: str, request: bytes, decode: Callable[[bytes], Message], timeout: float) -> Message:
        try:
            answer = await self._network.call(self._name, lambda server: self._served(server, path, request), timeout)
        except Lost as lost:
            late = StatusCode.DEADLINE_EXCEEDED if "time" in str(lost) else StatusCode.UNAVAILABLE
            raise AioRpcError(late, Metadata(), Metadata(), str(lost)) from None
        if isinstance(answer, _Refused):
            trailers = Metadata(("grpc-status-details-bin", answer.details))
            raise AioRpcError(answer.code, Metadata(), trailers, answer.message)
        return decode(answer)

    async def _served(self, server: Any, path: str, request: bytes) -> bytes | _Refused:
        """The server's side: decode, call, encode."""
        handlers: Handlers = server.for_workers
        message = _methods()[path].request.FromString(request)
        try:
            answer = await handlers.unary[path](
                Admitted(Caller(self._identity, "simulated"), self._identity, message, b"")
            )
        except AionError as error:
            return _Refused(code_of(error), to_status(error, _MARKS).SerializeToString(), error.message)
        return answer.SerializeToString()
