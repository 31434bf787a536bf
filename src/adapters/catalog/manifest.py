"""The manifest of an AgentPackage (`aionos/v1`), and what of it this AION can honour.

What a manifest asks for and AION would not give is refused here rather than ignored: a module that believes
it has a GPU, a network or a secret must not find out while it runs.
"""

from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from aion.adapters.catalog.names import IntentName, ModuleName, Version
from aion.adapters.catalog.quantities import MemoryBytes, Millicores
from aion.adapters.catalog.strict_models import Distinct, RelativeFile, SchemaFiles, StrictModel

HostPermission = Literal["clock", "random", "log"]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]


def _no_required_secret(name: str) -> str:
    if not name.endswith("?"):
        raise ValueError(f"is required, and modules get no secrets here; write {name}? if the module works without it")
    return name


def _wasm_file(name: str) -> str:
    if PurePosixPath(name).suffix != ".wasm":
        raise ValueError("is not a .wasm file; name the compiled module")
    return name


SecretName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}\??$"), AfterValidator(_no_required_secret)]


class Signatures(StrictModel):
    """Where the signatures of the package are."""

    cosign: Annotated[str, Field(pattern=r"^sigstore://[^\s]+@sha256:[0-9a-f]{64}$", max_length=512)] | None = None


class Metadata(StrictModel):
    """What the package is."""

    name: ModuleName
    version: Version
    description: Annotated[str, Field(max_length=1000)] = ""
    authors: Annotated[list[ShortText], Field(max_length=50)] = Field(default_factory=list)
    license: ShortText
    signatures: Signatures = Signatures()
    sbom: Annotated[str, Field(pattern=r"^oci://[^\s]+$", max_length=512)] | None = None


class Gpu(StrictModel):
    """Whether the package needs an accelerator. A WebAssembly module cannot reach one."""

    required: Literal[False] = False
    vendor: Literal["none"] = "none"


class Resources(StrictModel):
    """The most that one attempt gets. `fuel` counts executed instructions, about; 0 means unlimited.

    `concurrency` is the most attempts of the module at once in one process; 0 leaves that to the worker's slots.
    """

    cpu: Millicores = 1000
    memory: MemoryBytes = 64 * 1024 * 1024
    gpu: Gpu = Gpu()
    fuel: Annotated[int, Field(ge=0, le=10**15)] = 0
    concurrency: Annotated[int, Field(ge=0, le=10_000)] = 0


class Runtime(StrictModel):
    """How it runs: WebAssembly with WASI, as a core module (preview 1) or as a component (0.2); the file tells which.

    A `deterministic` module gives the same result and burns the same fuel for the same input: its random numbers are
    seeded by the input, and it may be granted neither clock nor randomness.
    """

    type: Literal["wasm"]
    wasi: Literal[True] = True
    deterministic: bool = False
    resources: Resources = Resources()


class Permissions(StrictModel):
    """What the module may touch beyond its input. `filesystem: read-only` permits reading nothing: no files
    are given.
    """

    filesystem: Literal["none", "read-only"] = "none"
    network: Literal["deny"] = "deny"
    secrets: Annotated[list[SecretName], Field(max_length=50), Distinct] = Field(default_factory=list)
    host: Annotated[list[HostPermission], Field(max_length=3), Distinct] = Field(default_factory=list)


class Grpc(StrictModel):
    """A WebAssembly module serves no port."""

    port: Literal[0] = 0


class Entrypoints(StrictModel):
    """The module's files, relative to the manifest. Without `wasm` the file is NAME.wasm."""

    grpc: Grpc = Grpc()
    wasm: Annotated[RelativeFile, AfterValidator(_wasm_file)] | None = None
    schema_files: Annotated[SchemaFiles, Field(alias="schema")]


class Policies(StrictModel):
    """Limits of an attempt, and how many failures of the work are retried."""

    timeout_ms: Annotated[int, Field(ge=1, le=3_600_000)]
    retries: Annotated[int, Field(ge=0, le=10)] = 0


class Manifest(StrictModel):
    """`manifest.yaml`."""

    api_version: Annotated[Literal["aionos/v1"], Field(alias="apiVersion")]
    kind: Literal["AgentPackage"]
    metadata: Metadata
    runtime: Runtime
    permissions: Permissions = Permissions()
    entrypoints: Entrypoints
    intents: Annotated[list[IntentName], Field(min_length=1, max_length=64), Distinct]
    policies: Policies

    @model_validator(mode="after")
    def _what_is_deterministic_is_granted_nothing_that_varies(self) -> Self:
        varying = [name for name in ("clock", "random") if name in self.permissions.host]
        if self.runtime.deterministic and varying:
            raise ValueError(
                f"is deterministic by runtime.deterministic and asks for {' and '.join(varying)} in permissions.host; "
                "give up one of them"
            )
        return self
