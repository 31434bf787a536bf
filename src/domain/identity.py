"""Who calls, and in which tenant. There is no ambient user: a use case takes a Caller first."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

TASKS_READ: Final = "tasks:read"
TASKS_WRITE: Final = "tasks:write"
CATALOG_READ: Final = "catalog:read"
SERVER_READ: Final = "server:read"
SCHEDULES_READ: Final = "schedules:read"
SCHEDULES_WRITE: Final = "schedules:write"
WEBHOOKS_READ: Final = "webhooks:read"
WEBHOOKS_WRITE: Final = "webhooks:write"
WORKERS_SERVE: Final = "workers:serve"
"""Lets a worker lease tasks of every tenant: for the internal door only, in no default set of scopes."""

ALL_SCOPES: Final = frozenset(
    {
        TASKS_READ,
        TASKS_WRITE,
        CATALOG_READ,
        SERVER_READ,
        SCHEDULES_READ,
        SCHEDULES_WRITE,
        WEBHOOKS_READ,
        WEBHOOKS_WRITE,
        "intent:*:run",
    }
)
"""What a client may hold."""


_RUN: Final = re.compile(r"intent:[A-Za-z0-9_.*-]{1,64}:run")


def is_client_scope(text: str) -> bool:
    """Whether the text is a scope that a client may hold: one of ALL_SCOPES, or `intent:NAME:run` in which `*` stands
    for any text.
    """
    return text in ALL_SCOPES or _RUN.fullmatch(text) is not None


def run_scope(intent: str) -> str:
    """The scope that lets a caller run `intent`."""
    return f"intent:{intent}:run"


@dataclass(frozen=True, slots=True)
class Identity:
    """A proven identity: which principal of which tenant, and what it may do.

    `principal` names the service account, not the credential: two keys of one account share its idempotency keys.
    `scopes` may hold patterns such as `intent:*:run`. `task_id` is the one task that it may touch; empty means every.
    `credential` names, without its secret, what proved the identity, so that it can be looked up again; a ticket is
    none.
    """

    tenant: str
    principal: str
    scopes: frozenset[str]
    task_id: str = ""
    credential: str = field(default="", compare=False)

    def may(self, scope: str) -> bool:
        """Whether this identity holds `scope`, literally or by a pattern. A pattern is held when all that it fits is.

        Only `*` has a meaning of its own. Nothing else may: then a pattern as a text could fit one that, as a pattern,
        it goes beyond.
        """
        return _holds(self.scopes, scope)


@lru_cache(maxsize=4096)
def _holds(scopes: frozenset[str], scope: str) -> bool:
    return scope in scopes or any(_fits(held, scope) for held in scopes if "*" in held)


def _fits(pattern: str, text: str) -> bool:
    """Whether the text is the pattern with something, or nothing, in place of each `*`."""
    begin, *middle, end = pattern.split("*")
    if len(text) < len(begin) + len(end) or not (text.startswith(begin) and text.endswith(end)):
        return False
    at, last = len(begin), len(text) - len(end)
    for part in middle:
        found = text.find(part, at, last)
        if found < 0:
            return False
        at = found + len(part)
    return True


@dataclass(frozen=True, slots=True)
class Caller:
    """One authenticated call: the identity, and what holds for this call only.

    `deadline` bounds the call, never the task. `traceparent` (W3C) joins what happens later to the caller's trace.
    """

    identity: Identity
    request_id: str
    deadline: datetime | None = None
    traceparent: str = ""

    @property
    def tenant(self) -> str:
        """The tenant whose data this call may touch."""
        return self.identity.tenant

    @property
    def principal(self) -> str:
        """The service account that calls."""
        return self.identity.principal


@dataclass(frozen=True, slots=True)
class SystemScope:
    """Says that an operation crosses tenants on purpose: claiming, reaping, relaying. `why` is for the reader."""

    why: str = field(default="")
