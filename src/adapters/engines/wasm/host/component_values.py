"""Values of the component model in C memory: made as 32 bytes each, read from the arguments of a call.

A list of bytes is a list of values of 32 bytes each. It is made and read by slices with a stride, never byte by byte.
"""

import ctypes
from collections.abc import Sequence
from ctypes import byref, c_void_p
from struct import Struct

from aion.adapters.engines.wasm.host import component_native as native
from aion.adapters.engines.wasm.host.native import take_error_message

SIZE = 32
"""Of one value."""

_U8, _U32, _U64, _STRING, _LIST, _RECORD, _TUPLE, _VARIANT = 2, 6, 8, 12, 13, 14, 15, 16
_ENUM, _OPTION, _RESULT, _RESOURCE = 17, 18, 19, 21
_WORDS = Struct("<QQQQ")
_PAIR = Struct("<QQ")
_FLAG_AND_POINTER = Struct("<QB7xQQ")

Value = bytes
"""One value; what it points to belongs to whoever takes the value."""


def u64(number: int) -> Value:
    """A 64-bit number."""
    return _WORDS.pack(_U64, number, 0, 0)


def u32(number: int) -> Value:
    """A 32-bit number."""
    return _WORDS.pack(_U32, number, 0, 0)


def true_or_false(fact: bool) -> Value:
    """A bool."""
    return _WORDS.pack(0, int(fact), 0, 0)


def byte_list(data: bytes | memoryview) -> Value:
    """A list<u8>."""
    raw = bytearray(SIZE * len(data))
    raw[0::SIZE] = bytes((_U8,)) * len(data)
    raw[8::SIZE] = data
    return _filled(_LIST, native.list_new, raw, len(data))


def value_list(values: Sequence[Value]) -> Value:
    """A list of other values."""
    return _filled(_LIST, native.list_new, bytearray(b"".join(values)), len(values))


def value_tuple(*values: Value) -> Value:
    """A tuple."""
    return _filled(_TUPLE, native.tuple_new, bytearray(b"".join(values)), len(values))


def record(**fields: Value) -> Value:
    """A record, whose fields must come in the order of its type."""
    raw = b"".join(_name(field.replace("_", "-")) + value for field, value in fields.items())
    return _filled(_RECORD, native.record_new, bytearray(raw), len(fields))


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
    return _WORDS.pack(_STRING, *_PAIR.unpack(_name(text)), 0)


def enumeration(case: str) -> Value:
    """A case of an enum."""
    return _WORDS.pack(_ENUM, *_PAIR.unpack(_name(case)), 0)


def variant(case: str) -> Value:
    """A case of a variant that carries nothing."""
    return _WORDS.pack(_VARIANT, *_PAIR.unpack(_name(case)), 0)


def nothing() -> Value:
    """An option that is none."""
    return _WORDS.pack(_OPTION, 0, 0, 0)


def good(value: Value | None = None) -> Value:
    """A result that is ok."""
    return _FLAG_AND_POINTER.pack(_RESULT, 1, native.value_box(value) if value else 0, 0)


def bad(value: Value | None = None) -> Value:
    """A result that is an error."""
    return _FLAG_AND_POINTER.pack(_RESULT, 0, native.value_box(value) if value else 0, 0)


def owned(context: int, representation: int, kind: int) -> Value:
    """A resource of the host, which the guest owns from now on."""
    resource = native.resource_new(True, representation, kind)
    handle = c_void_p()
    error = native.resource_to_any(context, resource, byref(handle))
    native.resource_delete(resource)
    if error:
        raise RuntimeError(f"wasmtime makes no handle: {take_error_message(error)}")
    return _WORDS.pack(_RESOURCE, handle.value or 0, 0, 0)


class Arguments:
    """The arguments of one call, by their place. They must be read before the call returns.

    What a guest lends to the host must be given back before the call returns: by asking for its representation, or by
    `give_back`.
    """

    __slots__ = ("_lent", "_raw", "context")

    def __init__(self, context: int, address: int | None, count: int) -> None:
        self.context = context
        self._raw = ctypes.string_at(address, SIZE * count) if address else b""
        # Every method of WASI lends its resource as the first argument, and few lend another.
        self._lent = count > 0 and self._raw[0] == _RESOURCE

    def number(self, place: int) -> int:
        """An unsigned number of 64 bits."""
        number: int = _WORDS.unpack_from(self._raw, SIZE * place)[1]
        return number

    def small(self, place: int) -> int:
        """The lowest byte: an u8, or whether a result is ok."""
        return self._raw[SIZE * place + 8]

    def bytes_of(self, place: int) -> bytes:
        """A list<u8>."""
        _, length, address, _ = _WORDS.unpack_from(self._raw, SIZE * place)
        return ctypes.string_at(address, SIZE * length)[8::SIZE] if length else b""

    def resource(self) -> int:
        """What the host put into the resource whose method is called."""
        self._lent = False
        return self.representation(0)

    def representation(self, place: int) -> int:
        """The same for another argument."""
        return self._take(self.number(place))

    def representations(self, place: int) -> list[int]:
        """The same for a list."""
        _, length, address, _ = _WORDS.unpack_from(self._raw, SIZE * place)
        raw = ctypes.string_at(address, SIZE * length) if length else b""
        return [self._take(handle) for _, handle, _, _ in _WORDS.iter_unpack(raw)]

    def give_back(self) -> None:
        """Gives the resource back whose method is called, unless `resource` did."""
        if self._lent and (error := native.any_drop(self.context, self.number(0))):
            raise RuntimeError(f"wasmtime does not take a resource back: {take_error_message(error)}")

    def _take(self, handle: int) -> int:
        resource = c_void_p()
        if error := native.any_to_resource(self.context, handle, byref(resource)):
            raise RuntimeError(f"wasmtime knows no such resource: {take_error_message(error)}")
        found: int = native.resource_representation(resource)
        native.resource_delete(resource)
        return found
