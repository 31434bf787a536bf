"""Loads components and runs them: a fresh store and instance for every attempt, as with core modules."""

import ctypes
import logging
from collections.abc import Callable
from ctypes import addressof, byref

import wasmtime
from wasmtime import _bindings as capi
from wasmtime import component

from aion.adapters.engines.wasm.host import component_native, native
from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.component_arguments import Arguments, Shape
from aion.adapters.engines.wasm.host.component_guest_state import ComponentGuest
from aion.adapters.engines.wasm.host.component_values import RESULT, SIZE
from aion.adapters.engines.wasm.host.endings import GuestEnds, GuestExits, failed
from aion.adapters.engines.wasm.host.guest_store import GuestStore, Most
from aion.adapters.engines.wasm.host.loaded import LoadedComponent
from aion.adapters.engines.wasm.host.preview2 import Preview2
from aion.adapters.engines.wasm.host.traps import component_ending
from aion.adapters.engines.wasm.preview2_imports import NotWasi, imports_of, run_of

_log = logging.getLogger(__name__)
_MOST = Most(table_elements=1 << 20, instances=256, tables=64, memories=1)
_RUN = b"run"
_ANSWER = Shape(bytes((RESULT,)), (-1,))


class Components:
    """What all lanes share: the host functions that components import."""

    def __init__(self, engine_for: Callable[[bool], wasmtime.Engine]) -> None:
        self._engine_for = engine_for
        self.preview2 = Preview2()

    def load(self, code: bytes, *, metered: bool) -> LoadedComponent:
        """A component from its native code. Raises wasmtime.WasmtimeError or RuntimeError."""
        engine = self._engine_for(metered)
        loaded = component.Component.deserialize(engine, code)
        # What compiled it looked at its types too, but this is the process that they could harm.
        try:
            imported = imports_of(loaded.type, engine)
            named = run_of(loaded.type, engine)
        except NotWasi as problem:
            raise RuntimeError(f"the component is refused: {problem}") from problem
        at = native.address(loaded.ptr())
        encoded = named.encode()
        interface = component_native.export_index(at, None, encoded, len(encoded))
        run = component_native.export_index(at, interface, _RUN, len(_RUN)) if interface else None
        if not run:
            raise RuntimeError(f"the component's {named} has no function run")
        return LoadedComponent(loaded, metered, self.preview2.linker(engine, imported), run)


class ComponentRunner:
    """What one lane needs to run components."""

    def __init__(self, components: Components, engine_for: Callable[[bool], wasmtime.Engine]) -> None:
        self._preview2 = components.preview2
        self._engine_for = engine_for
        self._store = GuestStore(_MOST)
        self._instance = capi.wasmtime_component_instance_t()
        self._function = capi.wasmtime_component_func_t()
        self._result = ctypes.create_string_buffer(SIZE)

    def run(self, attempt: Attempt, loaded: LoadedComponent) -> None:
        """Runs the guest to its end. Raises GuestEnds."""
        store = self._store
        context = store.open(native.address(self._engine_for(loaded.metered).ptr()), attempt, metered=loaded.metered)
        self._preview2.enter(ComponentGuest(attempt))
        try:
            attempt.go_on()
            self._call(attempt, loaded, context)
        finally:
            self._preview2.enter(None)
            attempt.fuel = store.close()

    def _call(self, attempt: Attempt, loaded: LoadedComponent, context: int) -> None:
        instance, function = addressof(self._instance), addressof(self._function)
        error = component_native.linker_instantiate(
            native.address(loaded.linker.ptr()), context, native.address(loaded.component.ptr()), instance
        )
        if not error:
            if not component_native.instance_function(instance, context, loaded.run, function):
                raise failed("MODULE_TRAPPED", "the component's wasi:cli/run has no function run")
            error = component_native.call_function(function, context, None, 0, byref(self._result), 1)
        if error:
            self._judge(attempt, native.take_error_message(error))
        elif not Arguments(context, addressof(self._result), 1, _ANSWER).is_ok(0):
            raise component_ending("", attempt, status=1)

    def _judge(self, attempt: Attempt, text: str) -> None:
        ending = attempt.ending
        if ending is None:
            raise component_ending(text, attempt)
        if isinstance(ending, GuestExits):
            if ending.status:
                raise component_ending("", attempt, status=ending.status)
        elif isinstance(ending, GuestEnds):
            raise ending
        else:
            _log.error("a host function failed", exc_info=ending)
            raise failed("INTERNAL", "the host that ran the module has a defect", retryable=True)
