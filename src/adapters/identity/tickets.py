"""Stream tickets: what a browser shows where it cannot set a header, in the address of an EventSource or a WebSocket.

A ticket is sealed, so it needs no store and tells its holder nothing. It stands for the credential that asked for it
and falls with it: revoking the key ends the streams that its tickets opened. Its own expire time counts when a stream
is opened, no longer while one is open. It holds a part of what its credential may, also if that becomes less.

Which transports take one is theirs to say, by filling `Credentials.ticket`; nowhere else does it prove anything.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from aion.adapters.sealing import Seal, SealBroken
from aion.domain.errors import Unauthenticated
from aion.domain.identity import Identity
from aion.ports.clock import Clock, Entropy
from aion.ports.identity import Authenticator, CredentialBook, Credentials, TicketGrant, TicketMint

PREFIX: Final = "aion_ticket_"
"""Lets secret scanners and log filters see what it is."""

LONGEST: Final = 8192
"""Characters; no grant within the contract's bounds makes a longer one."""

_BINDING: Final = "stream ticket 1"


@dataclass(frozen=True, slots=True)
class SealedTickets:
    """Makes tickets and reads them."""

    seal: Seal

    @classmethod
    def of(cls, secret: bytes, entropy: Entropy) -> "SealedTickets":
        """Tickets of the server that holds this secret."""
        return cls(Seal(secret, "aion stream tickets", entropy))

    def mint(self, grant: TicketGrant) -> str:
        """A ticket for this grant."""
        facts = [
            grant.tenant,
            grant.principal,
            sorted(grant.scopes),
            grant.task_id,
            grant.credential,
            grant.expire_time.isoformat(),
        ]
        return PREFIX + self.seal.seal(_BINDING, json.dumps(facts))

    def read(self, ticket: str) -> TicketGrant:
        """What was granted. Raises SealBroken."""
        if len(ticket) > LONGEST or not ticket.startswith(PREFIX):
            raise SealBroken
        facts = json.loads(self.seal.open(_BINDING, ticket.removeprefix(PREFIX)))
        tenant, principal, scopes, task_id, credential, expire_time = facts
        return TicketGrant(
            tenant, principal, frozenset(scopes), task_id, credential, datetime.fromisoformat(expire_time)
        )


class TicketAuthenticator:
    """Knows tickets, by asking the books of credentials for what stands behind one."""

    def __init__(self, tickets: SealedTickets, books: Sequence[CredentialBook], clock: Clock) -> None:
        self._tickets = tickets
        self._books = tuple(books)
        self._clock = clock

    def authenticate(self, credentials: Credentials) -> Identity | None:
        """The identity that the ticket lends; None without one. Refuses one beside a key, and one in a key's place."""
        if not credentials.ticket:
            headers = credentials.headers
            if PREFIX in headers.get("authorization", "") or PREFIX in headers.get("x-api-key", ""):
                raise Unauthenticated(
                    "A ticket is no key: it opens the SSE and WebSocket streams of tasks, as `ticket` in their address "
                    "or in a WebSocket's first frame, and nothing else; send an API key here."
                )
            return None
        if credentials.headers.get("authorization") or credentials.headers.get("x-api-key"):
            raise Unauthenticated("The call carries a ticket and a key: send one of them.")
        try:
            grant = self._tickets.read(credentials.ticket)
        except SealBroken:
            raise _refused() from None
        if not credentials.opened and grant.expire_time <= self._clock.now():
            raise _refused()
        holder = self._standing(grant.credential)
        if (holder.tenant, holder.principal) != (grant.tenant, grant.principal):
            raise _refused()
        scopes = frozenset(scope for scope in grant.scopes if holder.may(scope))
        return Identity(grant.tenant, grant.principal, scopes, grant.task_id)

    def _standing(self, credential: str) -> Identity:
        for book in self._books:
            identity = book.standing(credential)
            if identity is not None:
                return identity
        raise _refused()


def _refused() -> Unauthenticated:
    return Unauthenticated("The ticket is not valid, or no longer; ask for a new one (CreateTicket, POST /v1/tickets).")


if TYPE_CHECKING:
    _: type[TicketMint] = SealedTickets
    _authenticator: type[Authenticator] = TicketAuthenticator
