"""Lend a part of the caller's rights to a browser, for streams and for a short time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aion.domain.errors import FieldViolation, PermissionDenied, ValidationFailed
from aion.domain.identity import TASKS_READ, Caller, is_client_scope
from aion.ports.clock import Clock
from aion.ports.identity import TicketGrant, TicketMint
from aion.ports.usecases import Ticket, TicketWish

LIFETIME: Final = timedelta(seconds=60)
"""Long enough for a page to load and connect; an open stream outlives it."""

_NO_SCOPE: Final = "must be a scope such as tasks:read or intent:NAME:run, in which * stands for any text"


@dataclass(frozen=True, slots=True)
class CreateTicket:
    """Nothing is stored: the ticket holds what it grants, sealed."""

    mint: TicketMint
    clock: Clock

    async def __call__(self, caller: Caller, wish: TicketWish) -> Ticket:
        holder = caller.identity
        if not holder.credential:
            raise PermissionDenied("a ticket makes no other tickets; ask with an API key or a client certificate")
        scopes = wish.scopes or (TASKS_READ,)
        unknown = [index for index, scope in enumerate(scopes) if not is_client_scope(scope)]
        if unknown:
            raise ValidationFailed(
                f"scopes[{unknown[0]}] {_NO_SCOPE}",
                violations=tuple(FieldViolation(f"scopes[{index}]", _NO_SCOPE) for index in unknown),
            )
        lacking = [(index, scope) for index, scope in enumerate(scopes) if not holder.may(scope)]
        if lacking:
            raise PermissionDenied(
                f"a ticket holds a part of what its maker may; you do not hold {lacking[0][1]}",
                violations=tuple(FieldViolation(f"scopes[{n}]", f"you do not hold {scope}") for n, scope in lacking),
                facts={"scope": lacking[0][1]},
            )
        expire_time = self.clock.now() + (wish.lifetime or LIFETIME)
        text = self.mint.mint(
            TicketGrant(
                tenant=holder.tenant,
                principal=holder.principal,
                scopes=frozenset(scopes),
                task_id=wish.task_id,
                credential=holder.credential,
                expire_time=expire_time,
            )
        )
        return Ticket(text, expire_time)
