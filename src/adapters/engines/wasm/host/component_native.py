"""The functions of wasmtime's C API that link and run components, bound like those in `native`.

A value of the component model is a struct of 32 bytes: its kind, and a union. `component_values` reads and makes them.
"""

import ctypes
from collections.abc import Callable
from ctypes import POINTER, c_bool, c_char_p, c_size_t, c_uint32, c_void_p

from aion.adapters.engines.wasm.host.native import bind_quick, bind_running

Maker = Callable[..., None]
"""Makes the content of a list, tuple or record: (space, count, values)."""

HostCallback = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t)
"""A host function: (data, context, type, arguments, count, results, count) -> error or NULL."""

DropCallback = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_uint32)
"""Called when a guest drops a resource of the host: (data, context, representation) -> error or NULL."""

linker_instantiate = bind_running(
    "wasmtime_component_linker_instantiate", c_void_p, c_void_p, c_void_p, c_void_p, c_void_p
)
linker_root = bind_quick("wasmtime_component_linker_root", c_void_p, c_void_p)
linker_add_instance = bind_quick(
    "wasmtime_component_linker_instance_add_instance", c_void_p, c_void_p, c_char_p, c_size_t, POINTER(c_void_p)
)
linker_add_function = bind_quick(
    "wasmtime_component_linker_instance_add_func",
    c_void_p,
    c_void_p,
    c_char_p,
    c_size_t,
    HostCallback,
    c_void_p,
    c_void_p,
)
linker_add_resource = bind_quick(
    "wasmtime_component_linker_instance_add_resource",
    c_void_p,
    c_void_p,
    c_char_p,
    c_size_t,
    c_void_p,
    DropCallback,
    c_void_p,
    c_void_p,
)
linker_instance_delete = bind_quick("wasmtime_component_linker_instance_delete", None, c_void_p)

export_index = bind_quick("wasmtime_component_get_export_index", c_void_p, c_void_p, c_void_p, c_char_p, c_size_t)
instance_function = bind_quick("wasmtime_component_instance_get_func", c_bool, c_void_p, c_void_p, c_void_p, c_void_p)
call_function = bind_running(
    "wasmtime_component_func_call", c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t
)

resource_type_new = bind_quick("wasmtime_component_resource_type_new_host", c_void_p, c_uint32)
resource_new = bind_quick("wasmtime_component_resource_host_new", c_void_p, c_bool, c_uint32, c_uint32)
resource_delete = bind_quick("wasmtime_component_resource_host_delete", None, c_void_p)
resource_to_any = bind_quick("wasmtime_component_resource_host_to_any", c_void_p, c_void_p, c_void_p, POINTER(c_void_p))
any_to_resource = bind_quick("wasmtime_component_resource_any_to_host", c_void_p, c_void_p, c_void_p, POINTER(c_void_p))
any_drop = bind_quick("wasmtime_component_resource_any_drop", c_void_p, c_void_p, c_void_p)
resource_type = bind_quick("wasmtime_component_resource_host_type", c_uint32, c_void_p)
resource_representation = bind_quick("wasmtime_component_resource_host_rep", c_uint32, c_void_p)

value_box = bind_quick("wasmtime_component_val_new", c_void_p, c_char_p)
list_new = bind_quick("wasmtime_component_vallist_new", None, c_void_p, c_size_t, c_void_p)
tuple_new = bind_quick("wasmtime_component_valtuple_new", None, c_void_p, c_size_t, c_void_p)
record_new = bind_quick("wasmtime_component_valrecord_new", None, c_void_p, c_size_t, c_void_p)
bytes_new = bind_quick("wasm_byte_vec_new", None, c_void_p, c_size_t, c_char_p)
value_free_content = bind_quick("wasmtime_component_val_delete", None, c_void_p)
