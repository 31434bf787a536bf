"""Runs one guest: a fresh store and instance for every attempt, so that nothing is carried from one to the next."""

import logging
from ctypes import addressof, byref, c_uint64, c_void_p
from dataclasses import dataclass

import wasmtime
from wasmtime import _bindings as capi

from aion.adapters.engines.wasm.host import native
from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.endings import GuestEnds, GuestExits, failed
from aion.adapters.engines.wasm.host.traps import trap_ending
from aion.adapters.engines.wasm.host.wasi import Preview1
from aion.domain.attempts import AttemptOutcome, AttemptResult

_log = logging.getLogger(__name__)
_START = b"_start"
_MOST_TABLE_ELEMENTS = 1 << 20
_MOST_TABLES = 16


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """Native code that is ready to be instantiated by any lane."""

    module: wasmtime.Module
    metered: bool


class GuestRunner:
    """What one lane needs to run guests: its host functions, linked once with every module that it has run."""

    def __init__(self, engines: dict[bool, wasmtime.Engine], modules: dict[int, LoadedModule]) -> None:
        self._engines = engines
        self._modules = modules
        self._linkers: dict[bool, wasmtime.Linker] = {}
        self._linked: dict[int, int] = {}
        self._wasi = Preview1()
        self._instance = capi.wasmtime_instance_t()
        self._instance_at = addressof(self._instance)
        self._start = capi.wasmtime_extern_t()
        self._start_function = addressof(self._start.of.func)
        self._on_epoch = native.EpochCallback(self._epoch)
        self._attempt: Attempt | None = None

    def run(self, attempt: Attempt) -> AttemptResult:
        """Runs the guest to its end; every way to end is a value."""
        fuel = 0
        try:
            loaded = self._modules.get(attempt.order.slot)
            if loaded is None:
                raise failed("ENGINE_UNAVAILABLE", "the compiled module cannot be loaded; restart AION", retryable=True)
            linked = self._linked.get(attempt.order.slot) or self._link(attempt.order.slot, loaded)
            store = native.store_new(native.address(self._engines[loaded.metered].ptr()), None, None)
            try:
                context = self._set_up(store, attempt, metered=loaded.metered)
                try:
                    self._call(attempt, linked, context)
                finally:
                    fuel = attempt.order.fuel - self._fuel_left(context) if loaded.metered else 0
            finally:
                self._attempt = None
                self._wasi.memory.detach()
                native.store_delete(store)
            return AttemptResult(AttemptOutcome.OK, attempt.output.finish().decode(), fuel=fuel)
        except GuestEnds as ending:
            return AttemptResult(ending.outcome, failure=ending.failure, fuel=fuel)

    def _set_up(self, store: int, attempt: Attempt, *, metered: bool) -> int:
        order = attempt.order
        context: int = native.store_context(store)
        native.store_limiter(store, order.memory_bytes, _MOST_TABLE_ELEMENTS, 1, _MOST_TABLES, 1)
        if metered:
            native.context_set_fuel(context, order.fuel)
        self._attempt = attempt
        native.store_epoch_callback(store, self._on_epoch, None, None)
        native.context_set_epoch_deadline(context, 1)
        self._wasi.enter(attempt, context)
        return context

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

    def _link(self, slot: int, loaded: LoadedModule) -> int:
        linker = self._linkers.get(loaded.metered)
        if linker is None:
            linker = self._linkers[loaded.metered] = wasmtime.Linker(self._engines[loaded.metered])
            self._wasi.define(linker)
        linked = c_void_p()
        error = native.linker_instantiate_pre(
            native.address(linker.ptr()), native.address(loaded.module.ptr()), byref(linked)
        )
        if error or not linked.value:
            raise failed("MODULE_TRAPPED", "the module imports something that is not WASI preview 1")
        self._linked[slot] = linked.value
        return linked.value

    def _fuel_left(self, context: int) -> int:
        left = c_uint64()
        native.context_get_fuel(context, byref(left))
        return left.value

    def _epoch(self, _context: int, _data: int, more: native.Words, _kind: native.Words) -> int | None:
        attempt = self._attempt
        if attempt is None:
            return native.new_error(b"no attempt")
        try:
            if attempt.must_end():
                attempt.ending = attempt.what_ends_it()
                return native.new_error(b"the attempt must end")
            attempt.output.flush()
            more[0] = 1
        except BaseException as ending:  # noqa: BLE001 nothing may be raised through WebAssembly
            attempt.ending = ending
            return native.new_error(b"the host failed")
        return None
