"""The connection of a worker apart to its server: TLS, a key, and an end to connections that lead nowhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc import aio

_OPTIONS = (
    # A server stops at four mebibytes of input, and the last one may have four itself.
    ("grpc.max_receive_message_length", 16 << 20),
    ("grpc.max_send_message_length", -1),
    # A partition sends no word: without these a dead connection is believed in for a quarter of an hour.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # grpc doubles the pause from one to the other and jitters it.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 3_000),
    ("grpc.use_local_subchannel_pool", 1),
)


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """Where the server is, and how to be let in. Without `ca` the connection is plain text, for this machine only.

    `cert` and `key` are the worker's own (mTLS). `api_key` is sent with every call; empty for none.
    """

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    api_key: str = field(default="", repr=False)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What every call carries."""
        return (("authorization", f"Bearer {self.api_key}"),) if self.api_key else ()


@asynccontextmanager
async def open_channel(access: ServerAccess) -> AsyncIterator[aio.Channel]:
    """A channel while the block runs; it connects when it is used, and again when it must. Raises OSError."""
    if access.ca is None:
        channel = aio.insecure_channel(access.address, options=_OPTIONS)
    else:
        credentials = grpc.ssl_channel_credentials(
            access.ca.read_bytes(),
            access.key.read_bytes() if access.key else None,
            access.cert.read_bytes() if access.cert else None,
        )
        channel = aio.secure_channel(access.address, credentials, options=_OPTIONS)
    async with channel:
        yield channel
