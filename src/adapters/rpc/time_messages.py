"""Times as the contract's timestamps."""

from datetime import UTC, datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def set_time(stamp: Timestamp, time: datetime) -> None:
    """Makes the timestamp this time. Its own FromDatetime costs ten times as much, and a task has several times."""
    since = time - _EPOCH
    stamp.seconds = since.days * 86_400 + since.seconds
    stamp.nanos = since.microseconds * 1000
