"""What hosts hold in memory: it goes back after every guest, and a host that holds too much is replaced."""

import asyncio
from pathlib import Path

import pytest

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import AttemptOutcome
from tests.engine.conftest import MIB, Listener, job_for

RESULT = '{"type":"result","data":{"n":1}}'


def proportional_bytes(pid):
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


@pytest.mark.parametrize("calls", [20, pytest.param(1000, marks=(pytest.mark.slow, pytest.mark.timeout(900)))])
async def test_what_guests_touch_goes_back_to_the_kernel(make_module, tmp_path, calls):
    module = make_module("touches_64_mebibytes", memory_bytes=80 * MIB)
    async with WasmEngine({module.engine: module}, tmp_path, WasmSettings(hosts=1)) as engine:
        (host,) = engine._pool.hosts()
        first = await engine.run(job_for(module), Listener())
        assert (first.outcome, first.memory_bytes) == (AttemptOutcome.OK, 1025 * 65536)
        before = proportional_bytes(host.pid)
        for _ in range(0, calls, 4):
            ends = await asyncio.gather(*(engine.run(job_for(module), Listener()) for _ in range(4)))
            assert {end.outcome for end in ends} == {AttemptOutcome.OK}
        assert proportional_bytes(host.pid) < before + 16 * MIB
        assert [each.pid for each in engine._pool.hosts()] == [host.pid]


async def test_a_guests_own_memory_does_not_wear_its_host_out(make_module, tmp_path):
    module, held = make_module("touches_64_mebibytes", memory_bytes=80 * MIB), asyncio.Event()
    settings = WasmSettings(hosts=1, host_memory_bytes=100 * MIB)
    async with WasmEngine({module.engine: module}, tmp_path, settings) as engine:
        (host,) = engine._pool.hosts()
        running = [
            asyncio.create_task(engine.run(job_for(module, "for ever"), Listener(on_event=held.set))) for _ in range(2)
        ]
        await held.wait()
        assert host._own_memory() < proportional_bytes(host.pid)
        host._look_at_wear()
        assert not host.due.is_set()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_a_host_that_holds_much_is_replaced_when_its_attempts_are_done(make_module, tmp_path):
    loops, says, replaced, spoke = make_module("speaks_then_loops"), make_module("says"), [], asyncio.Event()
    modules = {module.engine: module for module in (loops, says)}
    settings = WasmSettings(hosts=1, host_memory_bytes=1)
    async with WasmEngine(modules, tmp_path, settings, replaced.append) as engine:
        (host,) = engine._pool.hosts()
        running = asyncio.create_task(engine.run(job_for(loops), Listener(on_event=spoke.set)))
        await spoke.wait()
        host._look_at_wear()
        assert host.due.is_set()
        while host in engine._pool.hosts():
            assert (await engine.run(job_for(says, RESULT), Listener())).outcome is AttemptOutcome.OK
        # Such a bound wears out whatever takes its place, too, as soon as that is looked at.
        assert (set(replaced), host.gone.is_set()) == ({"worn"}, False)
        running.cancel()
        await host.gone.wait()


async def test_a_host_that_grows_beyond_all_bounds_is_killed_and_its_attempts_are_lost(make_module, tmp_path):
    loops, spoke = make_module("speaks_then_loops"), asyncio.Event()
    async with WasmEngine({loops.engine: loops}, tmp_path, WasmSettings(hosts=1, host_memory_most=1)) as engine:
        (host,) = engine._pool.hosts()
        lost = await engine.run(job_for(loops), Listener(on_event=spoke.set))
        assert lost.outcome is AttemptOutcome.LOST
        await host.gone.wait()
        assert host.pid not in [each.pid for each in engine._pool.hosts()]
