"""Runs a bundled module as ABI v1 says, with the limits of its manifest and nothing of AION around it.

What AION's engine does is tested with the engine. Here the subject is the package: the committed `.wasm`, its manifest
and its schemas. The five functions below are all that the module may import, so instantiating it proves that it asks
for no clock, no randomness, no file and no network.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import wasmtime
import yaml

PACKAGES = Path(__file__).resolve().parents[2] / "modules"
MEBIBYTE = 1 << 20
STDOUT, STDERR = 1, 2
SUCCESS = 0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call left behind."""

    writes: list[bytes]
    stderr: str
    exit_code: int
    fuel: int

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in b"".join(self.writes).splitlines()]

    @property
    def result(self) -> dict[str, Any]:
        (line,) = [line for line in self.lines if line["type"] == "result"]
        return line["data"]

    @property
    def tokens(self) -> list[str]:
        return [line["text"] for line in self.lines if line["type"] == "token"]


class Package:
    """One AgentPackage folder."""

    def __init__(self, name: str) -> None:
        self.folder = PACKAGES / name
        self.manifest: dict[str, Any] = yaml.safe_load((self.folder / "manifest.yaml").read_text())

    @property
    def wasm(self) -> Path:
        return self.folder / self.manifest["entrypoints"]["wasm"]

    @property
    def fuel(self) -> int:
        return self.manifest["runtime"]["resources"]["fuel"]

    @property
    def memory(self) -> int:
        return int(self.manifest["runtime"]["resources"]["memory"].removesuffix("Mi")) * MEBIBYTE

    def schema(self, which: str) -> dict[str, Any]:
        return json.loads((self.folder / self.manifest["entrypoints"]["schema"][which]).read_text())

    @cached_property
    def compiled(self) -> tuple[wasmtime.Engine, wasmtime.Module]:
        config = wasmtime.Config()
        config.consume_fuel = True
        engine = wasmtime.Engine(config)
        return engine, wasmtime.Module.from_file(engine, str(self.wasm))

    def call(self, input_: object, *, raw: bytes | None = None) -> Answer:
        """One call in a fresh instance; `raw` goes to stdin instead of `input_` as it is."""
        engine, module = self.compiled
        store = wasmtime.Store(engine)
        store.set_limits(memory_size=self.memory)
        store.set_fuel(self.fuel)
        streams = _Streams(json.dumps(input_).encode() if raw is None else raw)
        instance = streams.linked(engine).instantiate(store, module)
        with suppress(_Exited):
            _export(instance, store, "_start", wasmtime.Func)(store)
        return Answer(streams.stdout, streams.stderr.decode(), streams.exit_code, self.fuel - store.get_fuel())


class _Exited(Exception):
    """The module called proc_exit."""


@dataclass(slots=True)
class _Streams:
    """The part of WASI preview 1 that the bundled modules use."""

    stdin: bytes
    stdout: list[bytes] = field(default_factory=list)
    stderr: bytearray = field(default_factory=bytearray)
    exit_code: int = 0

    def linked(self, engine: wasmtime.Engine) -> wasmtime.Linker:
        i32 = wasmtime.ValType.i32()
        linker = wasmtime.Linker(engine)
        for function, arity in (
            (self.fd_read, 4),
            (self.fd_write, 4),
            (self.environ_sizes_get, 2),
            (self.environ_get, 2),
        ):
            type_ = wasmtime.FuncType([i32] * arity, [i32])
            linker.define_func("wasi_snapshot_preview1", function.__name__, type_, function, access_caller=True)
        linker.define_func("wasi_snapshot_preview1", "proc_exit", wasmtime.FuncType([i32], []), self.proc_exit)
        return linker

    def fd_read(self, caller: wasmtime.Caller, fd: int, vectors: int, count: int, size: int) -> int:
        assert fd == 0
        memory, total = _export(caller, caller, "memory", wasmtime.Memory), 0
        for address, length in _buffers(memory, caller, vectors, count):
            piece, self.stdin = self.stdin[:length], self.stdin[length:]
            memory.write(caller, piece, address)
            total += len(piece)
        memory.write(caller, total.to_bytes(4, "little"), size)
        return SUCCESS

    def fd_write(self, caller: wasmtime.Caller, fd: int, vectors: int, count: int, size: int) -> int:
        memory = _export(caller, caller, "memory", wasmtime.Memory)
        buffers = _buffers(memory, caller, vectors, count)
        data = b"".join(bytes(memory.read(caller, address, address + length)) for address, length in buffers)
        if fd == STDOUT:
            self.stdout.append(data)
        else:
            assert fd == STDERR
            self.stderr += data
        memory.write(caller, len(data).to_bytes(4, "little"), size)
        return SUCCESS

    def environ_sizes_get(self, caller: wasmtime.Caller, count: int, size: int) -> int:
        memory = _export(caller, caller, "memory", wasmtime.Memory)
        memory.write(caller, bytes(4), count)
        memory.write(caller, bytes(4), size)
        return SUCCESS

    def environ_get(self, caller: wasmtime.Caller, variables: int, buffer: int) -> int:
        return SUCCESS

    def proc_exit(self, code: int) -> None:
        self.exit_code = code
        raise _Exited


def _buffers(memory: wasmtime.Memory, store: wasmtime.Caller, start: int, count: int) -> list[tuple[int, int]]:
    words = memoryview(bytes(memory.read(store, start, start + 8 * count))).cast("I").tolist()
    return list(zip(words[::2], words[1::2], strict=True))


def _export(holder: Any, store: Any, name: str, type_: type[T]) -> T:
    export = holder[name] if isinstance(holder, wasmtime.Caller) else holder.exports(store)[name]
    assert isinstance(export, type_)
    return export
