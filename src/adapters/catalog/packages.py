"""An AgentPackage as it lies in its folder: read, checked, and either able to run or broken with the reason.

A broken package harms nothing else. While its name and version can be read it stays in sight, so that people
see why it is refused; a package that cannot even be named is a mistake in the configuration.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from aion.adapters.catalog.documents import Document, read_document
from aion.adapters.catalog.errors import ConfigurationInvalid, Problem
from aion.adapters.catalog.examples import FIXTURES, fixture_files, read_examples
from aion.adapters.catalog.files import is_inside, read_bytes
from aion.adapters.catalog.manifest import Manifest
from aion.adapters.catalog.names import IntentName, ModuleName, Version
from aion.adapters.catalog.schemas import CompiledSchema, compile_schema
from aion.adapters.catalog.strict_models import model_of
from aion.ports.catalog import ModuleExample, ModuleFacts, ModuleKind

MANIFEST: Final = "manifest.yaml"
MAX_WASM_BYTES: Final = 64 * 1024 * 1024
_KINDS: Final = {b"\0asm\x01\0\0\0": ModuleKind.CORE, b"\0asm\x0d\0\x01\0": ModuleKind.COMPONENT}

Read = TypeVar("Read")

_NAME: Final = TypeAdapter[str](ModuleName)
_VERSION: Final = TypeAdapter[str](Version)
_INTENT: Final = TypeAdapter[str](IntentName)


@dataclass(frozen=True, slots=True)
class AgentPackage:
    """One installed module version.

    `digest` is `sha256:` and 64 hex digits of the WASM binary, empty when it could not be read; an engine
    compares it with what it loads. The schemas are None when they could not be read. `files` are those
    that its manifest names, there or not.
    """

    name: str
    version: str
    folder: Path
    wasm: Path
    digest: str
    intents: tuple[str, ...]
    license: str
    timeout: timedelta
    retries: int
    memory_bytes: int
    cpu_millicores: int
    fuel: int
    host_permissions: frozenset[str]
    input_schema: CompiledSchema | None
    output_schema: CompiledSchema | None
    description: str = ""
    authors: tuple[str, ...] = ()
    kind: ModuleKind = ModuleKind.CORE
    concurrency: int = 0
    deterministic: bool = False
    examples: tuple[ModuleExample, ...] = ()
    broken: str = ""
    files: tuple[Path, ...] = ()

    @property
    def engine(self) -> str:
        """Its candidate name."""
        return f"module:{self.name}@{self.version}"

    def says(self) -> tuple[object, ...]:
        """All that it says of itself: two packages that say the same are the same."""
        schemas = (self.input_schema, self.output_schema)
        return (self.facts(), self.examples, *(schema.text if schema else "" for schema in schemas))

    def facts(self) -> ModuleFacts:
        """What the rest of AION knows of it."""
        return ModuleFacts(
            name=self.name,
            version=self.version,
            digest=self.digest,
            intents=self.intents,
            license=self.license,
            timeout=self.timeout,
            retries=self.retries,
            memory_bytes=self.memory_bytes,
            fuel=self.fuel,
            description=self.description,
            authors=self.authors,
            kind=self.kind,
            concurrency=self.concurrency,
            deterministic=self.deterministic,
            host_permissions=self.host_permissions,
            broken=self.broken,
        )


def read_package(folder: Path) -> AgentPackage:
    """The package in this folder; raises ConfigurationInvalid when its name and version cannot be read."""
    shown = f"{folder.name}/{MANIFEST}"
    document = read_document(folder / MANIFEST, shown)
    try:
        manifest = model_of(document, Manifest)
    except ConfigurationInvalid as cause:
        return _unreadable(folder, document, cause)
    return _read_files(folder, document, manifest)


def _unreadable(folder: Path, document: Document, cause: ConfigurationInvalid) -> AgentPackage:
    """A package whose manifest breaks a rule, as far as it can be known; raises `cause` when it cannot be
    named.
    """
    try:
        name = _NAME.validate_python(_at(document, "metadata", "name"), strict=True)
        version = _VERSION.validate_python(_at(document, "metadata", "version"), strict=True)
    except ValidationError:
        raise cause from None
    return AgentPackage(
        name=name,
        version=version,
        folder=folder,
        wasm=folder / f"{name}.wasm",
        digest="",
        intents=_readable_intents(document),
        license="",
        timeout=timedelta(),
        retries=0,
        memory_bytes=0,
        cpu_millicores=0,
        fuel=0,
        host_permissions=frozenset(),
        input_schema=None,
        output_schema=None,
        broken=_in_a_sentence(cause.problems),
    )


def _readable_intents(document: Document) -> tuple[str, ...]:
    listed = _at(document, "intents")
    found: dict[str, None] = {}
    for name in listed[:64] if isinstance(listed, list) else []:
        try:
            found[_INTENT.validate_python(name, strict=True)] = None
        except ValidationError:
            continue  # the problem itself is already in the reason
    return tuple(found)


def _read_files(folder: Path, document: Document, manifest: Manifest) -> AgentPackage:
    files = _Files(folder, document)
    entrypoints = manifest.entrypoints
    name = entrypoints.wasm or f"{manifest.metadata.name}.wasm"
    digest, kind = files.read(name, _digest_and_kind, "wasm") or ("", ModuleKind.CORE)
    input_schema = files.read(entrypoints.schema_files.input, compile_schema, "schema", "input")
    output_schema = files.read(entrypoints.schema_files.output, compile_schema, "schema", "output")
    files.stay_inside(fixture_files(folder))
    resources = manifest.runtime.resources
    return AgentPackage(
        name=manifest.metadata.name,
        version=manifest.metadata.version,
        folder=folder,
        wasm=folder / name,
        digest=digest,
        intents=tuple(manifest.intents),
        license=manifest.metadata.license,
        timeout=timedelta(milliseconds=manifest.policies.timeout_ms),
        retries=manifest.policies.retries,
        memory_bytes=resources.memory,
        cpu_millicores=resources.cpu,
        fuel=resources.fuel,
        host_permissions=frozenset(manifest.permissions.host),
        input_schema=input_schema,
        output_schema=output_schema,
        description=manifest.metadata.description,
        authors=tuple(manifest.metadata.authors),
        kind=kind,
        concurrency=resources.concurrency,
        deterministic=manifest.runtime.deterministic,
        examples=read_examples(folder),
        broken=_in_a_sentence(files.problems) if files.problems else "",
        files=tuple(files.named),
    )


class _Files:
    """The files of a package; what is wrong with them is kept, so that all of it is told at once."""

    def __init__(self, folder: Path, document: Document) -> None:
        self.problems: list[Problem] = []
        self.named: list[Path] = []
        self._folder = folder
        self._document = document

    def read(self, name: str, read: Callable[[Path, str], Read], *field: str) -> Read | None:
        """What `read` makes of the file that this field of `entrypoints` names; None when that fails."""
        path = self._folder / name
        if not is_inside(path, self._folder):
            what = "leaves the package's folder; name a file inside it"
            self.problems.append(self._document.problem(("entrypoints", *field), what))
            return None
        self.named.append(path)
        try:
            return read(path, f"{self._folder.name}/{name}")
        except ConfigurationInvalid as cause:
            self.problems.extend(cause.problems)
            return None

    def stay_inside(self, fixtures: list[Path]) -> None:
        """Those that lead out of the folder are problems, also where nobody would read them."""
        for path in fixtures:
            if not is_inside(path, self._folder):
                shown = f"{self._folder.name}/{FIXTURES}/{path.name}"
                self.problems.append(Problem(shown, 0, "", "leaves the package's folder; put the file itself there"))


def _digest_and_kind(path: Path, shown_as: str) -> tuple[str, ModuleKind]:
    content = read_bytes(path, MAX_WASM_BYTES, shown_as)
    kind = _KINDS.get(content[:8])
    if kind is None:
        what = "is neither a WebAssembly core module nor a component; build it for wasm32-wasip1 or wasm32-wasip2"
        raise ConfigurationInvalid([Problem(shown_as, 0, "", what)])
    return f"sha256:{hashlib.sha256(content).hexdigest()}", kind


def _at(document: Document, *location: str) -> object:
    value: object = document.value
    for step in location:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _in_a_sentence(problems: tuple[Problem, ...] | list[Problem]) -> str:
    shown = "; ".join(str(problem) for problem in problems[:5])
    return shown if len(problems) <= 5 else f"{shown}; and {len(problems) - 5} more problems"
