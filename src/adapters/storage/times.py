"""Times and durations in a column: microseconds, as fine as Python's own, so that nothing is lost."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_us(time: datetime) -> int:
    """Microseconds since 1970."""
    span = time - _EPOCH  # not `span_us(span)`: every row asks this
    return span.days * 86_400_000_000 + span.seconds * 1_000_000 + span.microseconds


def from_us(us: int) -> datetime:
    """The time, aware, UTC."""
    return _EPOCH + timedelta(microseconds=us)


def span_us(span: timedelta) -> int:
    """Microseconds of a duration, exactly."""
    return span.days * 86_400_000_000 + span.seconds * 1_000_000 + span.microseconds


def us_or_none(time: datetime | None) -> int | None:
    """Microseconds since 1970, or None."""
    return None if time is None else to_us(time)


def time_or_none(us: int | None) -> datetime | None:
    """The time of so many microseconds since 1970, or None."""
    return None if us is None else from_us(us)


def span_us_or_none(span: timedelta | None) -> int | None:
    """Microseconds of a duration, or None."""
    return None if span is None else span_us(span)


def span_or_none(us: int | None) -> timedelta | None:
    """The duration of so many microseconds, or None."""
    return None if us is None else timedelta(microseconds=us)
