"""Answers of different calls in one form: what AION makes anew each time, such as times and secrets, is replaced by its
kind.
"""

from typing import Any

from tests.e2e.answers import Frame

MADE = frozenset({"ticket", "secret", "etag", "webhook_id", "delivery_id", "latency_ms"})
ON_ITS_WAY = frozenset({"state", "attempts", "last_status", "last_error", "next_attempt_time", "last_attempt_time"})
"""Members of a delivery, which goes on while a test looks."""


def normal(answer: Any) -> Any:
    """The answer with what cannot compare replaced."""
    if isinstance(answer, Frame):
        return (answer.name, answer.offset, normal(answer.document))
    if isinstance(answer, list):
        return [normal(one) for one in answer]
    if isinstance(answer, dict):
        gone = ON_ITS_WAY if "delivery_id" in answer else frozenset()
        return {name: _member(name, value) for name, value in answer.items() if name not in gone}
    return answer


def _member(name: str, value: Any) -> Any:
    made = name in MADE or name.endswith("_time")
    return f"some {name}" if made and value else normal(value)
