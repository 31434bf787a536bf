"""The one wasmtime configuration, shared by the child that compiles and the children that run.

wasmtime refuses compiled code whose configuration differs, so both sides must build their engine here. Raise REVISION
when something changes that wasmtime does not compare by itself: the cache of compiled modules is keyed by it.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import wasmtime
from wasmtime import _ffi

REVISION = "2"
"""Part of the name of every cached file."""

_STACK_BYTES = 1 << 20
_ADDRESS_SPACE = 4 << 30


_KEPT_BYTES = 64 << 10
_MOST_TABLE_ELEMENTS = 1 << 17
_MOST_TABLES = 4


def build_engine(*, metered: bool, guests: int) -> wasmtime.Engine:
    """An engine for so many guests at once; `metered` ones count fuel, which costs a few percent of speed."""
    config = wasmtime.Config()
    config.consume_fuel = metered
    config.epoch_interruption = True
    config.max_wasm_stack = _STACK_BYTES
    # A memory that never moves lets the host keep its address for a whole attempt.
    config.memory_may_move = False
    config.memory_reservation = _ADDRESS_SPACE
    config.wasm_threads = False
    config.shared_memory = False
    config.wasm_memory64 = False
    config.wasm_multi_memory = False
    # A collected heap is memory too; a guest that fills it would end as a trap that does not say so.
    config.wasm_gc = False
    config.wasm_relaxed_simd_deterministic = True
    _reserve(config, guests)
    return wasmtime.Engine(config)


def _reserve(config: wasmtime.Config, guests: int) -> None:
    """Reserves address space for all guests once, which saves a fifth of a short call.

    wasmtime gives a slot to the next guest only after it was made zero again: the first `_KEPT_BYTES` by hand, the
    rest by the kernel.
    """
    pool = _function("new", ctypes.c_void_p)()
    for name, kind, value in (
        ("total_core_instances", ctypes.c_uint32, guests),
        ("total_memories", ctypes.c_uint32, guests),
        ("total_tables", ctypes.c_uint32, guests * _MOST_TABLES),
        ("max_tables_per_module", ctypes.c_uint32, _MOST_TABLES),
        ("table_elements", ctypes.c_size_t, _MOST_TABLE_ELEMENTS),
        ("max_memory_size", ctypes.c_size_t, _ADDRESS_SPACE),
        ("linear_memory_keep_resident", ctypes.c_size_t, _KEPT_BYTES),
        ("table_keep_resident", ctypes.c_size_t, _KEPT_BYTES),
    ):
        _function(f"{name}_set", None, ctypes.c_void_p, kind)(pool, value)
    use = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(
        ("wasmtime_pooling_allocation_strategy_set", _ffi.dll)
    )
    use(ctypes.cast(config.ptr(), ctypes.c_void_p), pool)
    _function("delete", None, ctypes.c_void_p)(pool)


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    bound: Callable[..., Any] = ctypes.CFUNCTYPE(result, *arguments)(
        (f"wasmtime_pooling_allocation_config_{name}", _ffi.dll)
    )
    return bound
