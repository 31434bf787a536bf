"""Tickets on the wire."""

from collections.abc import Iterable
from datetime import timedelta

from aion_sdk._gen.aion import v1
from aion_sdk._wire.encode import duration
from aion_sdk.requests import Seconds
from aion_sdk.tickets import Ticket


def create_request(task_id: str, scopes: Iterable[str], lifetime: Seconds | timedelta | None) -> bytes:
    """A CreateTicket."""
    return bytes(v1.CreateTicketRequest(task_id=task_id, scopes=list(scopes), lifetime=duration(lifetime)))


def ticket(data: bytes) -> Ticket:
    """A CreateTicketResponse."""
    message = v1.CreateTicketResponse.parse(data)
    return Ticket(message.ticket, message.expire_time)
