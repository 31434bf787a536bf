"""What can be asked for, and by which engines it can be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Protocol

from aion.domain.caps import Caps
from aion.domain.routing import EngineFacts, Privacy


@dataclass(frozen=True, slots=True)
class IntentFacts:
    """Something that a client can ask for.

    The schemas are JSON Schema 2020-12 documents as text. `engines` are candidate names in the operator's order.
    `pinned_engine` is set when policy chose for everyone.
    """

    name: str
    description: str
    input_schema_json: str
    output_schema_json: str
    engines: tuple[str, ...]
    default_expiry: timedelta
    pinned_engine: str = ""


class ModuleKind(IntEnum):
    """What a module's file is; the numbers are the contract's."""

    CORE = 1
    COMPONENT = 2


@dataclass(frozen=True, slots=True)
class ModuleExample:
    """A call of a module as its author wrote it down: the input, and the result when the author gave it whole."""

    name: str
    input_json: str
    result_json: str = ""


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """One installed module version.

    `broken` says why it cannot run, empty when it can. `preparing` says what is done before it can run, empty when
    nothing is: tasks for it are accepted and wait, and other engines are preferred. `fuel` 0 means unlimited,
    `concurrency` 0 that only the worker's slots bound it. A `deterministic` module gives the same result and burns the
    same fuel for the same input.
    """

    name: str
    version: str
    digest: str
    intents: tuple[str, ...]
    license: str
    timeout: timedelta
    retries: int
    memory_bytes: int
    fuel: int
    description: str = ""
    authors: tuple[str, ...] = ()
    kind: ModuleKind = ModuleKind.CORE
    concurrency: int = 0
    deterministic: bool = False
    host_permissions: frozenset[str] = frozenset()
    broken: str = ""
    preparing: str = ""

    @property
    def engine(self) -> str:
        """Its candidate name."""
        return f"module:{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class ModuleDescription:
    """Everything about one module version. A schema is empty when a broken package has none that can be read.

    `versions` are those that are installed, broken ones too, newest first, pre-releases last.
    """

    facts: ModuleFacts
    input_schema_json: str
    output_schema_json: str
    examples: tuple[ModuleExample, ...]
    versions: tuple[str, ...]


JudgeResult = Callable[[str], str | None]
"""Why a result, as JSON, does not fit its schema, or None when it does: the same whatever becomes of the catalogue.
"""


class Catalog(Protocol):
    """Intents, modules and models as the operator declared them.

    Fixed while a process runs, but where its files are followed (`aion dev`): then all of it is replaced at once, and
    what was taken from it before stays as it was.
    """

    @property
    def policy_version(self) -> str:
        """Digest of everything that can change a decision."""
        ...

    def intent(self, name: str) -> IntentFacts:
        """Raises IntentNotFound, naming close matches."""
        ...

    def intents(self) -> Sequence[IntentFacts]:
        """All intents, by name."""
        ...

    def modules(self) -> Sequence[ModuleFacts]:
        """All modules, by name and version, broken ones too."""
        ...

    def module(self, engine: str) -> ModuleFacts | None:
        """The module behind a candidate name, or None when it is not a module or not there."""
        ...

    def describe_module(self, name: str, version: str) -> ModuleDescription:
        """A module by its name, and a version, a range of versions, or the digest of its bytes.

        A range means the newest of its versions that can run, else the newest of them; empty means any version,
        pre-releases last. Raises ModuleNotFound, naming close matches or the versions that there are, and
        ValidationFailed for what is neither a version nor a range nor a digest.
        """
        ...

    def candidates(self, intent: str) -> Sequence[EngineFacts]:
        """The engines bound to this intent, eligible or not, in the operator's order."""
        ...

    def default_privacy(self, tenant: str) -> Privacy:
        """What an unset privacy means for this tenant; local-only unless the operator said otherwise."""
        ...

    def caps(self, tenant: str) -> Caps:
        """What this tenant's attempts of a module may have at most; no caps unless the operator said so."""
        ...

    def check_input(self, intent: str, document_json: str) -> None:
        """Checks an input against the intent's schema; raises InputSchemaViolation that names every field."""
        ...

    def check_engine_input(self, intent: str, engine: str, document_json: str) -> None:
        """Checks an input that fits the intent by the schema of the module that was chosen, where that is another one.

        Schemas that the operator gave the intent hold for all of its engines. Raises InputSchemaViolation that names
        the engine.
        """
        ...

    def engine_meant(self, reference: str) -> str:
        """What a client's name of an engine stands for: a range of versions is the newest of them that can run.

        Raises ValidationFailed, for `preferred_engine`, when what follows its `@` is no version, range or digest.
        """
        ...

    def judge(self, intent: str, engine: str) -> JudgeResult | None:
        """What a result of this engine must fit: the operator's schema of the intent, else the module's own, else the
        intent's. None when neither intent nor engine is known. Never raises.
        """
        ...


class LatencyBook(Protocol):
    """Measured latency by engine, for routing."""

    def observe(self, engine: str, latency: timedelta) -> None:
        """One attempt that ended OK took this long."""
        ...

    def p95(self, engine: str) -> timedelta | None:
        """The recent p95, or None when too little is known."""
        ...
