"""One call of an RPC: what the client says, what its use case is asked and finds, and what the client is answered."""

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from aion.adapters.rpc.call import Admitted
from aion.adapters.rpc.handlers import handlers
from aion.domain.identity import ALL_SCOPES, Caller, Identity
from aion.ports.schedule_usecases import ScheduleUseCases
from aion.ports.usecases import UseCases
from aion.ports.webhook_usecases import WebhookUseCases
from tests.sample_tasks import START

FINGERPRINT = b"the fingerprint of the request"
IDENTITY = Identity("acme", "service", ALL_SCOPES)
CALLER = Caller(IDENTITY, "request-1", traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


@dataclass(frozen=True)
class Exchange:
    """The use case hears of the caller first, then what is `asked`. `unset` and `unanswered` are the fields of request
    and answer that have no place in this call, `unsaid` what of a command is not the client's to say.
    """

    path: str
    request: Message
    use_case: str
    asked: tuple[Any, ...]
    found: Any
    answer: Message
    unset: set[str] = field(default_factory=set)
    unsaid: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)

    async def happens(self) -> tuple[list[tuple[Any, ...]], Message]:
        """What the use cases were asked in truth, and what the handler answered."""
        desk = Desk(self.found)
        admitted = Admitted(CALLER, IDENTITY, self.request, FINGERPRINT)
        return desk.asked, await handlers(desk.use_cases()).unary[self.path](admitted)


class Desk:
    """Every use case, each by its name: it remembers what it was asked, and finds what a test gave it."""

    def __init__(self, found: Any = None) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self._found = found

    def use_cases(self) -> UseCases:
        grouped = {
            "schedules": ScheduleUseCases(**self._each(ScheduleUseCases, "schedules.")),
            "webhooks": WebhookUseCases(**self._each(WebhookUseCases, "webhooks.")),
        }
        return UseCases(**{**self._each(UseCases), **grouped})

    def _each(self, group: type, path: str = "") -> dict[str, Any]:
        return {one.name: self._use_case(f"{path}{one.name}") for one in fields(group)}

    def _use_case(self, name: str) -> Any:
        async def ask(*asked: Any) -> Any:
            self.asked.append((name, *asked))
            return self._found

        return ask


def time(seconds: int) -> Any:
    """A time of which the parts of a second count, too."""
    return START + timedelta(seconds=seconds, microseconds=seconds)


def stamp(seconds: int) -> Timestamp:
    """The same time on the wire."""
    return Timestamp(seconds=int(START.timestamp()) + seconds, nanos=seconds * 1000)


def span(milliseconds: int) -> Duration:
    """A span on the wire."""
    return Duration(seconds=milliseconds // 1000, nanos=milliseconds % 1000 * 1_000_000)
