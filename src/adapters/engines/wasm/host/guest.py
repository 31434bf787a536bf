"""Runs one guest, core module or component, to its end: every way to end is a value."""

from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.components import ComponentRunner, Components
from aion.adapters.engines.wasm.host.core_modules import CoreRunner
from aion.adapters.engines.wasm.host.endings import GuestEnds, failed
from aion.adapters.engines.wasm.host.engines import Engines
from aion.adapters.engines.wasm.host.loaded import LoadedComponent, LoadedModule
from aion.domain.attempts import AttemptOutcome, AttemptResult


class GuestRunner:
    """What one lane needs to run guests of both kinds."""

    def __init__(
        self, engines: Engines, components: Components, modules: dict[int, LoadedModule | LoadedComponent]
    ) -> None:
        self._modules = modules
        self._core = CoreRunner(engines.for_modules)
        self._components = ComponentRunner(components, engines.for_components)

    def run(self, attempt: Attempt) -> AttemptResult:
        """Runs the guest."""
        try:
            attempt.go_on()
            attempt.began = True
            loaded = self._modules.get(attempt.order.slot)
            if isinstance(loaded, LoadedModule):
                self._core.run(attempt, loaded)
            elif loaded is not None:
                self._components.run(attempt, loaded)
            else:
                raise failed("ENGINE_UNAVAILABLE", "the compiled module cannot be loaded; restart AION", retryable=True)
            return AttemptResult(
                AttemptOutcome.OK, attempt.output.finish().decode(), fuel=attempt.fuel, memory_bytes=attempt.memory
            )
        except GuestEnds as ending:
            return AttemptResult(ending.outcome, failure=ending.failure, fuel=attempt.fuel, memory_bytes=attempt.memory)
