"""The wasmtime engines of a host: one for each configuration, built when it is first needed."""

from collections.abc import Iterable

import wasmtime

from aion.adapters.engines.wasm.engine_config import build_component_engine, build_engine


class Engines:
    """Engines for so many guests at once. Metered ones count fuel. A host that has no components reserves none."""

    def __init__(self, guests: int) -> None:
        self._guests = guests
        self._modules = {metered: build_engine(metered=metered, guests=guests) for metered in (False, True)}
        self._components: dict[bool, wasmtime.Engine] = {}

    def for_modules(self, metered: bool) -> wasmtime.Engine:
        """The engine of core modules."""
        return self._modules[metered]

    def for_components(self, metered: bool) -> wasmtime.Engine:
        """The engine of components. Its first use is under the lock of whoever loads modules."""
        if metered not in self._components:
            self._components = {
                **self._components,
                metered: build_component_engine(metered=metered, guests=self._guests),
            }
        return self._components[metered]

    def all(self) -> Iterable[wasmtime.Engine]:
        """Every engine whose epoch must move on."""
        return (*self._modules.values(), *self._components.values())
