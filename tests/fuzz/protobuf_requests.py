"""Requests whose body is a protobuf message, as bytes: nearly right, damaged, or nothing of the kind."""

from random import Random

from google.protobuf.message import DecodeError

from aion.adapters.transports.header_fields import waiting_field
from aion.adapters.transports.json.form import type_of
from tests.fuzz import damaged_bytes
from tests.fuzz.known import Known
from tests.fuzz.messages import Author
from tests.fuzz.requests import Cell

DAMAGED = 0.3
LONG = 0.2
"""Seconds from which a wait is one that the sender does not sit out."""


def body_of(rng: Random, cell: Cell, known: Known) -> bytes:
    """A request's bytes."""
    data = Author(rng, known).write(cell.method.request).SerializeToString()
    if rng.random() < DAMAGED:
        return damaged_bytes.damaged(rng, data, type_of(cell.method.request))
    return data


def asks_to_wait(cell: Cell, data: bytes) -> bool:
    """Whether the server, when it understands this, may wait for long before it answers."""
    field = waiting_field(type_of(cell.method.request))
    if field is None:
        return False
    try:
        wait = getattr(cell.method.request.FromString(data), field.name)
    except DecodeError:
        return False
    return bool(wait.seconds + wait.nanos / 1e9 > LONG)
