"""`python -m aion.adapters.engines.wasm.compile SUPERVISOR KIND METERED MEMORY_BYTES`: WebAssembly in, native code out.

SUPERVISOR is the process that waits for it, KIND is `module` or `component`. A compiler fed by strangers runs in a
process of its own, with bounded memory and time, without files or network. It also refuses what could never run here,
so that an operator learns it at install and not a client at run time.
"""

import resource
import sys

import wasmtime
from wasmtime import component

from aion.adapters.engines.wasm.engine_config import build_component_engine, build_engine
from aion.adapters.engines.wasm.host.confinement import confine
from aion.adapters.engines.wasm.host.wasi import MODULE, SIGNATURES
from aion.adapters.engines.wasm.preview2_imports import NotWasi, imports_of, run_of

_MOST_DATA = 4 << 30
_CPU_SECONDS = 300
_PAGE = 65536
_MAGIC = b"\0asm"
_LETTERS = {"i32": "i", "i64": "I"}
_KINDS = {b"\1\0\0\0": "module", b"\x0d\0\1\0": "component"}


class Refused(Exception):
    """What was given can never run here; the message says why."""


def kind_of(wasm: bytes) -> str:
    """Whether it is a core module or a component; empty when it is neither."""
    return _KINDS.get(wasm[4:8], "") if wasm.startswith(_MAGIC) else ""


def _problem_of_module(module: wasmtime.Module, memory_bytes: int) -> str:
    """Why the module can never run here, or nothing."""
    for needed in module.imports:
        if needed.module != MODULE or needed.name not in SIGNATURES:
            return f"it imports {needed.module}.{needed.name}; only {MODULE} is there: build it for wasm32-wasip1"
        if _shape_of(needed.type) != (SIGNATURES[needed.name], "" if needed.name == "proc_exit" else "i"):
            return f"it imports {needed.name} with another signature than {MODULE} has; build it for wasm32-wasip1"
    exports = {export.name: export.type for export in module.exports}
    start = exports.get("_start")
    if not isinstance(start, wasmtime.FuncType):
        return "it exports no function _start; build it as a command, not as a library"
    # The host calls it without values and without room for results: any other signature would end the host.
    if start.params or start.results:
        return (
            f"its _start takes {len(start.params)} parameters and returns {len(start.results)} results; a command's "
            "takes and returns nothing"
        )
    memory = exports.get("memory")
    if not isinstance(memory, wasmtime.MemoryType):
        return "it exports no memory"
    if memory.limits.min * _PAGE > memory_bytes:
        return (
            f"it starts with {memory.limits.min * _PAGE} bytes of memory, but resources.memory in its manifest allows "
            f"{memory_bytes}; raise it, or link with a smaller stack"
        )
    return ""


def _shape_of(imported: object) -> tuple[str, str] | None:
    """Parameters and results as SIGNATURES writes them, or None when it is no function of numbers."""
    if not isinstance(imported, wasmtime.FuncType):
        return None
    letters = [[_LETTERS.get(str(kind), "?") for kind in kinds] for kinds in (imported.params, imported.results)]
    return "".join(letters[0]), "".join(letters[1])


def _problem_of_component(loaded: component.Component, engine: wasmtime.Engine) -> str:
    """The same for a component."""
    try:
        imports_of(loaded.type, engine)
        run_of(loaded.type, engine)
    except NotWasi as problem:
        return str(problem)
    return ""


def compiled(wasm: bytes, kind: str, *, metered: bool, memory_bytes: int) -> bytes:
    """Native code. Raises Refused, and WasmtimeError for what is no WebAssembly that wasmtime takes."""
    actual = kind_of(wasm)
    if not actual:
        raise Refused("it is not WebAssembly: it does not start with its four magic bytes and a version that is known")
    if actual != kind:
        raise Refused(f"it is a {actual}, but was installed as a {kind}; install it again")
    if kind == "component":
        engine = build_component_engine(metered=metered, guests=1)
        whole = component.Component(engine, wasm)
        if problem := _problem_of_component(whole, engine):
            raise Refused(problem)
        return bytes(whole.serialize())
    module = wasmtime.Module(build_engine(metered=metered, guests=1), wasm)
    if problem := _problem_of_module(module, memory_bytes):
        raise Refused(problem)
    return bytes(module.serialize())


def main(arguments: list[str]) -> int:
    """Compiles stdin to stdout; a problem goes to stderr."""
    kind, metered, memory_bytes = arguments[0], arguments[1] == "1", int(arguments[2])
    # Data, not address space: the engine reserves much of that and uses little.
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_DATA, _MOST_DATA))
    # At the first limit SIGXCPU comes, at the second SIGKILL, which would look like a kill from outside.
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 5))
    try:
        code = compiled(sys.stdin.buffer.read(), kind, metered=metered, memory_bytes=memory_bytes)
    except wasmtime.WasmtimeError as error:
        sys.stderr.write(f"it is not WebAssembly that can run here: {error}")
        return 1
    except Refused as refused:
        sys.stderr.write(str(refused))
        return 1
    sys.stdout.buffer.write(code)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    # Like a host it is gone with who started it: a server that is killed leaves no minutes of work behind.
    confine(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
