"""The pipeline: what holds for every call of every transport, once.

One straight function of plain steps (nested interceptors cost twice as much): size, draining, authentication, limits,
method scope, a turn when many calls come, decoding, the contract's own rules, fingerprint; then the handler; then
errors become one of one tree. Authentication comes before decoding, so that strangers cannot make AION parse.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from google.protobuf.message import Message

from aion.adapters.rpc.admission import (
    Guest,
    Visit,
    authorise,
    check_size,
    credentials_of,
    keep_to_task,
    needs,
    shutting_down,
)
from aion.adapters.rpc.answers import Answer, Refused
from aion.adapters.rpc.call import Admitted, Call, Marks
from aion.adapters.rpc.errors import InternalError, code_of
from aion.adapters.rpc.fingerprint import fingerprint
from aion.adapters.rpc.gate import Gate
from aion.adapters.rpc.observing import CallObserver, CallRecord
from aion.adapters.rpc.streams import Burst, ReaderStuck, Stream, StreamTimes, Vigil, too_slow
from aion.adapters.rpc.turnstile import Turnstile
from aion.adapters.rpc.validation import Validation
from aion.domain.errors import (
    AionError,
    CallDeadlineExceeded,
    Draining,
    MethodNotFound,
    Unauthenticated,
)
from aion.domain.identity import Caller, Identity
from aion.ports.clock import Clock, Entropy
from aion.ports.identity import Authenticator, Credentials
from aion.ports.limits import RateLimiter

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")

UnaryHandler = Callable[[Admitted], Awaitable[Message]]
StreamHandler = Callable[[Admitted], AsyncGenerator[Burst, None]]


@dataclass(frozen=True, slots=True)
class Handlers:
    """Every RPC's handler by its path."""

    unary: Mapping[str, UnaryHandler]
    stream: Mapping[str, StreamHandler]


@dataclass(frozen=True, slots=True)
class PipelineParts:
    """What the pipeline needs of the world. Without a turnstile no call waits for its turn."""

    authenticator: Authenticator
    key_limit: RateLimiter
    peer_limit: RateLimiter
    clock: Clock
    entropy: Entropy
    observer: CallObserver
    times: StreamTimes = field(default_factory=StreamTimes)
    turnstile: Turnstile | None = None


class Pipeline:
    """The one front door. A transport calls `unary` or `stream` and writes what comes out."""

    def __init__(self, handlers: Handlers, parts: PipelineParts) -> None:
        self._handlers = handlers
        self._parts = parts
        self._gate = Gate(parts.authenticator, parts.key_limit, parts.peer_limit)
        self._validation = Validation()
        self._draining = False
        self._ending = False
        self._streams: set[Vigil] = set()
        self._listeners: set[Callable[[], None]] = set()

    def drain(self) -> None:
        """From now on every new call is refused as DRAINING; those that run go on."""
        self._draining = True
        self._tell()

    def end_streams(self) -> None:
        """Ends every stream of every transport with DRAINING; its client resumes elsewhere, or later."""
        self._draining = self._ending = True
        for vigil in list(self._streams):
            vigil.wake()
        self._tell()

    def watch_backlog(self, backlog: Callable[[], int]) -> None:
        """From now on calls also wait for their turn while `backlog` counts others that have come unseen."""
        if self._parts.turnstile is not None:
            self._parts.turnstile.watch_backlog(backlog)

    @property
    def draining(self) -> bool:
        """Whether new calls are refused."""
        return self._draining

    @property
    def ending(self) -> bool:
        """Whether streams are ended."""
        return self._ending

    @contextmanager
    def attended(self, listener: Callable[[], None]) -> Iterator[None]:
        """Calls `listener` whenever `draining` or `ending` begins, while the block runs."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def admit(self, visit: Visit) -> Marks:
        """Lets a visitor in, or not: limits, authentication and scope as for every call. Raises Refused.

        Also while the server drains: whoever watches it wants to see just that.
        """
        return self._receive(visit).marks

    def welcome(self, visit: Visit) -> Guest:
        """Lets somebody open a connection that carries calls. As `admit`, but not while the server drains."""
        return self._receive(visit, closed=self._draining)

    def look_again(self, visit: Visit) -> None:
        """Whether the credentials that opened a connection still prove somebody. Raises Unauthenticated."""
        self._gate.authenticate(Credentials(visit.headers, (), visit.peer, visit.ticket, opened=True))

    def recognise(self, credentials: Credentials) -> Identity | None:
        """Whom these credentials prove, None if nobody: a transport asks before it takes in what a stranger sends.
        Raises Overloaded when it need not take in what somebody known sends, either.
        """
        try:
            identity = self._gate.authenticate(credentials)
        except Unauthenticated:
            return None
        if self._parts.turnstile is not None:
            self._parts.turnstile.look(identity.tenant)
        return identity

    def count(self, visit: Visit) -> None:
        """Counts somebody who has shown nothing yet against the rate of their address. Raises RateLimited."""
        self._gate.count(visit.peer)

    def charge(self, identity: Identity) -> timedelta | None:
        """Counts as one call what is none but costs as much. None when that is within the caller's rate, else how long
        it is until it would be: then it was not counted.
        """
        return self._gate.charge(identity)

    def _receive(self, visit: Visit, *, closed: bool = False) -> Guest:
        record, marks = self._begin(visit.path, visit.transport, visit.headers)
        try:
            if closed:
                raise shutting_down()
            credentials = Credentials(visit.headers, (), visit.peer, visit.ticket)
            identity = self._gate.identify(credentials, counted=visit.counted)
            if visit.scope:
                authorise(identity, visit.scope, visit.path)
        except AionError as error:
            record.end(code_of(error).name, error.reason)
            raise Refused(error, marks) from error
        record.end("OK")
        return Guest(identity, marks)

    def refuse(self, error: AionError, headers: Mapping[str, str], transport: str, path: str = "") -> Refused:
        """The marks for an error that a transport found before there was a call; `path` is empty when it is unknown."""
        record, marks = self._begin(path, transport, headers)
        record.end(code_of(error).name, error.reason)
        return Refused(error, marks)

    async def unary(self, call: Call) -> Answer:
        """The answer. Raises Refused, and nothing else but CancelledError."""
        record, marks = self._begin(call.method.path, call.transport, call.headers)
        try:
            handler = self._handlers.unary.get(call.method.path)
            if handler is None:
                raise MethodNotFound(f"{call.method.path} is not served here")
            message = await handler(await self._admit(call, marks))
        except AionError as error:
            record.end(code_of(error).name, error.reason)
            raise Refused(error, marks) from error
        except asyncio.CancelledError:
            record.end("CANCELLED")
            raise
        except Exception as error:
            record.defect(error)
            record.end("INTERNAL", "INTERNAL")
            raise Refused(InternalError(), marks) from error
        record.end("OK")
        return Answer(message, marks)

    def stream(self, call: Call) -> Stream:
        """The messages of a streaming call, to be iterated; iterating raises Refused."""
        record, marks = self._begin(call.method.path, call.transport, call.headers)
        vigil = Vigil(self._parts.times)
        return Stream(self._stream(call, record, marks, vigil), marks, vigil)

    async def _stream(self, call: Call, record: CallRecord, marks: Marks, vigil: Vigil) -> AsyncGenerator[Burst, None]:
        code, reason = "CANCELLED", ""
        try:
            handler = self._handlers.stream.get(call.method.path)
            if handler is None:
                raise MethodNotFound(f"{call.method.path} is not served here")
            admitted = await self._admit(call, marks)
            async with aclosing(handler(admitted)) as bursts:
                with self._watched(call, vigil):
                    while (burst := await vigil.next(bursts)) is not None:
                        try:
                            yield burst
                        except ReaderStuck as stuck:
                            offset = stuck.offset or getattr(admitted.request, "after_offset", 0)
                            raise too_slow(self._parts.times.reader, offset) from None
            code = "OK"
        except AionError as error:
            code, reason = code_of(error).name, error.reason
            raise Refused(error, marks) from error
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except Exception as error:
            code, reason = "INTERNAL", "INTERNAL"
            record.defect(error)
            raise Refused(InternalError(), marks) from error
        finally:
            record.end(code, reason)

    @contextmanager
    def _watched(self, call: Call, vigil: Vigil) -> Iterator[None]:
        def look_up() -> None:
            if self._ending:
                raise Draining(
                    "this server is shutting down; watch the task from another one, after the last offset",
                    retry_after=timedelta(seconds=1),
                )
            authorise(self._gate.authenticate(credentials_of(call, opened=True)), *needs(call))

        vigil.start(look_up)
        self._streams.add(vigil)
        try:
            yield
        finally:
            self._streams.discard(vigil)
            vigil.stop()

    def _begin(self, path: str, transport: str, headers: Mapping[str, str]) -> tuple[CallRecord, Marks]:
        request_id = headers.get("x-request-id", "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = self._parts.entropy.bytes(12).hex()
        record = self._parts.observer.began(path, transport, headers.get("traceparent", ""), request_id)
        return record, Marks(request_id, record.traceparent)

    async def _admit(self, call: Call, marks: Marks) -> Admitted:
        """Everything between the wire and the handler; raises what refuses the call."""
        check_size(call)
        if self._draining:
            raise shutting_down()
        identity = self._gate.identify(credentials_of(call, opened=call.opened))
        authorise(identity, *needs(call))
        deadline = self._deadline(call.timeout)
        if self._parts.turnstile is not None:
            await self._parts.turnstile.turn(identity.tenant)
        request = call.payload.decode(call.method.request)
        keep_to_task(identity, request)
        self._validation.check(request)
        caller = Caller(
            identity=identity,
            request_id=marks.request_id,
            deadline=deadline,
            traceparent=marks.traceparent,
        )
        return Admitted(caller, identity, request, fingerprint(request))

    def _deadline(self, timeout: float | None) -> datetime | None:
        if timeout is None:
            return None
        if timeout <= 0:
            raise CallDeadlineExceeded("the call's deadline had passed when it arrived; nothing was done")
        return self._parts.clock.now() + timedelta(seconds=min(timeout, 86_400.0))
