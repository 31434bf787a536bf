"""Who is let in, for what: the rules of the front door that need nothing but a call and an identity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.message import Message

from aion.adapters.rpc.call import Call, Marks
from aion.domain.errors import Draining, FieldViolation, PermissionDenied, RequestTooLarge
from aion.domain.identity import Identity
from aion.ports.identity import Credentials

MAX_REQUEST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that is no RPC: for a page such as /metrics, or for a connection that will carry calls. It passes the
    same door. `scope` is what it needs; empty for nothing but an identity. `counted`: the rate of its address counted
    it when it came, before it showed anything.
    """

    path: str
    scope: str
    transport: str
    headers: Mapping[str, str]
    peer: str
    ticket: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever opened a connection that carries calls."""

    identity: Identity
    marks: Marks


def shutting_down() -> Draining:
    """The refusal of whoever comes while the server drains."""
    return Draining("this server is shutting down; send the call to another one", retry_after=timedelta(seconds=1))


def credentials_of(call: Call, *, opened: bool) -> Credentials:
    """What the call shows. `opened`: its ticket has been good once, when its stream or connection was opened."""
    return Credentials(call.headers, call.certificate_names, call.peer, call.ticket, opened)


def check_size(call: Call) -> None:
    """Raises RequestTooLarge."""
    if call.payload.size > MAX_REQUEST_BYTES:
        raise RequestTooLarge(
            f"the request has {call.payload.size} bytes, the limit is {MAX_REQUEST_BYTES}; send less",
            violations=(FieldViolation("", f"at most {MAX_REQUEST_BYTES} bytes"),),
        )


def keep_to_task(identity: Identity, request: Message) -> None:
    """Refuses whatever is not about the one task of a ticket that names one; also what names no task at all."""
    if identity.task_id and getattr(request, "task_id", "") != identity.task_id:
        raise PermissionDenied(
            f"this ticket is good for the task {identity.task_id} only", facts={"task_id": identity.task_id}
        )


def needs(call: Call) -> tuple[str, str]:
    """The scope that a call needs, and what for."""
    return call.method.scope, call.method.name


def authorise(identity: Identity, scope: str, what: str) -> None:
    """Raises PermissionDenied when the identity lacks the scope."""
    if not identity.may(scope):
        raise PermissionDenied(f"{what} needs the scope {scope}; ask for a key that holds it", facts={"scope": scope})
