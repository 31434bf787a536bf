"""WASI 0.2 as a component sees it: three streams, clocks, randomness, exit; everything else is refused.

A component says itself which interfaces it imports, and in which 0.2.x version. Its linker is made from that: a
function that is known here is ours, any other one ends the guest when it is called. The host functions of all
components are shared by all lanes; which guest calls is known by the thread.
"""

import threading
from collections.abc import Callable, Iterable
from ctypes import byref, c_void_p, memmove

import wasmtime
from wasmtime import component

from aion.adapters.engines.wasm.host import component_native, native
from aion.adapters.engines.wasm.host.component_arguments import Arguments, Mistyped, shape_of
from aion.adapters.engines.wasm.host.component_guest_state import ComponentGuest
from aion.adapters.engines.wasm.host.component_values import SIZE, Value
from aion.adapters.engines.wasm.host.endings import failed
from aion.adapters.engines.wasm.host.preview2_streams import STREAMS
from aion.adapters.engines.wasm.host.preview2_world import WORLD
from aion.adapters.engines.wasm.preview2_imports import RESOURCES, Imported, interface_of
from aion.adapters.engines.wasm.preview2_types import SIGNATURES, Signature

Function = Callable[[ComponentGuest, Arguments], Value | None]

FUNCTIONS: dict[str, Function] = {**STREAMS, **WORLD}
"""What is served, by interface and name: the same names as SIGNATURES has."""

_MOST_NAME = 200
_NUMBERS = {name: number for number, name in enumerate(RESOURCES)}


class Preview2:
    """The host functions of all components. `enter` says which guest runs on the calling thread."""

    def __init__(self) -> None:
        self._here = threading.local()
        # wasmtime keeps addresses of these; they must live as long as the linkers and whatever they linked.
        self._served = {
            name: component_native.HostCallback(self._serving(name, FUNCTIONS[name], signature))
            for name, signature in SIGNATURES.items()
        }
        self._refused = component_native.HostCallback(self._refuse)
        self._drop = component_native.DropCallback(self._dropped)
        self._types = {number: component_native.resource_type_new(number) for number in _NUMBERS.values()}
        # A stub is told the place of its name here, plus one: names come from components, so none is kept twice.
        self._refused_names: list[str] = []
        self._places: dict[str, int] = {}

    def enter(self, guest: ComponentGuest | None) -> None:
        """The guest that runs on this thread from now on."""
        self._here.guest = guest

    def linker(self, engine: wasmtime.Engine, imports: Iterable[Imported]) -> component.Linker:
        """A linker with everything that a component imports. Raises RuntimeError when it cannot be."""
        linker = component.Linker(engine)
        root = component_native.linker_root(native.address(linker.ptr()))
        try:
            for imported in imports:
                self._define_instance(root, imported)
        finally:
            component_native.linker_instance_delete(root)
        return linker

    def _define_instance(self, root: int, imported: Imported) -> None:
        instance = c_void_p()
        encoded = imported.name.encode()
        _check(imported.name, component_native.linker_add_instance(root, encoded, len(encoded), byref(instance)))
        try:
            for inner in imported.functions:
                self._define_function(instance, imported.name, inner)
            for inner, resource in imported.resources.items():
                encoded = inner.encode()
                kind = self._types[_NUMBERS[resource]]
                error = component_native.linker_add_resource(
                    instance, encoded, len(encoded), kind, self._drop, None, None
                )
                _check(f"{imported.name}#{inner}", error)
        finally:
            component_native.linker_instance_delete(instance)

    def _define_function(self, instance: c_void_p, interface: str, inner: str) -> None:
        name = f"{interface_of(interface)}#{inner}"
        callback = self._served.get(name)
        place = None if callback else self._place_of(name)
        encoded = inner.encode()
        error = component_native.linker_add_function(
            instance, encoded, len(encoded), callback or self._refused, place, None
        )
        _check(f"{interface}#{inner}", error)

    def _place_of(self, name: str) -> int:
        short = name[:_MOST_NAME]
        if short not in self._places:
            self._refused_names.append(short)
            self._places[short] = len(self._refused_names)
        return self._places[short]

    def _serving(self, name: str, function: Function, signature: Signature) -> Callable[..., int | None]:
        here = self._here
        shape = shape_of(signature)
        most_results = 0 if signature.result is None else 1

        def serve(
            _data: int, context: int, _type: int, arguments: int, count: int, results: int, room: int
        ) -> int | None:
            try:
                guest: ComponentGuest = here.guest
                if room != most_results:
                    raise Mistyped(f"room for {room} results; there must be for {most_results}")
                given = Arguments(context, arguments, count, shape)
                value = function(guest, given)
                given.give_back()
                if value is not None and room:
                    memmove(results, value, SIZE)
            except Mistyped as mistyped:
                return self._end(failed("MODULE_TRAPPED", f"the module called wasi:{name} with {mistyped}"))
            except BaseException as ending:  # noqa: BLE001 nothing may be raised through WebAssembly
                return self._end(ending)
            return None

        return serve

    def _refuse(
        self, data: int, _context: int, _type: int, _arguments: int, _count: int, _results: int, _room: int
    ) -> int | None:
        """Any function that is not served, of whatever type: reads no argument, writes no result."""
        name = self._refused_names[data - 1]
        return self._end(failed("MODULE_TRAPPED", f"the module called wasi:{name}, which is not there for a module"))

    def _end(self, ending: BaseException) -> int:
        guest: ComponentGuest | None = getattr(self._here, "guest", None)
        if guest is not None:
            guest.attempt.ending = ending
        return native.new_error(b"the host ended the attempt")

    def _dropped(self, _data: int, _context: int, representation: int) -> None:
        guest: ComponentGuest | None = getattr(self._here, "guest", None)
        if guest is not None:
            guest.dropped(representation)


def _check(what: str, error: int | None) -> None:
    if error:
        raise RuntimeError(f"wasmtime refused to define {what}: {native.take_error_message(error)}")
