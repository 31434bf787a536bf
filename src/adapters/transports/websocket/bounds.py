"""What one WebSocket connection may make AION hold, and for how long."""

from typing import Final

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES

STRANGER_BYTES: Final = 16 << 10
"""The largest message before the client has proved who it is: room for a ticket."""

STRANGER_FRAMES: Final = 16
"""How many frames of any kind one may send before: room for a first frame in pieces, and a few pings."""

MESSAGE_BYTES: Final = MAX_REQUEST_BYTES + (64 << 10)
"""The largest one afterwards: a request over its own limit is refused by name, with its id, up to here."""

MAX_FRAGMENTS: Final = 1024
"""How many pieces a message may have."""

MESSAGE_SECONDS: Final = 30.0
"""For so long it may come in pieces."""

PING_SECONDS: Final = 20.0
"""How often a client is asked whether it is still there."""

PONG_SECONDS: Final = 20.0
"""For so long it may not answer that."""

LINGER_SECONDS: Final = 2.0
"""How long a connection that is closed for a fault still takes bytes: to close at once would destroy the reason."""
