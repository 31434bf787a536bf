"""The inner door: AionWorkers, for workers on other machines. Decode, call, encode.

It has a listener, a table of methods and a pipeline of its own: nothing of it can be reached, or seen, at the public
one.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

from aion.adapters.rpc import worker_messages as messages
from aion.adapters.rpc.call import Admitted
from aion.adapters.rpc.methods import Method, methods_of
from aion.adapters.rpc.pipeline import Handlers
from aion.domain.identity import WORKERS_SERVE
from aion.ports.workers import WorkersApart
from aion.workers.v1 import workers_pb2 as pb

_SERVICE: Final = "/aion.workers.v1.AionWorkers/"


def worker_methods() -> dict[str, Method]:
    """Every RPC of the internal contract; all of them need the same scope."""
    service = pb.DESCRIPTOR.services_by_name["AionWorkers"]
    return methods_of((pb.DESCRIPTOR,), {_SERVICE + rpc.name: WORKERS_SERVE for rpc in service.methods})


def worker_handlers(workers: WorkersApart) -> Handlers:
    """Every RPC of the internal contract."""
    mine = WorkerHandlers(workers)
    return Handlers(
        unary={
            _SERVICE + "Register": mine.register,
            _SERVICE + "Lease": mine.lease,
            _SERVICE + "Renew": mine.renew,
            _SERVICE + "Append": mine.append,
            _SERVICE + "Settle": mine.settle,
            _SERVICE + "RecordCost": mine.record_cost,
            _SERVICE + "Drain": mine.drain,
        },
        stream={},
    )


@dataclass(frozen=True, slots=True)
class WorkerHandlers:
    """One method an RPC."""

    workers: WorkersApart

    async def register(self, call: Admitted) -> pb.RegisterResponse:
        """Register."""
        about = messages.introduction_of(cast("pb.RegisterRequest", call.request))
        return messages.welcome_message(await self.workers.register(call.identity, about))

    async def lease(self, call: Admitted) -> pb.LeaseResponse:
        """Lease."""
        request = cast("pb.LeaseRequest", call.request)
        wait = request.wait.ToTimedelta() if request.HasField("wait") else timedelta()
        tasks = await self.workers.lease(call.identity, request.incarnation, request.limit, wait, request.turn)
        return pb.LeaseResponse(tasks=[messages.task_message(task) for task in tasks])

    async def renew(self, call: Admitted) -> pb.RenewResponse:
        """Renew."""
        request = cast("pb.RenewRequest", call.request)
        leases = tuple(messages.lease_of(lease) for lease in request.leases)
        answers = await self.workers.renew(call.identity, request.incarnation, leases)
        return pb.RenewResponse(leases=[messages.renewed_message(answer) for answer in answers])

    async def append(self, call: Admitted) -> pb.AppendResponse:
        """Append."""
        request = cast("pb.AppendRequest", call.request)
        value = messages.append_of(request)
        return pb.AppendResponse(last_offset=await self.workers.append(call.identity, request.incarnation, value))

    async def settle(self, call: Admitted) -> pb.SettleResponse:
        """Settle."""
        request = cast("pb.SettleRequest", call.request)
        settled = await self.workers.settle(call.identity, request.incarnation, messages.settle_of(request))
        return messages.settled_message(settled)

    async def record_cost(self, call: Admitted) -> pb.RecordCostResponse:
        """RecordCost."""
        request = cast("pb.RecordCostRequest", call.request)
        await self.workers.record_cost(call.identity, request.incarnation, messages.cost_of(request))
        return pb.RecordCostResponse()

    async def drain(self, call: Admitted) -> pb.DrainResponse:
        """Drain."""
        request = cast("pb.DrainRequest", call.request)
        return pb.DrainResponse(leases_held=await self.workers.drain(call.identity, request.incarnation))
