"""Runs core modules: a fresh store and instance for every attempt, so that nothing is carried from one to the next."""

import logging
from collections.abc import Callable
from ctypes import addressof, byref, c_void_p

import wasmtime
from wasmtime import _bindings as capi

from aion.adapters.engines.wasm.host import native
from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.endings import GuestEnds, GuestExits, failed
from aion.adapters.engines.wasm.host.guest_store import GuestStore, Most
from aion.adapters.engines.wasm.host.loaded import Linked, LoadedModule
from aion.adapters.engines.wasm.host.traps import trap_ending
from aion.adapters.engines.wasm.host.wasi import Preview1

_log = logging.getLogger(__name__)
_START = b"_start"
_MOST = Most(table_elements=1 << 20, instances=1, tables=16, memories=1)


class CoreRunner:
    """What one lane needs to run core modules: its host functions, linked once with every module that it has run."""

    def __init__(self, engine_for: Callable[[bool], wasmtime.Engine]) -> None:
        self._engine_for = engine_for
        self._linkers: dict[bool, wasmtime.Linker] = {}
        self._wasi = Preview1()
        self._store = GuestStore(_MOST)
        self._instance = capi.wasmtime_instance_t()
        self._instance_at = addressof(self._instance)
        self._start = capi.wasmtime_extern_t()
        self._start_function = addressof(self._start.of.func)

    def run(self, attempt: Attempt, loaded: LoadedModule) -> None:
        """Runs the guest to its end. Raises GuestEnds."""
        linked = self.linked(loaded)
        context = self._store.open(linked.engine, attempt, metered=loaded.metered)
        self._wasi.enter(attempt, context)
        try:
            self._call(attempt, linked.at, context)
        finally:
            attempt.memory = self._wasi.memory.grown_to()
            self._wasi.memory.detach()
            attempt.fuel = self._store.close()

    def linked(self, loaded: LoadedModule) -> Linked:
        """The module with this lane's host functions. Raises GuestEnds."""
        return loaded.linked.get(self) or self._link(loaded)

    def _call(self, attempt: Attempt, linked: int, context: int) -> None:
        attempt.go_on()
        trap = c_void_p()
        error = native.instance_pre_instantiate(linked, context, self._instance_at, byref(trap))
        if not error and not trap.value:
            self._wasi.memory.attach(context, self._instance_at)
            found = native.instance_export_get(context, byref(self._instance), _START, len(_START), byref(self._start))
            if not found:
                raise failed("MODULE_TRAPPED", "the module exports no function _start")
            error = native.call_function(context, self._start_function, None, 0, byref(trap))
        if error or trap.value:
            self._judge(attempt, error, trap.value)

    def _judge(self, attempt: Attempt, error: int | None, trap: int | None) -> None:
        code = native.take_trap_code(trap) if trap else None
        text = native.take_error_message(error) if error else ""
        ending = attempt.ending
        if ending is None:
            raise trap_ending(code, text, self._wasi.memory.grown_to(), attempt)
        if isinstance(ending, GuestExits):
            if ending.status:
                raise trap_ending(None, "", self._wasi.memory.grown_to(), attempt, status=ending.status)
        elif isinstance(ending, GuestEnds):
            raise ending
        else:
            _log.error("a host function failed", exc_info=ending)
            raise failed("INTERNAL", "the host that ran the module has a defect", retryable=True)

    def _link(self, loaded: LoadedModule) -> Linked:
        engine = self._engine_for(loaded.metered)
        linker = self._linkers.get(loaded.metered)
        if linker is None:
            linker = self._linkers[loaded.metered] = wasmtime.Linker(engine)
            self._wasi.define(linker)
        linked = c_void_p()
        error = native.linker_instantiate_pre(
            native.address(linker.ptr()), native.address(loaded.module.ptr()), byref(linked)
        )
        if error or not linked.value:
            raise failed("MODULE_TRAPPED", "the module imports something that is not WASI preview 1")
        kept = loaded.linked[self] = Linked(native.address(engine.ptr()), linked.value)
        return kept
