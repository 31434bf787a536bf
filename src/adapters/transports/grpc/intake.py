"""The messages of gRPC calls while they come in: so many at once, each for so long.

grpcio calls a handler once the message is whole. Until then it keeps what has come, for as long as the client likes,
and nobody counts it: a stranger could fill the memory with calls that never become whole. So AION's handlers ask grpcio
to be called without the message, and read it here, once they know whose it is.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from grpc import aio

from aion.adapters.rpc.admission import shutting_down
from aion.adapters.rpc.call import Decoded, ProtobufPayload
from aion.adapters.transports.http.headers import refuse_doubles
from aion.domain.errors import AionError, CallDeadlineExceeded, MalformedRequest, RateLimited, Unauthenticated

MESSAGE_SECONDS = 30.0
"""How long a message may take, as long as the body of an HTTP request may."""

MOST_COMING = 128
"""How many messages of known callers may be under way for longer than `UNNOTICED_SECONDS`."""

UNNOTICED_SECONDS = 2.0
"""What a message may take however many come: those of a burst are there at once, and wait for the event loop only."""

UNNOTICED_OF_STRANGERS: Final = 0.25
"""The same in seconds where anybody may ask, and nobody knows who: for some rounds of a busy event loop."""

Message = TypeVar("Message")


class Intake:
    """Where messages come in. Those that take long are counted, since their bytes cannot be. When there is one too
    many, the one that has taken longest goes, of the party that has most of them: of a tenant or, among strangers, of
    an address.
    """

    def __init__(
        self, most: int = MOST_COMING, unnoticed: float = UNNOTICED_SECONDS, seconds: float = MESSAGE_SECONDS
    ) -> None:
        self._most = most
        self._unnoticed = unnoticed
        self._seconds = seconds
        self._coming: set[_Arrival] = set()
        self._slow: dict[_Arrival, None] = {}

    def end(self) -> None:
        """The server goes: the messages that are under way are waited for no longer."""
        for arrival in self._coming:
            arrival.end(shutting_down())

    async def take(self, party: str, read: Callable[[], Awaitable[Message | Any]]) -> Message:
        """The message that `read` gives. Raises MalformedRequest when there is none, CallDeadlineExceeded when it does
        not come in time, RateLimited when it had to go and Draining when the server goes.
        """
        arrival = _Arrival(party, self._unnoticed, self._notice)
        self._coming.add(arrival)
        try:
            message = await read()
        except asyncio.CancelledError:
            if arrival.why is None:
                raise
            raise arrival.why from None
        finally:
            arrival.over()
            self._coming.discard(arrival)
            self._slow.pop(arrival, None)
        if message is aio.EOF:
            raise MalformedRequest("the call has no message; send one")
        taken: Message = message
        return taken

    def _notice(self, arrival: "_Arrival") -> None:
        """One that takes long."""
        self._slow[arrival] = None
        late = CallDeadlineExceeded(f"the call's message did not come within {self._seconds:g} s; send the call again")
        arrival.later(self._seconds - self._unnoticed, lambda: self._end(arrival, late))
        if len(self._slow) > self._most:
            crowd = Counter(one.party for one in self._slow).most_common(1)[0][0]
            longest = next(one for one in self._slow if one.party == crowd)
            many = "too many messages are under way, and of yours this one has taken longest; send the call again"
            self._end(longest, RateLimited(many, retry_after=timedelta(seconds=1)))

    def _end(self, arrival: "_Arrival", why: AionError) -> None:
        """It counts no longer: its task runs later, and others may have to go before that."""
        self._slow.pop(arrival, None)
        arrival.end(why)


class _Arrival:
    """One message of a party under way, and why it has to end. `notice` is called when it takes long."""

    __slots__ = ("_loop", "_task", "_timer", "party", "why")

    def __init__(self, party: str, unnoticed: float, notice: "Callable[[_Arrival], None]") -> None:
        self.party = party
        self.why: AionError | None = None
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task(self._loop)
        self._timer = self._loop.call_later(unnoticed, notice, self)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """What happens next if it has not come until then."""
        self._timer = self._loop.call_later(seconds, act)

    def end(self, why: AionError) -> None:
        """It is waited for no longer."""
        if self.why is None and self._task is not None:
            self.why = why
            self._task.cancel()

    def over(self) -> None:
        """It has come, or will not."""
        self._timer.cancel()
        if self.why is not None and self._task is not None:
            self._task.uncancel()


@dataclass(frozen=True, slots=True)
class Came(ProtobufPayload):
    """A message that has come, and what came beside it: as over HTTP, what may stand there once must."""

    headers: Mapping[str, str]

    def decode(self, into: type[Decoded]) -> Decoded:
        """The message. Raises MalformedRequest."""
        refuse_doubles(self.headers)
        return ProtobufPayload.decode(self, into)


class Unread:
    """Stands for the message of a caller who proved nobody: it was never read, and the pipeline refuses its call."""

    size = 0

    def decode(self, into: type[Decoded]) -> Decoded:
        """Only whoever became somebody meanwhile comes as far as here."""
        raise Unauthenticated("The credentials were not valid when the call came; send it again.")
