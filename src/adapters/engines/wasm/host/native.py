"""The few functions of wasmtime's C API that run a guest, bound for speed.

wasmtime's Python classes look a type up for every argument of every call and keep the last exception of a host
function in one global, which two threads would share. A host process makes a dozen calls for every attempt, so this
module binds the C functions themselves. Short calls keep the interpreter lock (`PyDLL`); what may run guest code gives
it back, because the ticker must be able to move the epoch on meanwhile.
"""

import ctypes
from collections.abc import Callable
from ctypes import POINTER, byref, c_bool, c_char_p, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from typing import Any, Protocol

from wasmtime import _bindings as capi
from wasmtime import _ffi

HostCallback = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p, POINTER(c_uint32), c_size_t)
"""A host function: (environment, caller, values, count) -> trap or NULL. A value has four 32-bit words."""

EpochCallback = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p, POINTER(c_uint64), POINTER(c_uint8))
"""Called when a store's epoch deadline passed: (context, data, more ticks, kind) -> error or NULL."""


class Words(Protocol):
    """Numbers in C memory, by index: a pointer of ctypes, which has no type of its own."""

    def __getitem__(self, index: int, /) -> int: ...
    def __setitem__(self, index: int, value: int, /) -> None: ...


_running = _ffi.dll
_quick = ctypes.PyDLL(str(_ffi.filename))


def _bind(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    # A function object of its own: the bindings that wasmtime ships keep their prototypes.
    kind = ctypes.PYFUNCTYPE if library is _quick else ctypes.CFUNCTYPE
    bound: Callable[..., Any] = kind(result, *arguments)((name, library))
    return bound


def bind_quick(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of the library that is over at once."""
    return _bind(_quick, name, result, *arguments)


def bind_running(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of the library that may run guest code: other threads go on meanwhile."""
    return _bind(_running, name, result, *arguments)


store_new = _bind(_quick, "wasmtime_store_new", c_void_p, c_void_p, c_void_p, c_void_p)
store_delete = _bind(_quick, "wasmtime_store_delete", None, c_void_p)
store_context = _bind(_quick, "wasmtime_store_context", c_void_p, c_void_p)
store_limiter = _bind(_quick, "wasmtime_store_limiter", None, c_void_p, c_int64, c_int64, c_int64, c_int64, c_int64)
store_epoch_callback = _bind(
    _quick, "wasmtime_store_epoch_deadline_callback", None, c_void_p, EpochCallback, c_void_p, c_void_p
)
context_set_epoch_deadline = _bind(_quick, "wasmtime_context_set_epoch_deadline", None, c_void_p, c_uint64)
context_set_fuel = _bind(_quick, "wasmtime_context_set_fuel", c_void_p, c_void_p, c_uint64)
context_get_fuel = _bind(_quick, "wasmtime_context_get_fuel", c_void_p, c_void_p, POINTER(c_uint64))

linker_define_function = _bind(
    _quick,
    "wasmtime_linker_define_func_unchecked",
    c_void_p,
    c_void_p,
    c_char_p,
    c_size_t,
    c_char_p,
    c_size_t,
    c_void_p,
    HostCallback,
    c_void_p,
    c_void_p,
)
linker_instantiate_pre = _bind(
    _quick, "wasmtime_linker_instantiate_pre", c_void_p, c_void_p, c_void_p, POINTER(c_void_p)
)
instance_pre_delete = _bind(_quick, "wasmtime_instance_pre_delete", None, c_void_p)
# A start section is guest code too.
instance_pre_instantiate = _bind(
    _running, "wasmtime_instance_pre_instantiate", c_void_p, c_void_p, c_void_p, c_void_p, POINTER(c_void_p)
)
instance_export_get = _bind(
    _quick, "wasmtime_instance_export_get", c_bool, c_void_p, c_void_p, c_char_p, c_size_t, c_void_p
)
call_function = _bind(
    _running,
    "wasmtime_func_call_unchecked",
    c_void_p,
    c_void_p,
    c_void_p,
    c_void_p,
    c_size_t,
    POINTER(c_void_p),
)
caller_export_get = _bind(_quick, "wasmtime_caller_export_get", c_bool, c_void_p, c_char_p, c_size_t, c_void_p)
memory_data = _bind(_quick, "wasmtime_memory_data", c_void_p, c_void_p, c_void_p)
memory_data_size = _bind(_quick, "wasmtime_memory_data_size", c_size_t, c_void_p, c_void_p)

_trap_new = _bind(_quick, "wasmtime_trap_new", c_void_p, c_char_p, c_size_t)
_trap_code = _bind(_quick, "wasmtime_trap_code", c_bool, c_void_p, POINTER(c_uint8))
_trap_delete = _bind(_quick, "wasm_trap_delete", None, c_void_p)
_error_new = _bind(_quick, "wasmtime_error_new", c_void_p, c_char_p)
_error_delete = _bind(_quick, "wasmtime_error_delete", None, c_void_p)
_error_message = _bind(_quick, "wasmtime_error_message", None, c_void_p, c_void_p)
_bytes_delete = _bind(_quick, "wasm_byte_vec_delete", None, c_void_p)


def address(pointer: Any) -> int:
    """The address behind one of wasmtime's own pointer objects."""
    return ctypes.cast(pointer, c_void_p).value or 0


def new_trap(reason: bytes) -> int:
    """A trap that ends the guest; wasmtime owns it once a host function returned it."""
    trap: int = _trap_new(reason, len(reason))
    return trap


def new_error(reason: bytes) -> int:
    """An error that ends the guest; wasmtime owns it once an epoch callback returned it."""
    error: int = _error_new(reason)
    return error


def take_trap_code(trap: int) -> int | None:
    """Frees the trap; its code, or None when a host function made it."""
    code = c_uint8()
    known = _trap_code(trap, byref(code))
    _trap_delete(trap)
    return code.value if known else None


def take_error_message(error: int) -> str:
    """Frees the error; what it says."""
    message = capi.wasm_byte_vec_t()
    _error_message(error, byref(message))
    text = ctypes.string_at(message.data, message.size).decode("utf-8", "replace")
    _bytes_delete(byref(message))
    _error_delete(error)
    return text
