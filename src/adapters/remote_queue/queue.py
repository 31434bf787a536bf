"""RemoteTaskQueue: the queue of a server, from a worker on another machine.

It registers when it must, counts its turns so that a lost answer loses no lease, sends what is large in pieces, and
reads the store's clock from what it is given, so that a worker whose own clock is wrong still keeps to the times.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from google.protobuf.message import Message
from grpc import aio

from aion.adapters.remote_queue.channel import ServerAccess
from aion.adapters.remote_queue.pieces import pieces
from aion.adapters.remote_queue.refusals import hint_of, may_pass, refusal_of, why_absent
from aion.adapters.rpc import worker_messages as messages
from aion.domain.clock_reading import LEAST_JUMP
from aion.domain.errors import (
    AionError,
    Exhausted,
    OutcomeUnknown,
    StaleFence,
    Unavailable,
    ValidationFailed,
    WorkerNotRegistered,
    WorkerVersionUnsupported,
)
from aion.domain.fleet import Introduction, Welcome
from aion.domain.identity import SystemScope
from aion.domain.leased import LeasedTask, Settled
from aion.domain.writes import Append, Claim, LeaseRef, RecordCost, Renew, Renewed, Settle
from aion.ports.clock import Clock
from aion.ports.queues import WorkQueue
from aion.workers.v1 import workers_pb2 as pb
from aion.workers.v1 import workers_pb2_grpc

LEASE_WAIT: Final = 20.0
"""Seconds that the server waits for work before it answers with none."""

MOST_LEASED: Final = 64
CALL_SECONDS: Final = 5.0
"""A write that is not answered by then is given again: it is written once all the same."""

RENEW_SECONDS: Final = 2.0
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds between two tries while the server does not answer: they double, and are jittered, so that a server that
comes back is not met by all its workers at once.
"""

CLOCK_LOOKS: Final = 16

Answer = TypeVar("Answer", bound=Message)


class Method(Protocol[Answer]):
    """A method of the generated stub."""

    def __call__(self, request: Any, *, timeout: float, metadata: Any) -> "aio.UnaryUnaryCall[Any, Answer]":
        """Calls it."""
        ...


class RemoteTaskQueue:
    """The WorkQueue of a server elsewhere.

    `welcomed` is told of every registration, `report` of the server's absence, `absent` why it cannot be reached, or
    takes nobody now, when `enter` begins to wait for it. `refused` holds what the server said when it will never take
    this worker again.
    """

    def __init__(
        self,
        channel: aio.Channel,
        access: ServerAccess,
        about: Introduction,
        clock: Clock,
        *,
        welcomed: Callable[[Welcome], None] = lambda _: None,
        report: Callable[[str, str], None] = lambda _, __: None,
        absent: Callable[[str], None] = lambda _: None,
        lease_wait: float = LEASE_WAIT,
    ) -> None:
        self.refused: asyncio.Future[AionError] = asyncio.get_running_loop().create_future()
        self._stub: Any = workers_pb2_grpc.AionWorkersStub(channel)
        self._access = access
        self._about = about
        self._clock = clock
        self._welcomed = [welcomed]
        self._report = report
        self._absent = absent
        self._lease_wait = lease_wait
        self._registering = asyncio.Lock()
        self._registrations = 0
        self._kept_out: tuple[float, AionError] | None = None
        self._lease_for = timedelta()
        self._turn = 0
        self._failures = 0
        self._draining = False
        self._waiting: aio.UnaryUnaryCall[Any, Any] | None = None
        self._aheads: deque[timedelta] = deque(maxlen=CLOCK_LOOKS)
        self._halfway: dict[LeaseRef, tuple[int, int]] = {}

    async def register(self) -> Welcome:
        """Introduces this worker. Raises what the server says to it, Unavailable when it says nothing."""
        answer = await self._once(self._stub.Register, messages.introduction_message(self._about), CALL_SECONDS)
        welcome = messages.welcome_of(answer)
        self._registrations += 1
        self._lease_for = welcome.lease_for
        for told in self._welcomed:
            told(welcome)
        return welcome

    def listen(self, welcomed: Callable[[Welcome], None]) -> None:
        """Tells also this one of every registration."""
        self._welcomed.append(welcomed)

    async def enter(self) -> bool:
        """Introduces this worker as soon as there is a server; whether it is taken, see `refused`."""
        told = ""
        while True:
            try:
                welcome = await self.register()
            except AionError as refusal:
                if not may_pass(refusal):
                    self._refuse(refusal)
                    return False
                if told != (why := why_absent(refusal)):
                    self._absent(told := why)
                await self._pause(least=hint_of(refusal))
            else:
                if not welcome.engines:
                    self._refuse(ValidationFailed("; ".join(welcome.refused.values())))
                return bool(welcome.engines)

    async def drain(self) -> None:
        """Tells the server that this worker takes no more work, and ends the wait for some."""
        self._draining = True
        try:
            await self._once(self._stub.Drain, pb.DrainRequest(incarnation=self._about.incarnation), RENEW_SECONDS)
        except AionError:
            # It cannot be told, so nothing can come; what was on its way runs out there.
            if self._waiting is not None:
                self._waiting.cancel()

    async def claim(self, scope: SystemScope, value: Claim) -> Sequence[LeasedTask]:
        """Waits at the server for work. The same turn again gets what an answer that was lost had brought."""
        if self._draining:
            return ()
        request = pb.LeaseRequest(
            incarnation=self._about.incarnation, limit=min(value.limit, MOST_LEASED), turn=self._turn
        )
        request.wait.FromTimedelta(timedelta(seconds=self._lease_wait))
        asked = self._clock.monotonic()
        try:
            answer = await self._call(self._stub.Lease, request, self._lease_wait + CALL_SECONDS)
        except Unavailable:
            if self._draining:
                return ()
            await self._pause()
            raise
        self._turn += 1
        self._failures = 0
        lasted = timedelta(seconds=self._clock.monotonic() - asked)
        return [self._task(task, lasted) for task in answer.tasks]

    async def renew(self, scope: SystemScope, value: Renew) -> Sequence[Renewed]:
        """One answer a lease; the server says how long they then last. What is not named runs no more: how far its log
        was written is forgotten.
        """
        named = frozenset(value.leases)
        self._halfway = {lease: reached for lease, reached in self._halfway.items() if lease in named}
        request = pb.RenewRequest(
            incarnation=self._about.incarnation, leases=[messages.lease_message(lease) for lease in value.leases]
        )
        answer = await self._call(self._stub.Renew, request, RENEW_SECONDS)
        return [messages.renewed_of(lease) for lease in answer.leases]

    async def append(self, scope: SystemScope, value: Append) -> int:
        """Adds events, in several messages if they are many."""
        try:
            return await self._append(value)
        except StaleFence:
            self._halfway.pop(value.lease, None)
            raise

    async def settle(self, scope: SystemScope, value: Settle) -> Settled:
        """Ends an attempt; events that are too many for one message go before."""
        try:
            offset, last = value.after_offset, value.events
            if len(tuple(pieces(value.events))) > 1:
                offset, last = await self._append(Append(value.lease, value.events, offset)), ()
            final = replace(value, events=last, after_offset=offset)
            answer = await self._call(
                self._stub.Settle, messages.settle_message(final, self._about.incarnation), CALL_SECONDS
            )
        except StaleFence:
            self._halfway.pop(value.lease, None)
            raise
        self._halfway.pop(value.lease, None)
        return messages.settled_of(answer)

    async def record_cost(self, scope: SystemScope, value: RecordCost) -> None:
        """Notes what an attempt has cost."""
        await self._call(self._stub.RecordCost, messages.cost_message(value, self._about.incarnation), CALL_SECONDS)

    async def _append(self, value: Append) -> int:
        """Writes piece by piece; a try that broke off halfway goes on there when it is made again."""
        start = value.after_offset or 0
        begun, reached = self._halfway.get(value.lease, (start, start))
        done = reached - start if begun == start else 0
        offset = value.after_offset if not done else reached
        for piece in pieces(value.events[done:]):
            request = messages.append_message(Append(value.lease, piece, offset), self._about.incarnation)
            answer = await self._call(self._stub.Append, request, CALL_SECONDS)
            offset = answer.last_offset
            self._halfway[value.lease] = (start, offset)
        return offset or 0

    async def _call(self, method: Method[Answer], request: Message, timeout: float) -> Answer:
        """Calls as a worker that the server knows: one that it does not know, as after its start, registers again."""
        registrations = self._registrations
        try:
            return await self._once(method, request, timeout)
        except WorkerNotRegistered:
            async with self._registering:
                if registrations == self._registrations:
                    await self._register_again()
        return await self._once(method, request, timeout)

    async def _register_again(self) -> None:
        """Asks a server that takes nobody not before the time that it named: until then its refusal stands."""
        if self._kept_out is not None and self._clock.monotonic() < self._kept_out[0]:
            raise self._kept_out[1].with_traceback(None)
        try:
            await self.register()
        except WorkerVersionUnsupported as refusal:
            self._refuse(refusal)
            raise
        except Exhausted as refusal:
            self._kept_out = self._clock.monotonic() + hint_of(refusal), refusal
            raise

    def _refuse(self, refusal: AionError) -> None:
        if not self.refused.done():
            self.refused.set_result(refusal)

    async def _once(self, method: Method[Answer], request: Message, timeout: float) -> Answer:
        call = method(request, timeout=timeout, metadata=self._access.metadata)
        is_lease = isinstance(request, pb.LeaseRequest)
        if is_lease:
            self._waiting = call
        try:
            answer = await call
        except aio.AioRpcError as error:
            refusal = refusal_of(error, self._access.address)
            if isinstance(refusal, Unavailable):
                self._report("server", "it does not answer")
                self._kept_out = None  # what answers next may have started anew, and then has room
            raise refusal from error
        except asyncio.CancelledError:
            if is_lease and self._draining and call.cancelled():
                raise OutcomeUnknown("this worker drains, it waits for no more work") from None
            raise
        finally:
            if is_lease:
                self._waiting = None
        self._report("server", "")
        return answer

    def _task(self, message: pb.LeasedTask, lasted: timedelta) -> LeasedTask:
        """The task by this machine's clock. An answer is late by its way, so the least difference seen is the best. One
        that lies further back than the call lasted is none: meanwhile one of the two clocks was set.
        """
        ahead = self._clock.now() - (messages.expire_of(message) - self._lease_for)
        if self._aheads and min(self._aheads) < ahead - lasted - LEAST_JUMP:
            self._aheads.clear()
        self._aheads.append(ahead)
        return messages.task_of(message, min(self._aheads))

    async def _pause(self, least: float = 0.0) -> None:
        pause = min(FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        await asyncio.sleep(least + pause * random.uniform(0.5, 1.0))


if TYPE_CHECKING:
    _: type[WorkQueue] = RemoteTaskQueue
