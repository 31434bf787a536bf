"""What a host has of a module: native code that any lane can instantiate."""

from dataclasses import dataclass, field

import wasmtime
from wasmtime.component import Component, Linker

from aion.adapters.engines.wasm.host import native


class Linked:
    """A core module linked with the host functions of one lane; it goes with the last reference to it."""

    __slots__ = ("at", "engine")

    def __init__(self, engine: int, at: int) -> None:
        self.engine = engine
        self.at = at

    def __del__(self) -> None:
        native.instance_pre_delete(self.at)


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """A core module, and by lane what it was linked to: when the module is unloaded, that goes with it."""

    module: wasmtime.Module
    metered: bool
    linked: dict[object, Linked] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LoadedComponent:
    """A component, a linker with everything that it imports, and where its function `run` is."""

    component: Component
    metered: bool
    linker: Linker
    run: int
