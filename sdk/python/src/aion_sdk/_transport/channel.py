"""What both kinds of channel are opened with."""

from aion_sdk._version import __version__
from aion_sdk.connection import Connection, is_loopback

USER_AGENT = f"aion-tasks-sdk/{__version__}"

KEEPALIVE_MS = 60_000
"""Servers may refuse pings more often than they send data; AION's heartbeats come more often than this."""

MAX_ANSWER_BYTES = 128 * 1024 * 1024
"""A batch of 100 replayed tasks may bring a hundred results of 1 MiB."""

Metadata = tuple[tuple[str, str], ...]


def options(connection: Connection) -> list[tuple[str, str | int]]:
    """Arguments of the channel: a dead peer is found, a restarted one is found again soon."""
    return [
        ("grpc.primary_user_agent", USER_AGENT),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.max_receive_message_length", MAX_ANSWER_BYTES),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2_000),
        # A proxy of the environment cannot reach what listens on this machine only.
        ("grpc.enable_http_proxy", 0 if is_loopback(connection.target) else 1),
    ]


def sent_request_id(metadata: Metadata) -> str:
    """The request id that a call was sent with."""
    return next((value for name, value in metadata if name == "x-request-id"), "")
