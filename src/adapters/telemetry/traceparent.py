"""The W3C Trace Context header `traceparent` (https://www.w3.org/TR/trace-context/): read, write, decide.

Whether a call is traced is decided here, on a few characters, before anything heavier is touched: an
unsampled call must cost next to nothing. A caller's own choice, made in its header, is always followed.
"""

import re
from typing import Final, NamedTuple

_HEADER: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED: Final = 0x01
_TRACE_BYTES: Final = 16
ID_BYTES: Final = 24
"""How many random bytes a new trace needs."""


class TraceContext(NamedTuple):
    """One place in a trace: the ids in lower-case hex, and whether the trace is recorded."""

    trace_id: str
    span_id: str
    sampled: bool

    @property
    def header(self) -> str:
        """The value of `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


def parse(header: str) -> TraceContext | None:
    """The context of a header; None when it is not well formed, which a receiver must treat as absent."""
    match = _HEADER.fullmatch(header)
    if match is None:
        return None
    version, trace_id, span_id, flags, more = match.groups()
    # Version ff is forbidden; 00 ends after the flags, a later version may go on.
    if version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & _SAMPLED))


def new(random: bytes, ratio: float) -> TraceContext:
    """A new trace of `ID_BYTES` random bytes; of all traces, `ratio` are recorded, the same ones
    everywhere.
    """
    trace, span = random[:_TRACE_BYTES], random[_TRACE_BYTES:ID_BYTES]
    return TraceContext(trace.hex(), span.hex(), int.from_bytes(trace[-7:], "big") < ratio * (1 << 56))
