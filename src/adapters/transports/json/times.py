"""Points and spans of time as the protobuf JSON mapping writes them: RFC 3339 in UTC, and seconds with an `s`."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DURATION_SECONDS = 315_576_000_000
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_SPAN = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,9}))?s", re.ASCII)


def timestamp_text(stamp: Timestamp) -> str:
    """RFC 3339 in UTC, with as many digits of fraction as are needed: none, 3, 6 or 9."""
    nanos = stamp.nanos
    return f"{_second(stamp.seconds)}{_fraction(nanos)}Z" if nanos else _second(stamp.seconds) + "Z"


def duration_text(span: Duration) -> str:
    """Seconds with an `s`, such as `1.500s`."""
    sign = "-" if span.seconds < 0 or span.nanos < 0 else ""
    return f"{sign}{abs(span.seconds)}{_fraction(abs(span.nanos))}s"


def parse_timestamp(text: str) -> Timestamp:
    """The time that an RFC 3339 text names. Raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("must be an RFC 3339 time such as 2030-01-31T12:00:00Z")
    day, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone in "Zz" else zone
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}{offset}") - _EPOCH
    except (ValueError, OverflowError):
        raise ValueError("must be an RFC 3339 time between the years 1 and 9999") from None
    seconds = whole.days * 86_400 + whole.seconds
    if not _holds(seconds):
        raise ValueError("must be an RFC 3339 time between the years 1 and 9999")
    return Timestamp(seconds=seconds, nanos=int((fraction or "0").ljust(9, "0")))


def parse_duration(text: str) -> Duration:
    """The span that a text such as `1.5s` names. Raises ValueError."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError("must be seconds with an s, such as 5s or 0.25s")
    sign, seconds, fraction = match.groups()
    if int(seconds) > _MAX_DURATION_SECONDS:
        raise ValueError(f"must be at most {_MAX_DURATION_SECONDS}s")
    factor = -1 if sign else 1
    return Duration(seconds=factor * int(seconds), nanos=factor * int((fraction or "0").ljust(9, "0")))


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]


def _holds(seconds: int) -> bool:
    return -62_135_596_800 <= seconds <= 253_402_300_799


def _fraction(nanos: int) -> str:
    if not nanos:
        return ""
    if nanos % 1_000_000 == 0:
        return f".{nanos // 1_000_000:03d}"
    if nanos % 1_000 == 0:
        return f".{nanos // 1_000:06d}"
    return f".{nanos:09d}"
