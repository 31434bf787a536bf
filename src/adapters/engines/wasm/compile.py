"""`python -m aion.adapters.engines.wasm.compile METERED MEMORY_BYTES`: WebAssembly in, native code out.

A compiler fed by strangers runs in a process of its own, with bounded memory and time, without files or network. It
also refuses what could never run here, so that an operator learns it at install and not a client at run time.
"""

import resource
import sys

import wasmtime

from aion.adapters.engines.wasm.engine_config import build_engine
from aion.adapters.engines.wasm.host.wasi import MODULE, SIGNATURES

_MOST_DATA = 4 << 30
_CPU_SECONDS = 300
_PAGE = 65536


def problem_of(module: wasmtime.Module, memory_bytes: int) -> str:
    """Why the module can never run here, or nothing."""
    for needed in module.imports:
        if needed.module != MODULE or needed.name not in SIGNATURES:
            return f"it imports {needed.module}.{needed.name}; only {MODULE} is there: build it for wasm32-wasip1"
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


def main(arguments: list[str]) -> int:
    """Compiles stdin to stdout; a problem goes to stderr."""
    metered, memory_bytes = arguments[0] == "1", int(arguments[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Data, not address space: the engine reserves much of that and uses little.
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_DATA, _MOST_DATA))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    wasm = sys.stdin.buffer.read()
    if not wasm.startswith(b"\0asm"):
        sys.stderr.write("it is not WebAssembly: it does not start with its four magic bytes")
        return 1
    try:
        module = wasmtime.Module(build_engine(metered=metered, guests=1), wasm)
    except wasmtime.WasmtimeError as error:
        sys.stderr.write(f"it is not WebAssembly that can run here: {error}")
        return 1
    if problem := problem_of(module, memory_bytes):
        sys.stderr.write(problem)
        return 1
    sys.stdout.buffer.write(module.serialize())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
