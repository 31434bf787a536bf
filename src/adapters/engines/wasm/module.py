"""What the engine needs to know of an installed module. The catalogue makes these from manifests."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WasmModule:
    """One module version that can run here.

    `engine` is its candidate name (`module:summarize@1.0.0`); `path` is the .wasm file, whose content must have the
    SHA-256 `digest` (hexadecimal, with or without a leading `sha256:`). `fuel` 0 means unlimited. `granted` holds what
    its manifest lists under `permissions.host`: `clock`, `random`, `log`. `component` says that the file is a component
    (WASI 0.2) and no core module (preview 1). `concurrency` is the most of its attempts at once in this process, 0 no
    bound of its own. A `deterministic` one draws its random numbers from its input, has neither clock nor true
    randomness whatever was granted, and always counts its fuel. `counts_fuel`: somebody's fuel is capped, so that it
    must be counted though the module's own is unlimited.
    """

    engine: str
    path: Path
    digest: str
    memory_bytes: int
    fuel: int = 0
    granted: frozenset[str] = frozenset()
    component: bool = False
    concurrency: int = 0
    deterministic: bool = False
    counts_fuel: bool = False

    def __hash__(self) -> int:
        """Of what tells modules apart: hashing every field would cost each attempt several times as much."""
        return hash((self.engine, self.digest))

    @property
    def sha256(self) -> str:
        """The digest as the rest of AION writes it: `sha256:` and 64 hex digits."""
        return f"sha256:{self.digest.removeprefix('sha256:')}"

    @property
    def kind(self) -> str:
        """`module` or `component`."""
        return "component" if self.component else "module"

    @property
    def metered(self) -> bool:
        """Whether its guests count fuel. What a deterministic one burnt is part of its answer."""
        return self.fuel > 0 or self.deterministic or self.counts_fuel


class ModuleBroken(Exception):
    """The module cannot run here; the message says why, for the operator who installed it."""


class ModuleRefused(ModuleBroken):
    """The same, and it lies in its bytes: trying again would come to the same."""


class ModuleNotCompiled(ModuleBroken):
    """The same, and its compiler had no end in time, or died: trying again would cost as much, and rarely help."""


class CompilerKilled(ModuleNotCompiled):
    """The same, by SIGKILL: that comes from outside, as from an operator or where memory runs out."""
