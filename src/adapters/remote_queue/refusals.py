"""Errors of the wire as errors of the domain: the way back of the front door's one table."""

from collections.abc import Iterator
from datetime import timedelta

from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode
from grpc.aio import AioRpcError

from aion.adapters.rpc.errors import InternalError
from aion.domain import errors
from aion.domain.errors import (
    AionError,
    CallDeadlineExceeded,
    Exhausted,
    MethodNotFound,
    OutcomeUnknown,
    RequestTooLarge,
    Unavailable,
)

_UNREACHABLE = frozenset({StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED, StatusCode.CANCELLED})
_DETAILS = "grpc-status-details-bin"


def refusal_of(error: AioRpcError, address: str) -> AionError:
    """The error that the server raised; OutcomeUnknown when there is no word of it."""
    reason, facts, retry_after = _details(error)
    kind = _KINDS.get(reason)
    if kind is MethodNotFound:
        return MethodNotFound(
            f"{address} is not where workers connect, it may be where clients do; give the address of the server's "
            "AION_WORKER_LISTEN"
        )
    if kind is not None:
        return kind(error.details() or reason, facts=facts, retry_after=retry_after)
    if not reason and error.code() in _UNREACHABLE:
        return OutcomeUnknown(f"the server at {address} does not answer ({error.details() or error.code().name})")
    if not reason and error.code() is StatusCode.RESOURCE_EXHAUSTED:
        return RequestTooLarge(f"the server at {address} does not take a message of this size")
    return InternalError()


def why_absent(refusal: AionError) -> str:
    """Why a server could not be asked, in few words: what the server said, or the last of gRPC's own account, which
    leads from the outermost cause to the innermost.
    """
    cause = refusal.__cause__
    if not isinstance(refusal, OutcomeUnknown) or not isinstance(cause, AioRpcError):
        return refusal.message
    return (cause.details() or cause.code().name).rpartition(": ")[2]


def may_pass(refusal: AionError) -> bool:
    """Whether the same call may be answered later: what is full gets room, and what broke is mended."""
    return isinstance(refusal, Unavailable | Exhausted | CallDeadlineExceeded | InternalError)


def hint_of(refusal: AionError) -> float:
    """Seconds that whoever reached a bound should stay away; 0 when nobody said."""
    if isinstance(refusal, Exhausted) and refusal.retry_after is not None:
        return refusal.retry_after.total_seconds()
    return 0.0


def _details(error: AioRpcError) -> tuple[str, dict[str, str], timedelta | None]:
    reason, facts, retry_after = "", dict[str, str](), None
    for name, value in error.trailing_metadata() or ():
        if name != _DETAILS or not isinstance(value, bytes):
            continue
        for detail in status_pb2.Status.FromString(value).details:
            info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
            if detail.Unpack(info):
                reason, facts = str(info.reason), dict(info.metadata)
            elif detail.Unpack(retry):
                retry_after = retry.retry_delay.ToTimedelta()
    return reason, facts, retry_after


def _tree(root: type[AionError]) -> Iterator[type[AionError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _tree(kind)


# The domain's own: what a transport derives for its wire is made in another way, and means the same.
_KINDS = {
    kind.reason: kind for kind in _tree(AionError) if kind.__module__ == errors.__name__ and hasattr(kind, "reason")
}
