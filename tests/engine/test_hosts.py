"""Hosts die, hang and wear out; attempts in them end LOST or TIMEOUT, and the engine goes on."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import uvloop

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.domain.attempts import NO_TURN, AttemptOutcome
from tests.engine.conftest import Listener, job_for

RESULT = '{"n":1}'
SHORT, LONG = timedelta(seconds=0.2), timedelta(seconds=30)


def engine_of(modules, data_dir, **settings):
    # On a loaded machine a guest may need long to be stopped; killing its host is tested where it is meant.
    given = {"hosts": 1, "grace": LONG, "cancel_grace": LONG, **settings}
    return WasmEngine({module.engine: module for module in modules}, data_dir, WasmSettings(**given))


async def started(engine, job):
    """Starts the job and returns once its guest runs."""
    spoke = asyncio.Event()
    task = asyncio.create_task(engine.run(job, Listener(on_event=spoke.set)))
    await spoke.wait()
    return task


def lives(pid):
    return Path(f"/proc/{pid}").exists()


async def test_a_dead_host_loses_its_attempts_and_is_replaced(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path) as engine:
        (host,) = engine._pool.hosts()
        tasks = [await started(engine, job_for(loops)) for _ in range(3)]
        os.kill(host.pid, signal.SIGKILL)
        results = await asyncio.gather(*tasks)
        assert [result.outcome for result in results] == [AttemptOutcome.LOST] * 3
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        (replacement,) = engine._pool.hosts()
        assert replacement.pid != host.pid


async def test_an_attempt_that_comes_while_the_hosts_start_waits_for_one(make_module, tmp_path):
    says = make_module("says")
    engine = engine_of([says], tmp_path)
    engine.begin()
    try:
        assert engine.hosts_alive == 0
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        await engine.opened()
        assert engine.hosts_alive == 1
    finally:
        await engine.close()


async def test_hosts_that_are_not_up_yet_end_with_the_engine(make_module, tmp_path):
    engine = engine_of([make_module("says")], tmp_path, hosts=2)
    engine.begin()
    await asyncio.sleep(0)  # so that they begin to start
    pool = engine._pool
    await engine.close()
    assert pool.everywhere() == []
    assert engine._opening.cancelled()


async def test_an_attempt_that_asks_to_be_alone_shares_its_host_with_none(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path) as engine:
        tasks = [await started(engine, job_for(loops, alone=alone)) for alone in (True, False, True, False)]
        assert sorted(host.load for host in engine._pool._all) == [1, 1, 2]
        lone = [host for host in engine._pool._all if host not in engine._pool.hosts()]
        os.kill(lone[0].pid, signal.SIGKILL)
        done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result().outcome for task in done] == [AttemptOutcome.LOST]
        assert len(running) == 3
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        assert (await engine.run(job_for(says, RESULT, alone=True), Listener())).result_json == RESULT


@pytest.mark.parametrize("neighbours_seconds", [60, 0.2], ids=["in time", "as late"])
async def test_a_host_that_hangs_is_killed_and_only_its_first_overdue_attempt_times_out(
    make_module, tmp_path, monkeypatch, neighbours_seconds
):
    """10.5 No other attempt is harmed: what a stuck host held up is LOST, and runs again alone."""
    says = make_module("says")
    go_on = tmp_path / "go-on"
    monkeypatch.setenv("AION_FAILPOINTS", f"host.before_run=pause:{go_on}")
    async with engine_of([says], tmp_path, grace=SHORT) as engine:
        overdue = asyncio.create_task(engine.run(job_for(says, RESULT, seconds=0.2), Listener()))
        await asyncio.sleep(0)
        innocent = asyncio.create_task(engine.run(job_for(says, RESULT, seconds=neighbours_seconds), Listener()))
        assert (await overdue).outcome is AttemptOutcome.TIMEOUT
        assert (await innocent).outcome is AttemptOutcome.LOST
        go_on.touch()
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT


async def test_a_guest_that_ignores_its_cancel_costs_its_host(make_module, tmp_path, monkeypatch):
    says = make_module("says")
    monkeypatch.setenv("AION_FAILPOINTS", f"host.before_run=pause:{tmp_path / 'go-on'}")
    async with engine_of([says], tmp_path, cancel_grace=SHORT) as engine:
        (host,) = engine._pool.hosts()
        canceled = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        neighbour = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        while host.load < 2:  # noqa: ASYNC110 both tasks reach the host in a few turns of the loop
            await asyncio.sleep(0)
        canceled.cancel()
        assert (await neighbour).outcome is AttemptOutcome.LOST
        assert canceled.cancelled()


async def test_an_attempt_that_gets_no_host_is_handed_back_and_never_runs(make_module, tmp_path):
    """2.4 An attempt for which no host was free is no loss."""
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lone_hosts=1, host_wait=LONG) as engine:
        running = await started(engine, job_for(loops, alone=True, seconds=60))
        engine._settings = replace(engine._settings, host_wait=timedelta(seconds=0.05))
        heard = Listener()
        handed_back = await engine.run(job_for(says, '{"type":"token","text":"a"}', alone=True), heard)
        assert (handed_back.outcome, handed_back.failure.code) == (AttemptOutcome.LOST, NO_TURN)
        out_of_patience = await engine.run(job_for(says, RESULT, alone=True, patience=0.01), heard)
        assert (out_of_patience.outcome, out_of_patience.failure.code) == (AttemptOutcome.LOST, NO_TURN)
        assert heard.events == []
        assert not running.done()
        running.cancel()


async def test_the_wait_for_a_host_is_not_in_the_attempts_time(make_module, tmp_path):
    """3.3 The manifest's `timeout_ms` bounds one attempt from when it has a host."""
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lone_hosts=1, host_wait=LONG) as engine:
        running = await started(engine, job_for(loops, alone=True, seconds=60))
        waiting = asyncio.create_task(engine.run(job_for(says, RESULT, alone=True, seconds=5), Listener()))
        late = asyncio.create_task(engine.run(job_for(loops, alone=True, seconds=0.2), Listener()))
        await asyncio.wait((waiting, late), timeout=0.4)
        assert not waiting.done()
        assert not late.done()
        running.cancel()
        assert (await waiting).result_json == RESULT
        assert (await late).outcome is AttemptOutcome.TIMEOUT


async def test_a_lone_host_that_starts_too_slowly_for_one_attempt_is_there_for_the_next(make_module, tmp_path):
    says = make_module("says")
    async with engine_of([says], tmp_path, lone_hosts=1, host_wait=LONG) as engine:
        impatient = await engine.run(job_for(says, RESULT, alone=True, patience=0), Listener())
        assert impatient.failure.code == NO_TURN
        assert (await engine.run(job_for(says, RESULT, alone=True), Listener())).result_json == RESULT
        assert len(engine._pool._all) == 2


async def test_a_lone_host_without_work_does_not_stay(make_module, tmp_path):
    says = make_module("says")
    async with engine_of([says], tmp_path, lone_idle=timedelta(0)) as engine:
        assert (await engine.run(job_for(says, RESULT, alone=True), Listener())).result_json == RESULT
        (lone,) = engine._pool._all - set(engine._pool.hosts())
        await lone.gone.wait()


@pytest.mark.parametrize("place", ["host.before_run", "host.after_run", "host.before_reply"])
async def test_a_host_that_is_killed_at_any_point_loses_the_attempt(make_module, tmp_path, monkeypatch, place):
    says = make_module("says")
    monkeypatch.setenv("AION_FAILPOINTS", f"{place}=kill@2")
    async with engine_of([says], tmp_path) as engine:
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        assert (await engine.run(job_for(says, RESULT), Listener())).outcome is AttemptOutcome.LOST
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT


async def test_a_worn_host_is_replaced_without_losing_an_attempt(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, calls_per_host=5) as engine:
        (worn,) = engine._pool.hosts()
        running = await started(engine, job_for(loops))
        while worn in engine._pool.hosts():
            assert (await engine.run(job_for(says, RESULT), Listener())).outcome is AttemptOutcome.OK
        assert not running.done()
        assert not worn.gone.is_set()
        running.cancel()
        await worn.gone.wait()


async def test_long_guests_do_not_hold_up_short_ones_even_when_lanes_are_few(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lanes=3) as engine:
        long = [await started(engine, job_for(loops)) for _ in range(2)]
        assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT
        long.append(await started(engine, job_for(loops)))
        waiting = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        long.pop().cancel()
        assert (await waiting).result_json == RESULT
        for task in long:
            task.cancel()


async def test_what_gets_no_lane_never_began_and_is_not_told_that_it_ran_too_long(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")
    async with engine_of([loops, says], tmp_path, lanes=1, lane_wait=SHORT) as engine:
        (host,) = engine._pool.hosts()
        running = await started(engine, job_for(loops))
        canceled = asyncio.create_task(engine.run(job_for(says, RESULT), Listener()))
        await asyncio.sleep(0)
        canceled.cancel()
        await asyncio.wait([canceled])
        late = await engine.run(job_for(says, RESULT, seconds=0.1), Listener())
        assert (late.outcome, late.failure.code) == (AttemptOutcome.LOST, NO_TURN)
        assert host.load == 1
        assert not running.done()
        running.cancel()
        await host.drained()
        assert not host.gone.is_set()


async def test_closing_ends_every_host_and_loses_what_runs(make_module, tmp_path):
    loops = make_module("speaks_then_loops")
    engine = engine_of([loops], tmp_path, hosts=2)
    async with engine:
        hosts = engine._pool.hosts()
        running = await started(engine, job_for(loops))
    assert (await running).outcome is AttemptOutcome.LOST
    assert not any(lives(host.pid) for host in hosts)
    assert (await engine.run(job_for(loops), Listener())).failure.code == "ENGINE_UNAVAILABLE"


async def test_hosts_inherit_no_secrets_and_are_confined(make_module, tmp_path, monkeypatch):
    monkeypatch.setenv("AION_SECRET_OF_THE_SERVER", "do not pass on")
    async with engine_of([make_module("says")], tmp_path) as engine:
        (host,) = engine._pool.hosts()
        inherited, folder, limits, status, opened = looks_of(host.pid)
        assert b"do not pass on" not in inherited
        assert folder == "/"
        assert any(line.split()[:6] == ["Max", "core", "file", "size", "0", "0"] for line in limits.splitlines())
        assert "NoNewPrivs:\t1" in status
        assert all(name.startswith(("socket:", "pipe:", "anon_inode:", "/dev/null", "/memfd:")) for name in opened)


async def test_hosts_share_the_servers_session_but_not_the_signals_of_its_terminal(make_module, tmp_path):
    """Linux may share processors out by session first: with one each, a dozen hosts would starve their server."""
    async with engine_of([make_module("says")], tmp_path) as engine:
        (host,) = engine._pool.hosts()
        assert os.getsid(host.pid) == os.getsid(0)
        assert os.getpgid(host.pid) == host.pid


def looks_of(pid):
    proc = Path(f"/proc/{pid}")
    return (
        (proc / "environ").read_bytes(),
        str((proc / "cwd").readlink()),
        (proc / "limits").read_text(),
        (proc / "status").read_text(),
        [str(path.readlink()) for path in (proc / "fd").iterdir()],
    )


def test_the_loop_of_the_server_serves_as_well(make_module, tmp_path):
    loops, says = make_module("speaks_then_loops"), make_module("says")

    async def live():
        async with engine_of([loops, says], tmp_path) as engine:
            (host,) = engine._pool.hosts()
            running = await started(engine, job_for(loops))
            os.kill(host.pid, signal.SIGKILL)
            assert (await running).outcome is AttemptOutcome.LOST
            assert (await engine.run(job_for(says, RESULT), Listener())).result_json == RESULT

    uvloop.run(live())


PARENT = """
import asyncio, pathlib, sys
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings

async def main():
    async with WasmEngine({}, pathlib.Path(sys.argv[1]), WasmSettings(hosts=2)) as engine:
        print(*(host.pid for host in engine._pool.hosts()), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_hosts_die_with_the_process_that_started_them(tmp_path):
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        ends = [os.pidfd_open(pid) for pid in pids]
        parent.kill()
    for end in ends:
        ready, _, _ = select.select([end], [], [], 60)
        os.close(end)
        assert ready, "a host outlived its supervisor"
