"""Why a WebSocket of AION closes: the codes that clients see, and the errors of the one tree that lead to them.

Below 4000 the codes are the standard's (RFC 6455, 7.4.1), above they say with HTTP's numbers what HTTP would have said.
"""

from dataclasses import dataclass
from enum import IntEnum

from aion.domain.errors import AionError

MAX_REASON_BYTES = 123
"""A control frame has no room for more."""


class Close(IntEnum):
    """The code of a close frame. docs/websocket.md has the same table; a test holds them together."""

    IDLE = 1000
    """The client asked nothing and followed nothing for long."""
    GOING_AWAY = 1001
    """The server shuts down."""
    PROTOCOL_ERROR = 1002
    """What came is no WebSocket frame that a client may send."""
    BINARY = 1003
    """A binary frame."""
    NOT_UTF8 = 1007
    """A text frame that is not UTF-8."""
    POLICY = 1008
    """A message in too many pieces, one that did not become whole, or too many frames of a stranger."""
    TOO_BIG = 1009
    """A message over the limit."""
    DEFECT = 1011
    """A bug of AION, or no answer to its pings."""
    MALFORMED = 4400
    """A frame that no call can be blamed for."""
    UNAUTHENTICATED = 4401
    """No credentials, wrong ones, or such that were revoked."""
    FORBIDDEN = 4403
    """Known, but not allowed to connect."""
    AUTH_TIMEOUT = 4408
    """The first frame, with the credentials, did not come in time."""
    TOO_MANY = 4429
    """Too many requests, connections, or large messages under way."""
    READER_TOO_SLOW = 4008
    """The client took nothing for too long."""


_OF_REASON = {
    "UNAUTHENTICATED": Close.UNAUTHENTICATED,
    "PERMISSION_DENIED": Close.FORBIDDEN,
    "RATE_LIMITED": Close.TOO_MANY,
    "TOO_MANY_WAITERS": Close.TOO_MANY,
    "DRAINING": Close.GOING_AWAY,
    "READER_TOO_SLOW": Close.READER_TOO_SLOW,
    "MALFORMED_REQUEST": Close.MALFORMED,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ends: its code, a sentence, and a frame to say before, when there is something to say."""

    code: Close
    reason: str
    last_frame: bytes = b""


GONE = Ending(Close.IDLE, "")
"""The client has left: nothing is said any more, whatever the code."""

TOO_SLOW = Ending(Close.READER_TOO_SLOW, "nothing was taken for too long; subscribe again after your last offsets")


def close_of(error: AionError) -> Close:
    """The code for an error that ends the connection."""
    return _OF_REASON.get(error.reason, Close.DEFECT)


def reason_text(sentence: str) -> str:
    """The sentence, as much of it as a close frame holds."""
    return sentence.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
