"""Spans of time in seconds, exact to the microsecond and never in powers of ten: every server reads them back."""

from datetime import timedelta

_MICROSECOND = timedelta(microseconds=1)


def in_seconds(span: timedelta) -> str:
    """The number of seconds without zeros at its end, such as `90` or `0.25`."""
    seconds, micros = divmod(abs(span) // _MICROSECOND, 1_000_000)
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    return f"{'-' if span < timedelta() else ''}{seconds}{fraction}"
