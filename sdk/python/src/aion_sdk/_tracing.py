"""The W3C traceparent that a call carries: the caller's own, the current OpenTelemetry span's, or a new one."""

import secrets

try:
    from opentelemetry import trace
except ImportError:  # the extra `otel` is not installed
    trace = None  # type: ignore[assignment]


def traceparent(given: str | None = None) -> str:
    """Return `given`, else the current span's, else that of a new trace."""
    if given:
        return given
    if trace is not None:
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            return f"00-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
