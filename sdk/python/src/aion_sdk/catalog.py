"""What a server can do: its intents, its modules, and the limits that it keeps."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class ModuleHealth(StrEnum):
    """Whether a module can run."""

    UNKNOWN = "UNKNOWN"
    READY = "READY"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Intent:
    """Something that a client can ask for; its schemas are JSON Schema 2020-12."""

    name: str
    description: str
    input_schema_json: str
    output_schema_json: str
    engines: tuple[str, ...]
    default_expiry: timedelta | None

    @property
    def input_schema(self) -> Any:
        """The schema of the input, None when there is none."""
        return json.loads(self.input_schema_json) if self.input_schema_json else None

    @property
    def output_schema(self) -> Any:
        """The schema of the result, None when there is none."""
        return json.loads(self.output_schema_json) if self.output_schema_json else None


@dataclass(frozen=True, slots=True)
class Module:
    """One installed module version. `fuel` 0 means unlimited."""

    name: str
    version: str
    digest: str
    intents: tuple[str, ...]
    health: ModuleHealth
    health_reason: str
    timeout: timedelta | None
    memory_bytes: int
    fuel: int
    license: str


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What the server is, and the limits it keeps."""

    version: str
    api_version: str
    start_time: datetime | None
    engines: tuple[str, ...]
    max_request_bytes: int
    max_result_bytes: int
    idempotency_retention: timedelta | None
    max_wait: timedelta | None
    policy_version: str
