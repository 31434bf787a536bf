"""Types of the component model, written in the words of WIT, so that two of them are compared as texts.

Whoever made the component chose its types: a type of a hundred lines can stand for a billion of them. Reading is
bounded, and what cannot be read is an error, never a guess.
"""

from collections.abc import Iterable

import wasmtime
from wasmtime import _bindings as capi
from wasmtime import component

from aion.adapters.engines.wasm.preview2_types import Signature

_MOST_STEPS = 200_000
"""A step for each letter of a name, since all of them end in one text. To import all of WASI takes half of them."""

_TYPE_STEPS = 8

_PLAIN: dict[type, str] = {
    component.Bool: "bool",
    component.S8: "s8",
    component.S16: "s16",
    component.S32: "s32",
    component.S64: "s64",
    component.U8: "u8",
    component.U16: "u16",
    component.U32: "u32",
    component.U64: "u64",
    component.F32: "f32",
    component.F64: "f64",
    component.Char: "char",
    component.String: "string",
}


class Unreadable(Exception):
    """A type of a kind that no function of WASI 0.2 has, or one that is too large."""


class TypeReader:
    """Reads the types of one component. A resource has the name under which an interface declares it."""

    def __init__(self) -> None:
        self._resources: list[tuple[component.ResourceType, str]] = []
        self._left = _MOST_STEPS

    def name(self, resource: component.ResourceType, name: str) -> None:
        """Gives a resource its name. Raises Unreadable when it has another one."""
        known = self._find(resource)
        if known is None:
            self._resources.append((resource, name))
        elif known != name:
            raise Unreadable(f"one resource that is named {known} and {name}")

    def signature(self, function: component.FuncType) -> Signature:
        """What a function takes and returns."""
        if capi.wasmtime_component_func_type_async(function.ptr()):
            raise Unreadable("an async function")
        try:
            returned = function.result
            parameters = tuple(self.written(kind) for _, kind in function.params)
            return Signature(parameters, None if returned is None else self.written(returned))
        except (TypeError, RecursionError, wasmtime.WasmtimeError) as unknown:
            raise Unreadable(f"types that cannot be read ({unknown})") from unknown

    def written(self, kind: object) -> str:
        """The type in the words of WIT."""
        self._step(_TYPE_STEPS)
        plain = _PLAIN.get(type(kind))
        if plain is not None:
            return plain
        match kind:
            case component.ListType():
                return f"list<{self.written(kind.element)}>"
            case component.TupleType():
                return f"tuple<{self._joined(kind.elements)}>"
            case component.OptionType():
                return f"option<{self.written(kind.payload)}>"
            case component.ResultType():
                return self._result(kind.ok, kind.err)
            case component.OwnType():
                return f"own<{self._resource(kind.ty)}>"
            case component.BorrowType():
                return f"borrow<{self._resource(kind.ty)}>"
            case _:
                return self._named_parts(kind)

    def _named_parts(self, kind: object) -> str:
        match kind:
            case component.RecordType():
                return _braces("record", (f"{self._word(name)}: {self.written(inner)}" for name, inner in kind.fields))
            case component.VariantType():
                return _braces("variant", (self._case(name, inner) for name, inner in kind.cases))
            case component.EnumType():
                return _braces("enum", (self._word(name) for name in kind.names))
            case component.FlagsType():
                return _braces("flags", (self._word(name) for name in kind.names))
            case _:
                raise Unreadable(f"a {type(kind).__name__}")

    def _result(self, ok: object, err: object) -> str:
        if err is None:
            return "result" if ok is None else f"result<{self.written(ok)}>"
        return f"result<{'_' if ok is None else self.written(ok)}, {self.written(err)}>"

    def _case(self, name: str, inner: object) -> str:
        word = self._word(name)
        return word if inner is None else f"{word}({self.written(inner)})"

    def _word(self, name: str) -> str:
        self._step(1 + len(name))
        return name

    def _joined(self, kinds: Iterable[object]) -> str:
        return ", ".join([self.written(kind) for kind in kinds])

    def _resource(self, resource: component.ResourceType) -> str:
        name = self._find(resource)
        if name is None:
            raise Unreadable("a resource that no interface declares")
        return name

    def _find(self, resource: component.ResourceType) -> str | None:
        for known, name in self._resources:
            self._step()
            if known == resource:
                return name
        return None

    def _step(self, size: int = 1) -> None:
        self._left -= size
        if self._left < 0:
            raise Unreadable("types that are too large")


def _braces(word: str, parts: Iterable[str]) -> str:
    return f"{word} {{ {', '.join(parts)} }}"
