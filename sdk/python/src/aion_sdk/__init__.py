"""Python SDK of AION: submit AI work under a promise, stream it, read why it ran where it ran.

`AsyncClient` and `Client` are the same client in two colours. What AION's contract calls messages stays private here;
the types below are the SDK's own.
"""

from aion_sdk._async.client import AsyncClient
from aion_sdk._async.pages import AsyncPages
from aion_sdk._async.streams import AsyncTaskStream
from aion_sdk._contract.reasons import ErrorReason
from aion_sdk._sync.client import Client
from aion_sdk._sync.pages import Pages
from aion_sdk._sync.streams import TaskStream
from aion_sdk._version import __version__
from aion_sdk.catalog import Intent, Module, ModuleDescription, ModuleExample, ModuleHealth, ModuleKind, ServerInfo
from aion_sdk.connection import TLS
from aion_sdk.decisions import Candidate, Decision, Refusal, RefusalReason
from aion_sdk.errors import (
    AionError,
    AuthenticationError,
    ChangedMeanwhile,
    ConfigurationError,
    Conflict,
    DeadlineExceeded,
    EventsExpired,
    InternalError,
    InvalidRequest,
    LimitReached,
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
    WebhookVerificationError,
)
from aion_sdk.events import Event, EventKind, TextFold, text_of
from aion_sdk.lifecycle import Attempt, AttemptOutcome, TaskState
from aion_sdk.options import Options
from aion_sdk.paging import Page
from aion_sdk.raw import RawResponse
from aion_sdk.requests import Sla, TaskSpec
from aion_sdk.schedules import CatchUp, Overlap, Schedule
from aion_sdk.tasks import BatchOutcome, Engine, Failure, Task, Usage
from aion_sdk.tickets import Ticket
from aion_sdk.webhooks import DeliveryState, NewWebhook, RotatedSecret, Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "TLS",
    "AionError",
    "AsyncClient",
    "AsyncPages",
    "AsyncTaskStream",
    "Attempt",
    "AttemptOutcome",
    "AuthenticationError",
    "BatchOutcome",
    "Candidate",
    "CatchUp",
    "ChangedMeanwhile",
    "Client",
    "ConfigurationError",
    "Conflict",
    "DeadlineExceeded",
    "Decision",
    "DeliveryState",
    "Engine",
    "ErrorReason",
    "Event",
    "EventKind",
    "EventsExpired",
    "Failure",
    "Intent",
    "InternalError",
    "InvalidRequest",
    "LimitReached",
    "Module",
    "ModuleDescription",
    "ModuleExample",
    "ModuleHealth",
    "ModuleKind",
    "NewWebhook",
    "NoEligibleEngine",
    "NotFound",
    "Options",
    "Overlap",
    "Page",
    "Pages",
    "PermissionDenied",
    "RateLimited",
    "RawResponse",
    "Refusal",
    "RefusalReason",
    "Refused",
    "RequestTooLarge",
    "RotatedSecret",
    "Schedule",
    "ServerInfo",
    "Sla",
    "Task",
    "TaskCanceled",
    "TaskFailed",
    "TaskSpec",
    "TaskState",
    "TaskStream",
    "TaskTimedOut",
    "TextFold",
    "Ticket",
    "Unavailable",
    "Unimplemented",
    "Usage",
    "Violation",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookVerificationError",
    "__version__",
    "text_of",
]
