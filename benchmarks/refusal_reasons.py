"""What AION says when it refuses a call over gRPC. An error without a reason of AION's is somebody else's: of a server
that is gone, of gRPC's own core.
"""

from typing import NamedTuple

from google.rpc import error_details_pb2, status_pb2
from grpc import aio

FOR_WANT_OF_ROOM = frozenset({"LIMIT_REACHED", "OVERLOADED", "QUEUE_FULL", "RATE_LIMITED", "TOO_MANY_WAITERS"})
"""The reasons for which the same call may pass later."""

_DETAILS = "grpc-status-details-bin"


class Refusal(NamedTuple):
    """Code, reason, whether there is a hint when to come back, and without a reason what was said instead."""

    code: str
    reason: str
    hinted: bool
    said: str


def refusal(error: aio.AioRpcError) -> Refusal:
    """Of an error what it says in AION's way."""
    for name, value in error.trailing_metadata() or ():
        if name == _DETAILS and isinstance(value, bytes):
            status = status_pb2.Status.FromString(value)
            info = error_details_pb2.ErrorInfo()
            reason = next((info.reason for detail in status.details if detail.Unpack(info)), "")
            hinted = any(detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR) for detail in status.details)
            return Refusal(error.code().name, reason, hinted, "")
    return Refusal(error.code().name, "", False, str(error.details())[:100])


def for_want_of_room(error: aio.AioRpcError) -> bool:
    """Whether AION itself refused the call because it has more than it can do."""
    return refusal(error).reason in FOR_WANT_OF_ROOM
