"""The wasmtime configurations of core modules and of components, shared by the child that compiles and the hosts.

wasmtime refuses compiled code whose configuration differs, so both sides must build their engine here. Raise the
REVISION of `revision.py` when something changes that wasmtime does not compare by itself: the cache of compiled modules
is keyed by it.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import wasmtime
from wasmtime import _ffi

_STACK_BYTES = 1 << 20
_ADDRESS_SPACE = 4 << 30
_KEPT_BYTES = 64 << 10
_MOST_TABLE_ELEMENTS = 1 << 17
_MOST_TABLES = 4
_MOST_CORE_INSTANCES = 256
_MOST_COMPONENT_TABLES = 32


def build_engine(*, metered: bool, guests: int) -> wasmtime.Engine:
    """An engine of core modules for so many guests at once; `metered` ones count fuel, which costs some speed."""
    config = _config(metered=metered)
    _reserve(
        config,
        total_core_instances=guests,
        total_memories=guests,
        total_tables=guests * _MOST_TABLES,
        max_tables_per_module=_MOST_TABLES,
    )
    return wasmtime.Engine(config)


def build_component_engine(*, metered: bool, guests: int) -> wasmtime.Engine:
    """The same for components. One consists of many core modules and has one memory, which they share."""
    config = _config(metered=metered)
    config.wasm_component_model = True
    # Calls that wait for each other need WASI 0.3, and cost every call of 0.2.
    _switch_off(config, "wasmtime_config_wasm_component_model_async_set")
    _switch_off(config, "wasmtime_config_concurrency_support_set")
    _reserve(
        config,
        total_component_instances=guests,
        total_core_instances=guests * _MOST_CORE_INSTANCES,
        max_core_instances_per_component=_MOST_CORE_INSTANCES,
        total_memories=guests,
        max_memories_per_component=1,
        total_tables=guests * _MOST_COMPONENT_TABLES,
        max_tables_per_component=_MOST_COMPONENT_TABLES,
        max_tables_per_module=_MOST_COMPONENT_TABLES,
    )
    return wasmtime.Engine(config)


def _config(*, metered: bool) -> wasmtime.Config:
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
    return config


def _reserve(config: wasmtime.Config, **counts: int) -> None:
    """Reserves address space for all guests once, which saves a fifth of a short call.

    wasmtime gives a slot to the next guest only after it was made zero again: the first `_KEPT_BYTES` by hand, the
    rest by the kernel.
    """
    sizes = {
        "table_elements": _MOST_TABLE_ELEMENTS,
        "max_memory_size": _ADDRESS_SPACE,
        "linear_memory_keep_resident": _KEPT_BYTES,
        "table_keep_resident": _KEPT_BYTES,
    }
    pool = _function("wasmtime_pooling_allocation_config_new", ctypes.c_void_p)()
    for kind, values in ((ctypes.c_uint32, counts), (ctypes.c_size_t, sizes)):
        for name, value in values.items():
            _function(f"wasmtime_pooling_allocation_config_{name}_set", None, ctypes.c_void_p, kind)(pool, value)
    use = _function("wasmtime_pooling_allocation_strategy_set", None, ctypes.c_void_p, ctypes.c_void_p)
    use(ctypes.cast(config.ptr(), ctypes.c_void_p), pool)
    _function("wasmtime_pooling_allocation_config_delete", None, ctypes.c_void_p)(pool)


def _switch_off(config: wasmtime.Config, name: str) -> None:
    _function(name, None, ctypes.c_void_p, ctypes.c_bool)(ctypes.cast(config.ptr(), ctypes.c_void_p), False)


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    bound: Callable[..., Any] = ctypes.CFUNCTYPE(result, *arguments)((name, _ffi.dll))
    return bound
