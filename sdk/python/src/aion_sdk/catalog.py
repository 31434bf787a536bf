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
    PREPARING = "PREPARING"


class ModuleKind(StrEnum):
    """What a module's file is: a core module over WASI preview 1, or a component over WASI 0.2."""

    UNKNOWN = "UNKNOWN"
    CORE = "CORE"
    COMPONENT = "COMPONENT"


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
    """One installed module version. `fuel` 0 means unlimited, `concurrency` 0 that only the worker's slots bound it.

    A `deterministic` one gives the same result and burns the same fuel for the same input.
    """

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
    description: str = ""
    authors: tuple[str, ...] = ()
    kind: ModuleKind = ModuleKind.UNKNOWN
    concurrency: int = 0
    deterministic: bool = False
    host_permissions: tuple[str, ...] = ()
    retries: int = 0


@dataclass(frozen=True, slots=True)
class ModuleExample:
    """A call of a module as its author wrote it down; without a result when the author gave only a part of it."""

    name: str
    input_json: str
    result_json: str

    @property
    def input(self) -> Any:
        """The input, as JSON."""
        return json.loads(self.input_json) if self.input_json else None

    @property
    def result(self) -> Any:
        """The result, None when it is not known whole."""
        return json.loads(self.result_json) if self.result_json else None


@dataclass(frozen=True, slots=True)
class ModuleDescription:
    """Everything about one module version; its schemas are JSON Schema 2020-12.

    `versions` are those that are installed, broken ones too, newest first, pre-releases last.
    """

    module: Module
    input_schema_json: str
    output_schema_json: str
    examples: tuple[ModuleExample, ...]
    versions: tuple[str, ...]

    @property
    def input_schema(self) -> Any:
        """The schema of the input, None when a broken package has none that can be read."""
        return json.loads(self.input_schema_json) if self.input_schema_json else None

    @property
    def output_schema(self) -> Any:
        """The schema of the result, None when a broken package has none that can be read."""
        return json.loads(self.output_schema_json) if self.output_schema_json else None


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
