"""The arguments that a component gives to a host function, read from C memory.

A value is read as what its function's signature says. Whether it is that was made sure when the component was linked;
here it is looked at again, before anything that the value points to is touched: a guest's number that is taken for an
address would be the host's end.
"""

import ctypes
from ctypes import byref, c_void_p
from dataclasses import dataclass
from struct import Struct

from aion.adapters.engines.wasm.host import component_native as native
from aion.adapters.engines.wasm.host.component_values import ENUM, LIST, RESOURCE, RESULT, SIZE, STRING, U8, U64
from aion.adapters.engines.wasm.host.native import take_error_message
from aion.adapters.engines.wasm.preview2_imports import RESOURCES
from aion.adapters.engines.wasm.preview2_types import Signature

# WASI lets a guest write 4096 bytes at once. Each is 32 bytes in here, for every lane, and holds the interpreter.
_MOST_BYTES = 1 << 16
_WORDS = Struct("<QQQQ")
_KINDS = {
    "u8": U8,
    "u64": U64,
    "string": STRING,
    "list": LIST,
    "enum": ENUM,
    "result": RESULT,
    "borrow": RESOURCE,
}
_BORROWED = "borrow<"


class Mistyped(Exception):
    """A value is not what the function's signature says."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The kinds of a function's arguments, and by place the number of the resource that it lends, or -1."""

    kinds: bytes
    resources: tuple[int, ...]


def shape_of(signature: Signature) -> Shape:
    """What arguments of this type look like. Raises KeyError for a type that no argument has."""
    words = [written.partition("<")[0].partition(" ")[0] for written in signature.parameters]
    lent = tuple(_resource_of(written) for written in signature.parameters)
    return Shape(bytes(_KINDS[word] for word in words), lent)


def _resource_of(written: str) -> int:
    _, borrowed, rest = written.partition(_BORROWED)
    return RESOURCES.index(rest.partition(">")[0]) if borrowed else -1


class Arguments:
    """The arguments of one call, by their place. They must be read before the call returns.

    What a guest lends to the host must be given back before the call returns: by asking for its representation, or by
    `give_back`.
    """

    __slots__ = ("_lent", "_raw", "_shape", "context")

    def __init__(self, context: int, address: int | None, count: int, shape: Shape) -> None:
        if count != len(shape.kinds):
            raise Mistyped(f"{count} arguments; there must be {len(shape.kinds)}")
        self.context = context
        self._shape = shape
        self._raw = ctypes.string_at(address, SIZE * count) if address and count else b""
        if self._raw[::SIZE] != shape.kinds:
            raise Mistyped(f"arguments of the kinds {list(self._raw[::SIZE])}; they must be {list(shape.kinds)}")
        # Every method of WASI lends its resource as the first argument, and few lend another.
        self._lent = shape.kinds[:1] == _FIRST_IS_LENT

    def number(self, place: int) -> int:
        """An unsigned number of 64 bits."""
        return self._words(place, U64)[1]

    def small(self, place: int) -> int:
        """A number of 8 bits."""
        return self._words(place, U8)[1] & 0xFF

    def is_ok(self, place: int) -> bool:
        """Whether a result is ok."""
        return bool(self._words(place, RESULT)[1] & 0xFF)

    def bytes_of(self, place: int) -> bytes:
        """A list<u8>."""
        raw = self._list(place, _MOST_BYTES)
        if raw[::SIZE].count(U8) * SIZE != len(raw):
            raise Mistyped("a list that has something else than bytes")
        return raw[8::SIZE]

    def resource(self) -> int:
        """What the host put into the resource whose method is called."""
        self._lent = False
        return self.representation(0)

    def representation(self, place: int) -> int:
        """The same for another argument."""
        return self._take(self._words(place, RESOURCE)[1], place)

    def representations(self, place: int, most: int) -> list[int]:
        """The same for a list. Raises Mistyped when it has more than `most`."""
        raw = self._list(place, most)
        if raw[::SIZE].count(RESOURCE) * SIZE != len(raw):
            raise Mistyped("a list that has something else than resources")
        return [self._take(handle, place) for _, handle, _, _ in _WORDS.iter_unpack(raw)]

    def length(self, place: int) -> int:
        """Of a list."""
        return self._words(place, LIST)[1]

    def give_back(self) -> None:
        """Gives the resource back whose method is called, unless `resource` did."""
        if self._lent and (error := native.any_drop(self.context, self._words(0, RESOURCE)[1])):
            raise RuntimeError(f"wasmtime does not take a resource back: {take_error_message(error)}")

    def _words(self, place: int, kind: int) -> tuple[int, int, int, int]:
        if place >= len(self._shape.kinds) or self._shape.kinds[place] != kind:
            raise Mistyped(f"argument {place} is not of the kind {kind}")
        words: tuple[int, int, int, int] = _WORDS.unpack_from(self._raw, SIZE * place)
        return words

    def _list(self, place: int, most: int) -> bytes:
        _, length, address, _ = self._words(place, LIST)
        if length > most:
            raise Mistyped(f"a list of {length}; at most {most} are taken at once")
        return ctypes.string_at(address, SIZE * length) if length else b""

    def _take(self, handle: int, place: int) -> int:
        resource = c_void_p()
        if error := native.any_to_resource(self.context, handle, byref(resource)):
            raise RuntimeError(f"wasmtime knows no such resource: {take_error_message(error)}")
        kind, found = native.resource_type(resource), native.resource_representation(resource)
        native.resource_delete(resource)
        if kind != self._shape.resources[place]:
            raise Mistyped(f"a resource of type {kind}; it must be of type {self._shape.resources[place]}")
        return int(found)


_FIRST_IS_LENT = bytes((RESOURCE,))
