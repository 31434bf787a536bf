"""WASI 0.2 as a component sees it: three streams, clocks, randomness, exit; everything else is refused.

A component says itself which interfaces it imports, and in which 0.2.x version. Its linker is made from that: a
function that is known here is ours, any other one ends the guest when it is called. The host functions of all
components are shared by all lanes; which guest calls is known by the thread.
"""

import threading
from collections.abc import Callable, Iterator
from ctypes import byref, c_void_p, memmove

import wasmtime
from wasmtime import component

from aion.adapters.engines.wasm.host import component_native, native
from aion.adapters.engines.wasm.host.component_guest_state import ComponentGuest
from aion.adapters.engines.wasm.host.component_values import SIZE, Arguments, Value
from aion.adapters.engines.wasm.host.endings import failed
from aion.adapters.engines.wasm.host.preview2_streams import STREAMS
from aion.adapters.engines.wasm.host.preview2_world import WORLD
from aion.adapters.engines.wasm.preview2_imports import RESOURCES, interface_of

Function = Callable[[ComponentGuest, Arguments], Value | None]

_FUNCTIONS: dict[str, Function] = {**STREAMS, **WORLD}
_NUMBERS = {name: number for number, name in enumerate(RESOURCES)}


class Preview2:
    """The host functions of all components. `enter` says which guest runs on the calling thread."""

    def __init__(self) -> None:
        self._here = threading.local()
        # wasmtime keeps addresses of these; they must live as long as the linkers.
        self._callbacks: dict[str, object] = {}
        self._drop = component_native.DropCallback(self._dropped)
        self._types = {number: component_native.resource_type_new(number) for number in _NUMBERS.values()}

    def enter(self, guest: ComponentGuest | None) -> None:
        """The guest that runs on this thread from now on."""
        self._here.guest = guest

    def linker(self, engine: wasmtime.Engine, loaded: component.Component) -> component.Linker:
        """A linker with everything that the component imports. Raises RuntimeError when it cannot be."""
        linker = component.Linker(engine)
        root = component_native.linker_root(native.address(linker.ptr()))
        try:
            for name, exports in _imports(engine, loaded):
                self._define_instance(root, name, exports)
        finally:
            component_native.linker_instance_delete(root)
        return linker

    def _define_instance(self, root: int, name: str, exports: dict[str, object]) -> None:
        instance = c_void_p()
        encoded = name.encode()
        _check(name, component_native.linker_add_instance(root, encoded, len(encoded), byref(instance)))
        try:
            for inner, kind in exports.items():
                encoded = inner.encode()
                if isinstance(kind, component.FuncType):
                    callback = self._callback(f"{interface_of(name)}#{inner}")
                    error = component_native.linker_add_function(instance, encoded, len(encoded), callback, None, None)
                elif isinstance(kind, component.ResourceType) and inner in _NUMBERS:
                    kind_of = self._types[_NUMBERS[inner]]
                    error = component_native.linker_add_resource(
                        instance, encoded, len(encoded), kind_of, self._drop, None, None
                    )
                else:
                    continue
                _check(f"{name}#{inner}", error)
        finally:
            component_native.linker_instance_delete(instance)

    def _callback(self, name: str) -> object:
        if name not in self._callbacks:
            self._callbacks[name] = component_native.HostCallback(self._served(name, _FUNCTIONS.get(name)))
        return self._callbacks[name]

    def _served(self, name: str, function: Function | None) -> Callable[..., int | None]:
        here = self._here

        def serve(
            _data: int, context: int, _type: int, arguments: int, count: int, results: int, _results: int
        ) -> int | None:
            guest: ComponentGuest = here.guest
            try:
                if function is None:
                    raise failed("MODULE_TRAPPED", f"the module called wasi:{name}, which is not there for a module")
                given = Arguments(context, arguments, count)
                value = function(guest, given)
                given.give_back()
                if value is not None:
                    memmove(results, value, SIZE)
            except BaseException as ending:  # noqa: BLE001 nothing may be raised through WebAssembly
                guest.attempt.ending = ending
                return native.new_error(b"the host ended the attempt")
            return None

        return serve

    def _dropped(self, _data: int, _context: int, representation: int) -> None:
        guest: ComponentGuest | None = self._here.guest
        if guest is not None:
            guest.dropped(representation)


def _imports(engine: wasmtime.Engine, loaded: component.Component) -> Iterator[tuple[str, dict[str, object]]]:
    for name, extern in loaded.type.imports(engine).items():
        kind = extern.ty
        if isinstance(kind, component.ComponentInstanceType):
            yield name, {inner: item.ty for inner, item in kind.exports(engine).items()}


def _check(what: str, error: int | None) -> None:
    if error:
        raise RuntimeError(f"wasmtime refused to define {what}: {native.take_error_message(error)}")
