"""Modules made at random by wasm-smith: valid WebAssembly that imports WASI and means nothing. None harms a host.

wasm-smith comes with wasm-tools: the one on PATH is taken, else cargo builds one in a cache outside of the clone.
"""

import asyncio
import os
import random
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import wasmtime

from aion.adapters.engines.wasm import compile as compiler
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.host.wasi import MODULE, SIGNATURES
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptOutcome
from tests.engine.conftest import MIB, Listener, job_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

VERSION = "1.263.0"
RUNS = int(os.environ.get("FUZZ_RUNS", "200"))
LONG = timedelta(seconds=60)
LETTERS = {"i": "i32", "I": "i64"}
NOT_HERE = (
    "acquire-release-atomics",
    "compact-imports",
    "custom-descriptors",
    "custom-page-sizes",
    "exceptions",
    "gc",
    "memory64",
    "multibyte-array-access",
    "shared-everything-threads",
    "threads",
    "wide-arithmetic",
)
"""What wasm-smith would use and our engine has not."""
RESULT = '{"type":"result","data":{"n":1}}'


@pytest.fixture(scope="module")
def wasm_tools() -> str:
    """The generator."""
    if found := shutil.which("wasm-tools"):
        return found
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "aion" / f"wasm-tools-{VERSION}"
    tool = cache / "bin" / "wasm-tools"
    if not tool.exists():
        if shutil.which("cargo") is None:
            pytest.skip("needs wasm-tools, or cargo to build it")
        given = ("--locked", "--no-default-features", "--features", "smith", "--root", str(cache))
        subprocess.run(["cargo", "install", f"wasm-tools@{VERSION}", *given], check=True, cwd="/")
    return str(tool)


def imports() -> bytes:
    """A module that imports every function of preview 1."""
    lines = []
    for name, letters in SIGNATURES.items():
        result = "" if name == "proc_exit" else "(result i32)"
        kinds = " ".join(LETTERS[letter] for letter in letters)
        lines.append(f'(import "{MODULE}" "{name}" (func (param {kinds}) {result}))')
    return bytes(wasmtime.wat2wasm(f"(module {' '.join(lines)})"))


@pytest.fixture
def generate(wasm_tools, tmp_path):
    """A module for a seed, or None when the seed gives none."""
    (tmp_path / "imports.wasm").write_bytes(imports())
    exports = '(module (memory (export "memory") 1) (func (export "_start")))'
    (tmp_path / "exports.wasm").write_bytes(wasmtime.wat2wasm(exports))
    arguments = [wasm_tools, "smith", "--available-imports", "imports.wasm", "--exports", "exports.wasm"]
    arguments += ["--max-memories", "1", "--max-memory32-bytes", str(8 * MIB), "--max-tables", "2", "--min-funcs", "5"]
    for proposal in NOT_HERE:
        arguments += [f"--{proposal}-enabled", "false"]

    def make(seed: int) -> bytes | None:
        chance = random.Random(seed)
        made = subprocess.run(arguments, input=chance.randbytes(4000), capture_output=True, check=False, cwd=tmp_path)
        return made.stdout if made.returncode == 0 else None

    return make


async def test_generated_modules_run_or_are_refused_and_harm_nothing(make_wasm, make_module, generate, tmp_path):
    files = {wasm for seed in range(RUNS) if (wasm := generate(seed)) is not None}
    fit = []
    for wasm in files:
        try:
            compiler.compiled(wasm, "module", metered=True, memory_bytes=16 * MIB)
        except (compiler.Refused, wasmtime.WasmtimeError):
            continue
        fit.append(make_wasm(wasm, fuel=100_000_000))
    assert len(fit) > RUNS // 10, "too few of the generated modules run at all"
    innocent = make_module("says")
    known = {module.engine: module for module in (*fit, innocent)}
    async with WasmEngine(known, tmp_path, WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG)) as engine:
        (host,) = engine._pool.hosts()
        for some in (fit[at : at + 16] for at in range(0, len(fit), 16)):
            attempts = [engine.run(job_for(module, RESULT, seconds=1), Listener()) for module in some]
            ends, well = await asyncio.gather(
                asyncio.gather(*attempts), engine.run(job_for(innocent, RESULT), Listener())
            )
            assert {end.outcome for end in ends} <= {AttemptOutcome.OK, AttemptOutcome.FAILED, AttemptOutcome.TIMEOUT}
            assert [end for end in ends if end.failure and end.failure.code == "INTERNAL"] == []
            assert well.result_json == '{"n":1}'
        assert [each.pid for each in engine._pool.hosts()] == [host.pid]
