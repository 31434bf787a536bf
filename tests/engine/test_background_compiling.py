"""Large modules are compiled while the engine already runs others."""

import asyncio
import gc
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
import wasmtime

from aion.adapters.engines.wasm import compiled
from aion.adapters.engines.wasm import engine as wasm_engine
from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.engines.wasm.compilers import Compilers
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import ModuleBroken
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import NO_TURN, AttemptOutcome
from tests.engine.conftest import Listener, job_for
from tests.engine.wasm_bytes import END, command

RESULT = '{"type":"result","data":{"n":1}}'
SETTINGS = WasmSettings(hosts=1, turn_wait=timedelta(milliseconds=20))


async def test_what_is_postponed_holds_nobody_up_and_runs_when_it_is_compiled(make_module, tmp_path):
    small, large = make_module("says"), make_module("says", fuel=10**9)
    engine = WasmEngine({module.engine: module for module in (small, large)}, tmp_path, SETTINGS)
    engine.postpone([large])
    async with engine:
        assert (await engine.run(job_for(small, RESULT), Listener())).outcome is AttemptOutcome.OK
        waits = await engine.run(job_for(large, RESULT), Listener())
        assert (waits.outcome, waits.failure.code) == (AttemptOutcome.LOST, NO_TURN)
        assert "compiled" in waits.failure.message
        assert await engine.prepare_postponed(large) == ""
        (host,) = engine._pool.hosts()
        assert host.holds(engine._slots[large])
        assert (await engine.run(job_for(large, RESULT), Listener())).outcome is AttemptOutcome.OK


async def test_what_is_postponed_and_broken_says_why(make_wasm, make_module, tmp_path):
    broken = make_wasm(wasmtime.wat2wasm("(module)"))
    engine = WasmEngine({broken.engine: broken}, tmp_path, SETTINGS)
    engine.postpone([broken])
    async with engine:
        assert "exports no function _start" in await engine.prepare_postponed(broken)
        result = await engine.run(job_for(broken), Listener())
        assert (result.outcome, result.failure.code) == (AttemptOutcome.FAILED, "ENGINE_UNAVAILABLE")


@pytest.mark.parametrize("how", ["no end", "no code"])
async def test_what_was_compiled_in_vain_is_not_compiled_again(make_module, tmp_path, monkeypatch, how):
    module, started = make_module("says"), []

    def fails(_, arguments, wasm, timeout):
        started.append(arguments)
        if how == "no end":
            raise subprocess.TimeoutExpired("compile", timeout.total_seconds())
        return -11, b"", b""

    monkeypatch.setattr(Compilers, "run", fails)
    engine = WasmEngine({module.engine: module}, tmp_path, SETTINGS)
    engine.postpone([module])
    async with engine:
        problem = await engine.prepare_postponed(module)
        for _ in range(3):
            result = await engine.run(job_for(module), Listener())
            assert (result.outcome, result.failure.code) == (AttemptOutcome.FAILED, "ENGINE_UNAVAILABLE")
            assert result.failure.message == problem
        assert await engine.prepare(module) == problem
    assert len(started) == 1


@pytest.mark.parametrize(("kills", "compilers", "runs"), [(1, 2, True), (2, 3, True), (9, 3, False)])
async def test_a_compiler_that_was_killed_from_outside_has_a_few_successors(
    make_module, tmp_path, monkeypatch, kills, compilers, runs
):
    """The kernel kills one where memory runs out: that says nothing of its module."""
    monkeypatch.setattr(compiled, "_PAUSES_AFTER_A_KILL", (0.0, 0.0))
    module, started, run = make_module("says"), [], Compilers.run

    def killed(self, *given):
        started.append(given)
        return (-signal.SIGKILL, b"", b"") if len(started) <= kills else run(self, *given)

    monkeypatch.setattr(Compilers, "run", killed)
    engine = WasmEngine({module.engine: module}, tmp_path, SETTINGS)
    async with engine:
        problem = await engine.prepare(module)
        assert ("" if runs else "was killed from outside") in problem
        assert bool(problem) is not runs
        assert await engine.prepare(module) == problem
    assert len(started) == compilers


COMPILES_FOR_EVER = """
from aion.adapters.engines.wasm import compile

def compiled(*_, **__):
    while True:
        pass

compile.compiled, compile._CPU_SECONDS = compiled, 1
compile.main(["module", "0", "65536"])
"""


def test_a_compiler_that_has_used_its_time_on_the_processor_does_not_end_as_if_it_were_killed_from_outside():
    ended = subprocess.run([sys.executable, "-c", COMPILES_FOR_EVER], stdin=subprocess.DEVNULL, check=False)
    assert ended.returncode == -signal.SIGXCPU


async def test_what_is_compiled_in_vain_for_nobody_is_remembered_without_a_word_in_the_log(
    make_module, tmp_path, monkeypatch
):
    """Attempts wait only so long: the last of them may be gone when the compiler ends."""
    go_on, module, said = threading.Event(), make_module("says"), []
    started = threading.Event()

    def fails(*_):
        started.set()
        go_on.wait()
        return -11, b"", b""

    monkeypatch.setattr(Compilers, "run", fails)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    cache = CompiledModules(tmp_path, timedelta(hours=1))
    waiting = asyncio.create_task(cache.code(module))
    await asyncio.to_thread(started.wait)
    (compiling,) = cache._running.values()
    waiting.cancel()
    go_on.set()
    await asyncio.wait((waiting, compiling))
    with pytest.raises(ModuleBroken, match="status -11"):
        await cache.code(module)
    del waiting, compiling
    gc.collect()
    assert said == []


async def test_only_what_is_large_and_was_never_compiled_takes_long(make_module, tmp_path, monkeypatch):
    module = make_module("says")
    engine = WasmEngine({module.engine: module}, tmp_path, SETTINGS)
    assert not engine.takes_long(module)
    monkeypatch.setattr(wasm_engine, "_LARGE", 10)
    assert engine.takes_long(module)
    await engine.prepare(module)
    assert not engine.takes_long(module)


async def test_nobody_who_leaves_waits_for_a_compiler(make_wasm, tmp_path, monkeypatch):
    started, run = threading.Event(), Compilers.run

    def watched(compilers, *given):
        started.set()
        return run(compilers, *given)

    monkeypatch.setattr(Compilers, "run", watched)
    endless = make_wasm(command([b"\x03\x40" * 20_000 + b"\x41\0\x0d\0" * 20_000 + END * 20_001]))
    cache = CompiledModules(tmp_path, timedelta(hours=1))
    compiling = asyncio.create_task(cache.code(endless))
    await asyncio.to_thread(started.wait)
    cache.end()
    with pytest.raises(ModuleBroken, match="the engine is closed"):
        await compiling
