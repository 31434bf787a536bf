"""Python SDK of AION: submit AI work under a promise, stream it, read why it ran where it ran.

`AsyncClient` and `Client` are the same client in two colours. What AION's contract calls messages stays private here;
the types below are the SDK's own.
"""

from aion_sdk._async.client import AsyncClient
from aion_sdk._async.streams import AsyncTaskStream
from aion_sdk._sync.client import Client
from aion_sdk._sync.streams import TaskStream
from aion_sdk.catalog import Intent, Module, ModuleHealth, ServerInfo
from aion_sdk.connection import TLS
from aion_sdk.decisions import Candidate, Decision, Refusal, RefusalReason
from aion_sdk.errors import (
    AionError,
    AuthenticationError,
    ConfigurationError,
    Conflict,
    DeadlineExceeded,
    EventsExpired,
    InternalError,
    InvalidRequest,
    NoEligibleEngine,
    NotFound,
    PermissionDenied,
    RateLimited,
    Refused,
    RequestTooLarge,
    TaskCanceled,
    TaskFailed,
    TaskTimedOut,
    Unavailable,
    Unimplemented,
    Violation,
)
from aion_sdk.events import Event, EventKind, TextFold, text_of
from aion_sdk.lifecycle import Attempt, AttemptOutcome, TaskState
from aion_sdk.options import Options
from aion_sdk.requests import Sla, TaskSpec
from aion_sdk.tasks import BatchOutcome, Engine, Failure, Task, TaskPage, Usage

__all__ = [
    "TLS",
    "AionError",
    "AsyncClient",
    "AsyncTaskStream",
    "Attempt",
    "AttemptOutcome",
    "AuthenticationError",
    "BatchOutcome",
    "Candidate",
    "Client",
    "ConfigurationError",
    "Conflict",
    "DeadlineExceeded",
    "Decision",
    "Engine",
    "Event",
    "EventKind",
    "EventsExpired",
    "Failure",
    "Intent",
    "InternalError",
    "InvalidRequest",
    "Module",
    "ModuleHealth",
    "NoEligibleEngine",
    "NotFound",
    "Options",
    "PermissionDenied",
    "RateLimited",
    "Refusal",
    "RefusalReason",
    "Refused",
    "RequestTooLarge",
    "ServerInfo",
    "Sla",
    "Task",
    "TaskCanceled",
    "TaskFailed",
    "TaskPage",
    "TaskSpec",
    "TaskState",
    "TaskStream",
    "TaskTimedOut",
    "TextFold",
    "Unavailable",
    "Unimplemented",
    "Usage",
    "Violation",
    "text_of",
]
