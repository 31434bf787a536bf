"""A stream that never ends and comes as fast as it is read."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts
from aion.adapters.rpc.streams import Burst, StreamTimes
from aion.domain.errors import Unauthenticated
from aion.domain.identity import ALL_SCOPES, Identity
from aion.v1 import tasks_pb2

WATCH = "/aion.v1.AionTasks/Watch"
PIECE = "x" * (1 << 20)
PATIENCE = 60.0


@dataclass
class Flood:
    """An endless log behind the real front door, and how its streams ended."""

    ended: list[tuple[str, str]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    traceparent: str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    known: bool = True

    def authenticate(self, credentials: object) -> Identity:
        if not self.known:
            raise Unauthenticated("the key was revoked")
        return Identity("acme", "svc", ALL_SCOPES)

    def began(self, method: str, transport: str, traceparent: str, request_id: str) -> "Flood":
        return self

    def end(self, code: str, reason: str = "") -> None:
        self.ended.append((code, reason))
        self.over.set()

    def defect(self, error: BaseException) -> None:
        raise AssertionError("no defect is expected") from error

    async def watch(self, admitted: object) -> AsyncIterator[Burst]:
        offset = 0
        try:
            while True:
                offset += 1
                message = tasks_pb2.WatchResponse()
                message.event.offset = offset
                message.event.text = PIECE
                yield [message]
        finally:
            self.left.set()

    def pipeline(self, times: StreamTimes) -> Pipeline:
        limits = (Unlimited(), Unlimited())
        parts = PipelineParts(self, *limits, SystemClock(), SystemEntropy(), self, times)
        return Pipeline(Handlers({}, {WATCH: self.watch}), parts)
