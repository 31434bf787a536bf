"""Logs: one JSON object a line on one stream, whoever wrote it, with the ids of the call and without
secrets.

AION's own modules log with `structlog.get_logger()`, libraries with the standard `logging`; both end here.
The ids of the current call travel in one context variable, which grpc and asyncio keep apart for every
call; nothing else is ambient.
"""

import logging
import sys
from contextvars import ContextVar
from typing import Final, TextIO

from aion.adapters.hollow_imports import hollow
from aion.adapters.telemetry.redaction import redacted

# For tracebacks in colours, which no log of ours has.
with hollow("rich"):
    import structlog
    from structlog.typing import EventDict, Processor, WrappedLogger

_CALL: Final[ContextVar[tuple[str, str]]] = ContextVar("aion_call", default=("", ""))
_TALKATIVE: Final = (
    "alembic",
    "asyncio",
    "connexion",
    "grpc",
    "httpcore2",
    "httpx",
    "httpx2",
    "opentelemetry",
    "uvicorn",
)

FACTS: Final = "aion.events"
"""The logger of the outbox's facts, which leave at least once."""

TRACE_ID: Final = slice(3, 35)
"""Where a traceparent has its trace id."""


def bind_call(request_id: str, traceparent: str) -> None:
    """Whatever the current task logs from here on carries these ids."""
    _CALL.set((request_id, traceparent))


def configure_logging(level: str = "info", *, json: bool = True, stream: TextIO | None = None) -> None:
    """Sends every log of this process to `stream` (standard output by default). Once, at the start."""
    ours: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        add_call_ids,
    ]
    stream = stream or sys.stdout
    last: Processor = structlog.processors.JSONRenderer() if json else _console(stream)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=ours,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask_secrets,
            last,
        ],
    )
    handler = _Lines(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *ours,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _Lines(logging.StreamHandler[TextIO]):
    """Writes lines. One that cannot be written stops nobody, but for a fact: whoever told it gets the OSError."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line."""
        if record.name == FACTS:
            self.stream.write(self.format(record) + self.terminator)
            self.flush()
        else:
            super().emit(record)


def _console(stream: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )


def add_call_ids(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Adds `request_id` and `trace_id` of the current call, unless the line names its own."""
    request_id, traceparent = _CALL.get()
    if request_id:
        event.setdefault("request_id", request_id)
    if traceparent:
        event.setdefault("trace_id", traceparent[TRACE_ID])
    return event


def mask_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hides what looks like a secret, in the message, in every field and in a traceback."""
    return {name: redacted(value, name) for name, value in event.items()}
