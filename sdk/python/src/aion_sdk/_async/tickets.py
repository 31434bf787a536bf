"""Tickets that open streams in place of the caller's own credentials."""

from collections.abc import Iterable
from datetime import timedelta

from aion_sdk._async.calls import AsyncCalls
from aion_sdk._async.raw import AsyncRawCall
from aion_sdk._contract import methods
from aion_sdk._wire import tickets
from aion_sdk.requests import Seconds
from aion_sdk.tickets import Ticket


class AsyncTickets:
    """Makes tickets for browsers, which cannot set headers on EventSource and WebSocket."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        task_id: str = "",
        *,
        scopes: Iterable[str] = (),
        lifetime: Seconds | timedelta | None = None,
        timeout: float | None = None,
    ) -> Ticket:
        """Make a ticket for one task, or for every task that the scopes allow.

        `scopes` are a part of the caller's own, by default `tasks:read`; `lifetime` is how long a stream may be opened
        with it, at most 5 minutes, by default 60 seconds.
        """
        request = tickets.create_request(task_id, scopes, lifetime)
        return tickets.ticket(await self._calls.unary(methods.CREATE_TICKET, request, timeout))

    @property
    def with_raw_response(self) -> "AsyncRawTickets":
        """The same calls, each answering with a RawResponse."""
        return AsyncRawTickets(self)


class AsyncRawTickets:
    """Tickets, with raw responses."""

    def __init__(self, tickets: AsyncTickets) -> None:
        self.create = AsyncRawCall(tickets.create)
