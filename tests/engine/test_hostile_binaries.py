"""Binaries that no compiler writes: bombs for ours, damaged files, lies about names. All end, and nothing else does."""

import asyncio
import os
from datetime import timedelta

import pytest
import wasmtime

from aion.adapters.engines.wasm import compile as compiler
from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import ModuleBroken
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptOutcome
from tests.engine.conftest import MIB, SOURCES, Listener, component_text, job_for
from tests.engine.wasm_bytes import END, command, many, mutated, number, section_ends, with_names

LONG = timedelta(seconds=30)
RESULT = '{"type":"result","data":{"n":1}}'
FUZZ_RUNS = int(os.environ.get("FUZZ_RUNS", "100"))
"""How many damaged files are tried of each kind."""

FITS, REFUSED = True, False
_ADD_TO_LOCALS = b"".join(b"\x20" + number(n) + b"\x41\1\x6a\x21" + number(n) for n in range(20_000))
BOMBS = {
    "a function of a megabyte": (command([b"\x41\1\x1a" * 350_000 + END]), FITS),
    "50,000 locals": (command([END], declared=b"\1" + number(49_999) + b"\x7f"), FITS),
    "too many locals": (command([END], declared=b"\1" + number(50_001) + b"\x7f"), REFUSED),
    "20,000 locals that all are used": (
        command([_ADD_TO_LOCALS + END], declared=b"\1" + number(20_000) + b"\x7f"),
        FITS,
    ),
    "a table of 60,000 branches": (
        command([b"\x02\x40\x41\0\x0e" + number(60_000) + b"\0" * 60_001 + END + END]),
        FITS,
    ),
    "50,000 blocks in each other": (command([b"\x02\x40" * 50_000 + END * 50_001]), FITS),
    "a million functions": (command([END] * 1_000_001), REFUSED),
    "a memory of four gigabytes": (command([END]).replace(b"\5\3\1\0\1", b"\5\5\1\0\x80\x80\4"), REFUSED),
    "names that are no names": (with_names(command([END]), b"\1\xff\xff\xff\xff\x0f" + b"\xff" * 64), FITS),
    "a name for every function that is not there": (
        with_names(command([END]), b"\1" + number(60_004) + many([b"\x7f\0"] * 30_000)),
        FITS,
    ),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_for_the_compiler_is_compiled_in_time_or_refused(make_wasm, tmp_path, name):
    wasm, fits = BOMBS[name]
    cache = CompiledModules(tmp_path, LONG)
    if fits:
        assert (await cache.code(make_wasm(wasm))).startswith(b"\x7fELF")
    else:
        with pytest.raises(ModuleBroken):
            await cache.code(make_wasm(wasm))


async def test_a_compiler_that_takes_too_long_is_ended(make_wasm, tmp_path):
    loops = command([b"\x03\x40" * 20_000 + b"\x41\0\x0d\0" * 20_000 + END * 20_001])
    with pytest.raises(ModuleBroken, match="took longer than"):
        await CompiledModules(tmp_path, timedelta(seconds=1)).code(make_wasm(loops))


def refused(wasm, kind="module"):
    try:
        compiler.compiled(wasm, kind, metered=False, memory_bytes=16 * MIB)
    except (compiler.Refused, wasmtime.WasmtimeError):
        return True
    return False


def test_a_file_that_is_cut_anywhere_is_refused():
    wasm = command([END])
    assert not refused(wasm)
    cuts = {0, 4, 8, *section_ends(wasm)[:-1], *(end - 1 for end in section_ends(wasm))}
    assert [at for at in sorted(cuts) if not refused(wasm[:at])] == []


WRONG_IMPORTS = [
    '"fd_write" (func)',
    '"fd_write" (memory 1)',
    '"fd_write" (func (param i32 i32 i32 f32) (result i32))',
    '"fd_write" (func (param i32 i32 i32 i32) (result i32 i32))',
    '"proc_exit" (func (param i64))',
    '"proc_exit" (func (param i32) (result i32))',
]


@pytest.mark.parametrize("imported", WRONG_IMPORTS)
def test_a_known_function_with_another_signature_is_refused_when_it_is_compiled(imported):
    text = f'(module (import "wasi_snapshot_preview1" {imported}) (func (export "_start")))'
    with pytest.raises(compiler.Refused, match="another signature"):
        compiler.compiled(bytes(wasmtime.wat2wasm(text)), "module", metered=False, memory_bytes=MIB)


@pytest.mark.parametrize("kind", ["module", "component"])
async def test_damaged_files_are_refused_or_harm_nothing_when_they_run(make_wasm, tmp_path, kind, compiling_here):
    """Seeded damage of real files: whatever still compiles is run, beside innocents, in one host that lives."""
    text = (SOURCES / "tells_a_story.wat").read_text() if kind == "module" else component_text("says")
    whole = bytes(wasmtime.wat2wasm(text))
    # Most of a component says how its parts fit together, and breaks by one bit.
    most = 4 if kind == "module" else 1
    files = {mutated(whole, seed, most) for seed in range(FUZZ_RUNS)} - {whole}
    survivors = [wasm for wasm in files if not refused(wasm, kind)]
    assert survivors, "the damage is too great to test anything"
    facts = {"component": kind == "component", "fuel": 10_000_000}
    modules = [make_wasm(wasm, **facts) for wasm in survivors[: FUZZ_RUNS // 10]]
    innocent = make_wasm(wasmtime.wat2wasm((SOURCES / "says.wat").read_text()))
    known = {module.engine: module for module in (*modules, innocent)}
    settings = WasmSettings(hosts=1, grace=LONG, cancel_grace=LONG)
    async with WasmEngine(known, tmp_path, settings) as engine:
        (host,) = engine._pool.hosts()
        attempts = [engine.run(job_for(module, RESULT, seconds=1), Listener()) for module in modules]
        beside = [engine.run(job_for(innocent, RESULT), Listener()) for _ in range(5)]
        ends, well = await asyncio.gather(asyncio.gather(*attempts), asyncio.gather(*beside))
        assert {end.outcome for end in ends} <= {AttemptOutcome.OK, AttemptOutcome.FAILED, AttemptOutcome.TIMEOUT}
        assert [end for end in ends if end.failure and end.failure.code == "INTERNAL"] == []
        assert [each.result_json for each in well] == ['{"n":1}'] * 5
        assert [each.pid for each in engine._pool.hosts()] == [host.pid]
