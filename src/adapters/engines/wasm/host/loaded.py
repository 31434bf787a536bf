"""What a host has of a module: native code that any lane can instantiate."""

from dataclasses import dataclass

import wasmtime
from wasmtime.component import Component, Linker


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """A core module."""

    module: wasmtime.Module
    metered: bool


@dataclass(frozen=True, slots=True)
class LoadedComponent:
    """A component, a linker with everything that it imports, and where its function `run` is."""

    component: Component
    metered: bool
    linker: Linker
    run: int
