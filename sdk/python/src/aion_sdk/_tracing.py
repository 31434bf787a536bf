"""The W3C traceparent that a call carries: the caller's own, the current OpenTelemetry span's, or a new one."""

import secrets
import sys


def traceparent(given: str | None = None) -> str:
    """Return `given`, else the current span's, else that of a new trace."""
    if given:
        return given
    # Whoever has a current span has imported OpenTelemetry; for all others it need not be loaded.
    if "opentelemetry.trace" in sys.modules:
        from opentelemetry import trace

        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            return f"00-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
