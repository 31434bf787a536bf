"""What a component imports, and that it is WASI 0.2: checked by the child that compiles, and by the hosts that link.

Functions of WASI 0.2 that are not served have a stub that ends the guest and reads nothing: their types are only read.
"""

import re
from dataclasses import dataclass
from typing import Protocol

import wasmtime
from wasmtime import component

from aion.adapters.engines.wasm.component_types import TypeReader, Unreadable
from aion.adapters.engines.wasm.preview2_types import RUN, SIGNATURES

RESOURCES = (
    "pollable",
    "error",
    "input-stream",
    "output-stream",
    "terminal-input",
    "terminal-output",
    "network",
    "tcp-socket",
    "udp-socket",
    "incoming-datagram-stream",
    "outgoing-datagram-stream",
    "resolve-address-stream",
    "descriptor",
    "directory-entry-stream",
    "fields",
    "incoming-request",
    "incoming-response",
    "incoming-body",
    "outgoing-request",
    "outgoing-response",
    "outgoing-body",
    "response-outparam",
    "request-options",
    "future-trailers",
    "future-incoming-response",
)
"""Every resource type of WASI 0.2. `headers` and `trailers` of HTTP are other names of `fields`."""

ALIASES = {"headers": "fields", "trailers": "fields"}

_MOST_ITEMS = 4096
_MOST_WRITTEN = 300
_REMEDY = "build it for wasm32-wasip2"
_NAME = re.compile(r"wasi:((?:cli|clocks|filesystem|http|io|random|sockets)/[a-z0-9-]+)@0\.2\.[0-9]+")
_RUN = re.compile(r"wasi:cli/run@0\.2\.[0-9]+")


def interface_of(name: str) -> str:
    """`io/streams` of `wasi:io/streams@0.2.6`; empty when it is no interface of WASI 0.2."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def is_run(name: str) -> bool:
    """Whether it names the interface by which a command is started."""
    return _RUN.fullmatch(name) is not None


class _Extern(Protocol):
    @property
    def ty(self) -> object: ...


class NotWasi(Exception):
    """The component wants something else than WASI 0.2, or is no command; the message says what."""


@dataclass(frozen=True, slots=True)
class Imported:
    """One interface that a component imports: its full name, its functions, and the resource that each type names."""

    name: str
    functions: tuple[str, ...]
    resources: dict[str, str]


def imports_of(kind: component.ComponentType, engine: wasmtime.Engine) -> list[Imported]:
    """Everything that a component imports, whose types are WASI's. Raises NotWasi."""
    reader = TypeReader()
    interfaces = _interfaces(kind, engine)
    found = [Imported(name, *_split(reader, name, items)) for name, items in interfaces.items()]
    for imported in found:
        for inner in imported.functions:
            _compare(reader, imported.name, inner, interfaces[imported.name][inner])
    return found


def run_of(kind: component.ComponentType, engine: wasmtime.Engine) -> str:
    """The full name of the interface by which a command is started. Raises NotWasi when it is none."""
    for name, extern in kind.exports(engine).items():
        if is_run(name):
            interface = _type_of(name, extern)
            items = interface.exports(engine) if isinstance(interface, component.ComponentInstanceType) else {}
            run = _type_of(name, items["run"]) if "run" in items else None
            if not isinstance(run, component.FuncType):
                raise NotWasi(f"its {name} has no function run")
            declared = _signature(TypeReader(), f"its {name} has a function run with", run)
            if declared != str(RUN):
                raise NotWasi(f"its {name} has a function run of type {declared}; a command's is {RUN}")
            return name
    raise NotWasi("it exports no wasi:cli/run@0.2; build it as a command, not as a library")


def _interfaces(kind: component.ComponentType, engine: wasmtime.Engine) -> dict[str, dict[str, object]]:
    interfaces: dict[str, dict[str, object]] = {}
    count = 0
    for name, extern in kind.imports(engine).items():
        interface = _type_of(name, extern)
        if not isinstance(interface, component.ComponentInstanceType) or not interface_of(name):
            raise NotWasi(f"it imports {name}; only the interfaces of WASI 0.2 are there: {_REMEDY}")
        items = interface.exports(engine)
        count += len(items) + 1
        if count > _MOST_ITEMS:
            raise NotWasi(f"it imports more than {_MOST_ITEMS} functions and types; {_REMEDY}")
        interfaces[name] = {inner: _type_of(f"{name}#{inner}", item) for inner, item in items.items()}
    return interfaces


def _split(reader: TypeReader, name: str, items: dict[str, object]) -> tuple[tuple[str, ...], dict[str, str]]:
    functions: list[str] = []
    resources: dict[str, str] = {}
    for inner, kind in items.items():
        if isinstance(kind, component.FuncType):
            functions.append(inner)
        elif isinstance(kind, component.ResourceType):
            resources[inner] = _named(reader, name, inner, kind)
        elif not isinstance(kind, component.ValType):
            raise NotWasi(f"it imports {name}#{inner}, which is no function and no type; {_REMEDY}")
    return tuple(functions), resources


def _named(reader: TypeReader, name: str, inner: str, resource: component.ResourceType) -> str:
    known = ALIASES.get(inner, inner)
    if known not in RESOURCES:
        raise NotWasi(f"it imports {name}#{inner}, a resource that WASI 0.2 does not have; {_REMEDY}")
    try:
        reader.name(resource, known)
    except Unreadable as unreadable:
        raise NotWasi(f"it imports {name}#{inner} with {unreadable}; {_REMEDY}") from unreadable
    return known


def _compare(reader: TypeReader, name: str, inner: str, function: object) -> None:
    if not isinstance(function, component.FuncType):
        raise NotWasi(f"it imports {name}#{inner}, which is no function; {_REMEDY}")
    declared = _signature(reader, f"it imports {name}#{inner} with", function)
    expected = SIGNATURES.get(f"{interface_of(name)}#{inner}")
    if expected is not None and declared != str(expected):
        raise NotWasi(
            f"it imports {name}#{inner} as {_short(declared)}, but WASI 0.2 has {_short(str(expected))}; {_REMEDY}"
        )


def _signature(reader: TypeReader, what: str, function: component.FuncType) -> str:
    try:
        return str(reader.signature(function))
    except Unreadable as unreadable:
        raise NotWasi(f"{what} {unreadable}, which WASI 0.2 does not have; {_REMEDY}") from unreadable


def _type_of(what: str, extern: _Extern) -> object:
    try:
        return extern.ty
    except TypeError as unknown:
        raise NotWasi(f"its {what} is of a type that WASI 0.2 does not have: {unknown}") from unknown


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WRITTEN else f"{text[:_MOST_WRITTEN]}..."
