"""The handler of TicketService: decode, call the use case, encode."""

from dataclasses import dataclass
from typing import cast

from aion.adapters.rpc.call import Admitted
from aion.ports.usecases import TicketWish, UseCases
from aion.v1 import tickets_pb2


@dataclass(frozen=True, slots=True)
class TicketHandlers:
    """One method an RPC."""

    use_cases: UseCases

    async def create_ticket(self, call: Admitted) -> tickets_pb2.CreateTicketResponse:
        """CreateTicket."""
        request = cast("tickets_pb2.CreateTicketRequest", call.request)
        wish = TicketWish(
            scopes=tuple(request.scopes),
            task_id=request.task_id,
            lifetime=request.lifetime.ToTimedelta() if request.HasField("lifetime") else None,
        )
        ticket = await self.use_cases.create_ticket(call.caller, wish)
        message = tickets_pb2.CreateTicketResponse(ticket=ticket.text)
        message.expire_time.FromDatetime(ticket.expire_time)
        return message
