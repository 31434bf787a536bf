"""A short-lived secret that opens streams in place of credentials."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """Give `ticket` as the query parameter of that name; after `expire_time` no stream can be opened with it."""

    ticket: str = field(repr=False)
    expire_time: datetime | None
