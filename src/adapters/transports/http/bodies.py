"""Takes in the bodies of requests: of known callers, and of all of them together no more than there is room for.

A stranger's body is thrown away as it comes. A short one that is there at once, as nearly all are, is kept until the
pipeline says whose it is, which is at once. The server's patrol cuts bodies that never come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES, shutting_down
from aion.adapters.rpc.pipeline import Pipeline
from aion.adapters.transports.http.answers import UNREAD, Receive, Scope
from aion.adapters.transports.http.leaving import ClientGone
from aion.adapters.transports.http.protocol import DISCARDED_BYTES
from aion.adapters.transports.http.reservoir import Reservoir, Share
from aion.domain.errors import Overloaded, Unauthenticated
from aion.domain.identity import Identity
from aion.ports.identity import Credentials

SHORT_BYTES = 64 << 10
"""Up to here a body that has come whole when it is looked for is not counted: as much is held of any request."""


@dataclass(slots=True)
class Body:
    """The bytes, and the size that the client announced or sent. Over the limit there are no bytes: the pipeline
    refuses the size. There are none of a stranger's either: the pipeline refuses the caller.
    """

    data: bytes
    size: int
    share: Share | None = None
    strange: bool = False

    def data_once(self) -> bytes:
        """The bytes, which are then let go. Raises Unauthenticated when they were not read."""
        if self.strange:  # who sent it has become somebody meanwhile: nobody else comes as far as here
            raise Unauthenticated("The credentials were not valid when the call came; send it again.")
        data = self.data
        self.let_go()
        return data

    def let_go(self) -> None:
        """The bytes are needed no longer."""
        self.data = b""
        if self.share is not None:
            self.share.give(self.share.held)


EMPTY = Body(b"", 0)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Takes bodies in. `reservoir`: the room for those that are long or come in pieces."""

    pipeline: Pipeline
    reservoir: Reservoir = field(default_factory=Reservoir)

    async def take(
        self,
        scope: Scope,
        receive: Receive,
        headers: Mapping[str, str],
        ticket: str = "",
        most: int = MAX_REQUEST_BYTES,
    ) -> Body:
        """The body, of which at most so many bytes are held; it is to be let go in the end. Raises ClientGone, and
        Overloaded and Draining when it is not taken in.
        """
        announced = announced_size(scope)
        if announced == 0:
            return EMPTY
        if self.pipeline.draining:
            raise shutting_down()
        if announced > DISCARDED_BYTES or "expect" in headers:
            unread = self._unasked(scope, headers, ticket, announced, most=most)
            if unread is not None:
                scope[UNREAD] = True
                return unread
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        data: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        if not more and len(data) <= SHORT_BYTES:
            return Body(data, len(data))
        intake = self._intake(scope, headers, ticket, most)
        intake.put(data)
        del message, data  # else they would be held as long as the rest takes to come
        return await self._whole(scope, receive, intake, more=more)

    def _unasked(
        self, scope: Scope, headers: Mapping[str, str], ticket: str, announced: int, *, most: int
    ) -> Body | None:
        """What stands for a body that is better not sent; None when it may come. Raises Overloaded."""
        asks = headers.get("expect", "").lower() == "100-continue"  # before it sends its body (RFC 9110, 10.1.1)
        if announced > DISCARDED_BYTES or (announced > most and asks):
            return Body(b"", announced)
        if not asks:
            return None
        try:
            return None if self._who(scope, headers, ticket) is not None else Body(b"", 0, strange=True)
        except Overloaded:
            scope[UNREAD] = True
            raise

    def _who(self, scope: Scope, headers: Mapping[str, str], ticket: str) -> Identity | None:
        """Who sends it. Raises Overloaded."""
        client = scope.get("client")
        return self.pipeline.recognise(Credentials(headers, (), client[0] if client else "", ticket))

    def _intake(self, scope: Scope, headers: Mapping[str, str], ticket: str, most: int) -> "_Intake":
        try:
            identity = self._who(scope, headers, ticket)
        except Overloaded as overloaded:
            return _Intake(most, refusal=overloaded)
        if identity is None:
            return _Intake(most, strange=True)
        return _Intake(most, self.reservoir.share_of(identity.tenant))

    async def _whole(self, scope: Scope, receive: Receive, intake: "_Intake", *, more: bool) -> Body:
        try:
            if more:
                await self._read_on(scope, receive, intake)
            return intake.body()
        except BaseException:
            intake.forget()
            raise

    async def _read_on(self, scope: Scope, receive: Receive, intake: "_Intake") -> None:
        """Reads the rest. What is not kept is read, too: a client that is still sending when the connection closes
        loses the answer, and would never learn why.
        """
        more = True
        while more:
            if intake.size > DISCARDED_BYTES:
                scope[UNREAD] = True
                return
            if self.pipeline.draining:
                raise shutting_down()
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            intake.put(message.get("body", b""))
            more = message.get("more_body", False)
            del message


@dataclass(slots=True)
class _Intake:
    """A body on its way. Nothing of it is kept without a `share`: a stranger sends it, there is a `refusal`, or it is
    over the limit.
    """

    most: int
    share: Share | None = None
    refusal: Overloaded | None = None
    strange: bool = False
    data: bytearray = field(default_factory=bytearray)
    size: int = 0

    def put(self, part: bytes) -> None:
        """So much more has come."""
        self.size += len(part)
        if self.share is None:
            return
        if self.size > self.most:
            self.forget()
        elif self.share.take(len(part)):
            self.data += part
        else:
            self.refusal = _no_room(self.share.reservoir)
            self.forget()

    def body(self) -> Body:
        """It is whole, or nobody waits for the rest. Raises Overloaded."""
        if self.refusal is not None:
            raise self.refusal
        return Body(bytes(self.data), 0 if self.strange else self.size, self.share, self.strange)

    def forget(self) -> None:
        """Nothing of it is kept from here on."""
        if self.share is not None:
            self.share.give(self.share.held)
        self.share, self.data = None, bytearray()


def _no_room(reservoir: Reservoir) -> Overloaded:
    """The refusal of a body for which there is no room."""
    return Overloaded(
        f"more large requests are under way than this server holds: {reservoir.most} bytes, half of it for one tenant; "
        "try again later",
        retry_after=timedelta(seconds=1),
    )


def announced_size(scope: Scope) -> int:
    """The Content-Length; 0 without a body; -1 when the length is not known beforehand."""
    size = 0
    for name, value in scope["headers"]:
        if name == b"content-length":
            # The server refuses a length that is no number; another server in front might not.
            return int(value) if value.isdigit() else -1
        if name == b"transfer-encoding":
            size = -1
    return size
