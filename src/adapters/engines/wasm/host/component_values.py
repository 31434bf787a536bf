"""Values of the component model in C memory, 32 bytes each, made for the results of a call.

A list of bytes is a list of values of 32 bytes each. It is made by slices with a stride, never byte by byte.
"""

import ctypes
from collections.abc import Sequence
from ctypes import byref, c_void_p
from struct import Struct

from aion.adapters.engines.wasm.host import component_native as native
from aion.adapters.engines.wasm.host.native import take_error_message

SIZE = 32
"""Of one value."""

U8, U32, U64, STRING, LIST, RECORD, TUPLE, VARIANT = 2, 6, 8, 12, 13, 14, 15, 16
ENUM, OPTION, RESULT, RESOURCE = 17, 18, 19, 21
"""What kind a value is: its first byte. A bool is 0."""

_WORDS = Struct("<QQQQ")
_PAIR = Struct("<QQ")
_FLAG_AND_POINTER = Struct("<QB7xQQ")

Value = bytes
"""One value; what it points to belongs to whoever takes the value."""


def u64(number: int) -> Value:
    """A 64-bit number."""
    return _WORDS.pack(U64, number, 0, 0)


def u32(number: int) -> Value:
    """A 32-bit number."""
    return _WORDS.pack(U32, number, 0, 0)


def true_or_false(fact: bool) -> Value:
    """A bool."""
    return _WORDS.pack(0, int(fact), 0, 0)


def byte_list(data: bytes | memoryview) -> Value:
    """A list<u8>."""
    raw = bytearray(SIZE * len(data))
    raw[0::SIZE] = bytes((U8,)) * len(data)
    raw[8::SIZE] = data
    return _filled(LIST, native.list_new, raw, len(data))


def value_list(values: Sequence[Value]) -> Value:
    """A list of other values."""
    return _filled(LIST, native.list_new, bytearray(b"".join(values)), len(values))


def value_tuple(*values: Value) -> Value:
    """A tuple."""
    return _filled(TUPLE, native.tuple_new, bytearray(b"".join(values)), len(values))


def record(**fields: Value) -> Value:
    """A record, whose fields must come in the order of its type."""
    raw = b"".join(_name(field.replace("_", "-")) + value for field, value in fields.items())
    return _filled(RECORD, native.record_new, bytearray(raw), len(fields))


def _filled(kind: int, make: "native.Maker", raw: bytearray, count: int) -> Value:
    space = (ctypes.c_uint64 * 2)()
    content = (ctypes.c_char * len(raw)).from_buffer(raw) if raw else None
    make(byref(space), count, ctypes.addressof(content) if content is not None else None)
    return _WORDS.pack(kind, space[0], space[1], 0)


def _name(text: str) -> bytes:
    encoded = text.encode()
    space = (ctypes.c_uint64 * 2)()
    native.bytes_new(byref(space), len(encoded), encoded)
    return _PAIR.pack(space[0], space[1])


def string(text: str) -> Value:
    """A text."""
    return _WORDS.pack(STRING, *_PAIR.unpack(_name(text)), 0)


def enumeration(case: str) -> Value:
    """A case of an enum."""
    return _WORDS.pack(ENUM, *_PAIR.unpack(_name(case)), 0)


def variant(case: str) -> Value:
    """A case of a variant that carries nothing."""
    return _WORDS.pack(VARIANT, *_PAIR.unpack(_name(case)), 0)


def nothing() -> Value:
    """An option that is none."""
    return _WORDS.pack(OPTION, 0, 0, 0)


def good(value: Value | None = None) -> Value:
    """A result that is ok."""
    return _FLAG_AND_POINTER.pack(RESULT, 1, native.value_box(value) if value else 0, 0)


def bad(value: Value | None = None) -> Value:
    """A result that is an error."""
    return _FLAG_AND_POINTER.pack(RESULT, 0, native.value_box(value) if value else 0, 0)


def owned(context: int, representation: int, kind: int) -> Value:
    """A resource of the host, which the guest owns from now on."""
    resource = native.resource_new(True, representation, kind)
    handle = c_void_p()
    error = native.resource_to_any(context, resource, byref(handle))
    native.resource_delete(resource)
    if error:
        raise RuntimeError(f"wasmtime makes no handle: {take_error_message(error)}")
    return _WORDS.pack(RESOURCE, handle.value or 0, 0, 0)
